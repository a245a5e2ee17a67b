"""What an endpoint is watched with: recommended alarms and a dashboard."""
