"""The only place that names CDKTF and the AWS provider's classes, and that makes them load fast."""
