"""Where container images come from."""
