"""Puts images and archives into AWS before Terraform runs, and lists them in a file that is committed."""
