"""An asynchronous endpoint with requests and responses in S3, which costs nothing while no request waits."""

from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from sm_tf import (
    AsyncInferenceConfig,
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)

TRUST = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
  ]
}"""


class Async(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        LocalBackend(self, path="terraform.tfstate")
        AwsProvider(self, "aws", region="eu-west-1")

        bucket = S3Bucket(self, "Bucket", bucket_prefix="transcripts-", force_destroy=True)
        done = SnsTopic(self, "Done", name="transcripts-done")
        failed = SnsTopic(self, "Failed", name="transcripts-failed")
        model = Model(
            self,
            "Model",
            containers=[ContainerDefinition(image=ContainerImage.from_ecr_repository("whisper", "3"))],
        )
        config = EndpointConfig(
            self,
            "Config",
            instance_production_variants=[
                InstanceProductionVariantProps(
                    model=model, variant_name="main", instance_type=InstanceType.G5_XLARGE
                )
            ],
            async_inference_config=AsyncInferenceConfig(
                s3_input_path=f"s3://{bucket.bucket}/requests",
                s3_output_path=f"s3://{bucket.bucket}/answers",
                s3_failure_path=f"s3://{bucket.bucket}/failures",
                success_topic=done,
                error_topic=failed,
                max_concurrent_invocations_per_instance=4,
            ),
        )
        endpoint = Endpoint(self, "Endpoint", endpoint_config=config)

        # With a minimum of 0, sm_tf adds a policy that starts the first instance when a request waits.
        variant = endpoint.find_async_production_variant("main")
        variant.auto_scale_instance_count(min_capacity=0, max_capacity=4).scale_on_backlog(
            "Backlog", backlog_per_instance=5
        )

        # The caller may invoke the endpoint, put requests into the bucket and read the responses.
        caller = IamRole(self, "Caller", name_prefix="transcripts-", assume_role_policy=TRUST)
        endpoint.grant_invoke(caller)


app = App()
Async(app, "async")
app.synth()
