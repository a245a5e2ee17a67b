"""Models: containers, and the role that they run under."""
