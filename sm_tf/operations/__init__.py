"""Monitoring of an endpoint: recommended alarms and a dashboard."""
