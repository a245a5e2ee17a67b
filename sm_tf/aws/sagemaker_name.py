"""Names of models, endpoint configurations, endpoints and variants (CreateEndpoint, API reference)."""

import re

SAGEMAKER_NAME = re.compile(r"(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*")

SAGEMAKER_NAME_RULE = "1 to 63 letters, digits and hyphens, with a letter or digit at both ends"
