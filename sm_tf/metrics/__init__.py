"""What AWS publishes for each kind of variant."""
