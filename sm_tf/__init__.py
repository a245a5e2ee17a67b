"""Machine-learning models on Amazon SageMaker with Terraform, as Python constructs on CDKTF."""
