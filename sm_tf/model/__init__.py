"""Models: their containers, execution role, network and name."""
