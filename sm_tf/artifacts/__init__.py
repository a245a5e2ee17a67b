"""Where model artifacts come from."""
