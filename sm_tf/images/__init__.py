"""Sources of container images."""
