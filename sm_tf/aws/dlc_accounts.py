"""Accounts that own the AWS Deep Learning Containers, by region.

Sources: image_uri_config of the SageMaker Python SDK 2.245.0, and the AWS CDK's region-info 2.275 for
ap-southeast-6 and eusc-de-east-1; read in November 2026. AWS lists the images at
https://aws.github.io/deep-learning-containers/reference/available_images/.
"""

_COMMERCIAL = "763104351884"

DLC_ACCOUNT_BY_REGION = {
    "af-south-1": "626614931356",
    "ap-east-1": "871362719292",
    "ap-east-2": "975050140332",
    "ap-northeast-1": _COMMERCIAL,
    "ap-northeast-2": _COMMERCIAL,
    "ap-northeast-3": "364406365360",
    "ap-south-1": _COMMERCIAL,
    "ap-south-2": "772153158452",
    "ap-southeast-1": _COMMERCIAL,
    "ap-southeast-2": _COMMERCIAL,
    "ap-southeast-3": "907027046896",
    "ap-southeast-4": "457447274322",
    "ap-southeast-5": "550225433462",
    "ap-southeast-6": "633930458069",
    "ap-southeast-7": "590183813437",
    "ca-central-1": _COMMERCIAL,
    "ca-west-1": "204538143572",
    "cn-north-1": "727897471807",
    "cn-northwest-1": "727897471807",
    "eu-central-1": _COMMERCIAL,
    "eu-central-2": "380420809688",
    "eu-north-1": _COMMERCIAL,
    "eu-south-1": "692866216735",
    "eu-south-2": "503227376785",
    "eu-west-1": _COMMERCIAL,
    "eu-west-2": _COMMERCIAL,
    "eu-west-3": _COMMERCIAL,
    "eusc-de-east-1": "204133271717",
    "il-central-1": "780543022126",
    "me-central-1": "914824155844",
    "me-south-1": "217643126080",
    "mx-central-1": "637423239942",
    "sa-east-1": _COMMERCIAL,
    "us-east-1": _COMMERCIAL,
    "us-east-2": _COMMERCIAL,
    "us-gov-east-1": "446045086412",
    "us-gov-west-1": "442386744353",
    "us-iso-east-1": "886529160074",
    "us-isob-east-1": "094389454867",
    "us-isof-east-1": "303241398832",
    "us-isof-south-1": "454834333376",
    "us-west-1": _COMMERCIAL,
    "us-west-2": _COMMERCIAL,
}
