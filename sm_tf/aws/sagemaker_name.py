"""Names of models, endpoint configurations, endpoints and variants, in words."""

SAGEMAKER_NAME_RULE = "1 to 63 letters, digits and hyphens, with a letter or digit at both ends"
