"""SageMaker acts as the execution role: what the role lacks is refused, fails, or is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.embedded_aws import EmbeddedAws, control

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"
REPOSITORY = "arn:aws:ecr:eu-west-1:123456789012:repository/app"
PULL = [
    {"Action": "ecr:GetAuthorizationToken", "Resource": "*"},
    {
        "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Resource": REPOSITORY,
    },
]
TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
DATA = "s3://artifacts/models/a.tar.gz"


@pytest.fixture
def role(client: Callable[[str], Any], name: str) -> Callable[..., str]:
    """Makes a role that may do this."""

    def make(*statements: dict[str, Any], trust: dict[str, Any] = TRUST) -> str:
        iam = client("iam")
        document = {"Version": "2012-10-17", "Statement": [trust]}
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        return str(made["Role"]["Arn"])

    return make


@pytest.fixture
def serve(sagemaker: Any, configure: Callable[..., str], name: str) -> Callable[..., dict[str, Any]]:
    """Makes a model and an endpoint of it, and describes the endpoint."""

    def make(role: str, *, container: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        network = {"VpcConfig": options.pop("VpcConfig")} if "VpcConfig" in options else {}
        variant = options.pop("variant", {})
        sagemaker.create_model(
            ModelName=f"{name}-m",
            ExecutionRoleArn=role,
            PrimaryContainer={"Image": IMAGE, **(container or {})},
            **network,
        )
        configure(name, {"ModelName": f"{name}-m", **variant}, **options)
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        described: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
        return described

    return make


def lost(aws: EmbeddedAws, name: str) -> list[tuple[str, str, str]]:
    found = control(aws.endpoint_url, "GET", "silent_failures")
    return [(each["lost"], each["action"], each["resource"]) for each in found if each["endpoint"] == name]


def test_a_role_that_may_pull_the_image_serves(role, serve) -> None:
    assert serve(role(*PULL))["EndpointStatus"] == "InService"


@pytest.mark.parametrize(
    "trust",
    [
        TRUST | {"Principal": {"Service": "lambda.amazonaws.com"}},
        TRUST | {"Effect": "Deny"},
        TRUST | {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
        TRUST | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:*:*"}}},
    ],
)
def test_a_role_that_sagemaker_cant_assume_is_refused(role, serve, trust) -> None:
    arn = role(*PULL, trust=trust)
    with pytest.raises(ClientError, match=f"Could not assume role {arn}"):
        serve(arn)


def test_a_role_that_trusts_the_own_account_is_assumed(role, serve) -> None:
    own = {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}
    assert serve(role(*PULL, trust=TRUST | own))["EndpointStatus"] == "InService"


def test_a_role_that_doesnt_exist_is_refused(serve) -> None:
    with pytest.raises(ClientError, match="Could not assume role"):
        serve("arn:aws:iam::123456789012:role/nobody")


@pytest.mark.parametrize(
    "allowed",
    [
        PULL[1:],
        PULL[:1],
        [PULL[0], {**PULL[1], "Resource": REPOSITORY.replace("app", "other")}],
        [PULL[0], {**PULL[1], "Resource": REPOSITORY.replace("123456789012", "999999999999")}],
        [PULL[0], {**PULL[1], "Action": "ecr:BatchGetImage"}],
        [*PULL, {"Effect": "Deny", "Action": "ecr:*", "Resource": "*"}],
    ],
)
def test_a_role_that_may_not_pull_the_image_leaves_a_failed_endpoint(role, serve, allowed) -> None:
    described = serve(role(*allowed))
    assert described["EndpointStatus"] == "Failed"
    assert "the execution role used to create the model has permissions" in described["FailureReason"]


LLM = {"S3Uri": "s3://artifacts/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}


@pytest.mark.parametrize(
    "container",
    [{"ModelDataUrl": DATA}, {"ModelDataSource": {"S3DataSource": LLM}}],
    ids=["archive", "prefix"],
)
def test_a_role_that_may_not_read_the_artifacts_is_refused(role, serve, container) -> None:
    arn = role(*PULL, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::artifacts/other/*"})
    with pytest.raises(ClientError, match="Could not access model data at s3://artifacts/"):
        serve(arn, container=container)


def test_a_role_that_may_read_the_artifacts_serves(role, serve) -> None:
    arn = role(*PULL, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::artifacts/models/*"})
    assert serve(arn, container={"ModelDataUrl": DATA})["EndpointStatus"] == "InService"


def test_the_key_of_an_object_that_exists_is_asked_for(client, role, serve, name) -> None:
    s3, bucket, key = client("s3"), f"{name}-b", "arn:aws:kms:eu-west-1:123456789012:key/k"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=bucket, Key="a.tar.gz", Body=b"a", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    arn = role(*PULL, {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"})
    with pytest.raises(ClientError, match="Could not access model data"):
        serve(arn, container={"ModelDataUrl": f"s3://{bucket}/a.tar.gz"})


def test_the_function_of_a_private_registry_is_asked_for(role, serve) -> None:
    login = "arn:aws:lambda:eu-west-1:123456789012:function:login"
    config = {
        "RepositoryAccessMode": "Vpc",
        "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": login},
    }
    described = serve(role(PULL[0]), container={"Image": "registry.example/app:1", "ImageConfig": config})
    assert described["EndpointStatus"] == "Failed"


def test_the_network_is_asked_for(role, serve) -> None:
    network = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    described = serve(role(*PULL), VpcConfig=network)
    assert described["EndpointStatus"] == "Failed"
    assert "is not authorized to perform ec2:CreateNetworkInterface" in described["FailureReason"]


CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 10,
    "DestinationS3Uri": "s3://captures/a/",
    "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/k",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


def test_what_aws_is_silent_about_is_told(embedded_aws, role, serve, name) -> None:
    dumps = {"CoreDumpConfig": {"DestinationS3Uri": "s3://dumps"}}
    described = serve(role(*PULL), DataCaptureConfig=CAPTURE, variant=dumps)
    assert described["EndpointStatus"] == "InService"
    assert lost(embedded_aws, name) == [
        ("data capture writes nothing", "s3:PutObject", "arn:aws:s3:::captures/a/object"),
        ("data capture writes nothing", "kms:GenerateDataKey", CAPTURE["KmsKeyId"]),
        ("core dumps are lost", "s3:PutObject", "arn:aws:s3:::dumps/object"),
    ]


def test_what_the_role_may_do_isnt_told(embedded_aws, role, serve, name) -> None:
    written = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::captures/a/*"}
    key = {"Action": "kms:GenerateDataKey", "Resource": CAPTURE["KmsKeyId"]}
    serve(role(*PULL, written, key), DataCaptureConfig=CAPTURE)
    assert lost(embedded_aws, name) == []


def test_the_answers_of_an_asynchronous_endpoint(embedded_aws, role, serve, name) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:done"
    output = {"S3OutputPath": "s3://answers/", "NotificationConfig": {"SuccessTopic": topic}}
    serve(role(*PULL), AsyncInferenceConfig={"OutputConfig": output})
    assert lost(embedded_aws, name) == [
        ("responses are lost", "s3:PutObject", "arn:aws:s3:::answers/object"),
        ("nobody is notified", "sns:Publish", topic),
    ]
