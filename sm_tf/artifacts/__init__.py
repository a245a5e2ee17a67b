"""Sources of model artifacts."""
