"""Terraform modules in HCL, made from synthesized stacks."""
