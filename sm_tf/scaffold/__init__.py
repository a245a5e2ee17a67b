"""Projects from templates, and their updates; usable without the command line."""
