"""Tables of AWS facts, each with its source and date."""
