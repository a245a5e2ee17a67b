"""Endpoints and their production variants."""
