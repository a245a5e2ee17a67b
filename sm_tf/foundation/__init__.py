"""The foundation of all constructs: errors, checks, names, ARNs and the environment of a stack."""
