"""Who may do what, and reach whom: IAM policies and security groups."""
