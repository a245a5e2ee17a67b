"""The files of a module: one for each concern."""

from collections.abc import Mapping

_FILES = {
    "aws_sagemaker_model": "model.tf",
    "aws_sagemaker_endpoint": "endpoint.tf",
    "aws_sagemaker_endpoint_configuration": "endpoint.tf",
    "aws_cloudwatch_dashboard": "dashboard.tf",
}
_FILES_BY_PREFIX = {
    "aws_appautoscaling": "scaling.tf",
    "aws_cloudwatch": "alarms.tf",
    "aws_ecr": "images.tf",
    "aws_iam": "iam.tf",
    "aws_kms": "encryption.tf",
    "aws_s3": "storage.tf",
    "aws_security_group": "network.tf",
    "aws_sns": "notifications.tf",
    "aws_subnet": "network.tf",
    "aws_vpc": "network.tf",
    "data.": "data.tf",
}
OTHER = "main.tf"


def file_of(type: str) -> str | None:
    """The file of a resource type, None if it has none of its own."""
    if type in _FILES:
        return _FILES[type]
    return next((file for prefix, file in _FILES_BY_PREFIX.items() if type.startswith(prefix)), None)


def files_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The file of each resource. `texts` are their blocks, by address.

    One without a concern of its own, such as a `terraform_data`, is in the file of a resource that it refers
    to, or that refers to it.
    """
    files = {address: file_of(address.rpartition(".")[0]) for address in texts}
    for address, text in texts.items():
        if files[address] is None:
            used = [other for other in texts if other in text and not other.startswith("data.")]
            users = [other for other, its in texts.items() if address in its]
            files[address] = next(filter(None, (files[other] for other in (*used, *users))), None)
    return {address: file or OTHER for address, file in files.items()}
