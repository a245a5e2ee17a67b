"""Endpoints and their variants."""
