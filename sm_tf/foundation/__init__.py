"""What every construct stands on: errors, checks, names, ARNs, the environment of a stack."""
