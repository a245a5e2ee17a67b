"""Permissions and network access: IAM policies, KMS keys and security groups."""
