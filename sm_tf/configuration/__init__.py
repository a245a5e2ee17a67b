"""Endpoint configurations: variants, how they are deployed, asynchronous inference."""
