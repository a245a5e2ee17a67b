"""The metrics that AWS publishes for each kind of variant."""
