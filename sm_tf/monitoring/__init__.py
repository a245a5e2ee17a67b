"""Metrics that AWS publishes for endpoints, and alarms on them."""
