"""Endpoint configurations: variants, deployments and asynchronous inference."""
