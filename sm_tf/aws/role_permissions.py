"""What a model's execution role may do with each resource that an argument names.

An argument is written with its class and method, such as `DataCaptureConfig.destination_s3_uri`.

Sources, read in November 2026: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html, and the
pages that the classes name.
"""

_READ_OBJECT = ("s3:GetObject",)
_WRITE_OBJECT = ("s3:PutObject",)
_DECRYPT = ("kms:Decrypt",)
_ENCRYPT = ("kms:GenerateDataKey", "kms:Decrypt")
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PUBLISH = ("sns:Publish",)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "AsyncInferenceConfig.encryption_key": _ENCRYPT,
    "AsyncInferenceConfig.error_topic": _PUBLISH,
    "AsyncInferenceConfig.s3_failure_path": ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"),
    "AsyncInferenceConfig.s3_input_path": _READ_OBJECT,
    "AsyncInferenceConfig.s3_output_path": ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"),
    "AsyncInferenceConfig.success_topic": _PUBLISH,
    "ContainerDefinition.repository_credentials_provider_arn": ("lambda:InvokeFunction",),
    "ContainerImage.from_asset.repository": _PULL,
    "ContainerImage.from_dlc.repository_name": _PULL,
    "ContainerImage.from_ecr_repository.repository": _PULL,
    "ContainerImage.from_image_uri.uri": _PULL,
    "CoreDumpConfig.destination_s3_uri": _WRITE_OBJECT,
    "CoreDumpConfig.kms_key_id": ("kms:Encrypt", *_ENCRYPT),
    "DataCaptureConfig.destination_s3_uri": _WRITE_OBJECT,
    "DataCaptureConfig.kms_key_id": _ENCRYPT,
    "Model.vpc_subnets": (
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
    ),
    "ModelData.from_asset.bucket": _READ_OBJECT,
    "ModelData.from_asset.encryption_key": _DECRYPT,
    "ModelData.from_bucket.bucket": _READ_OBJECT,
    "ModelData.from_bucket.encryption_key": _DECRYPT,
    "ModelData.from_s3_data_source.encryption_key": _DECRYPT,
    "ModelData.from_s3_data_source.uri": _READ_OBJECT,
    "ModelData.from_s3_uri.encryption_key": _DECRYPT,
    "ModelData.from_s3_uri.uri": _READ_OBJECT,
}
