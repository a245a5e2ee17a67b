"""What SageMaker does as the execution role, for a model and for a variant."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.s3.models import s3_backends

from sm_tf.aws.ecr_image import ECR_IMAGE
from sm_tf.aws.partitions import partition_of
from sm_tf.sandbox.aws.hosting import IN_SANDBOX, containers_of

Request = Mapping[str, Any]

_S3_URI = re.compile(r"s3://([^/]+)/?(.*)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """The account and region of a request."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The region's partition."""
        return partition_of(self.region)


@dataclass(frozen=True, kw_only=True)
class Need:
    """An action on a resource."""

    action: str
    resource: str


def needs_of_data(model: Request, place: Place) -> Iterator[tuple[str, Need]]:
    """What reading the artifacts of a model needs: URIs and permissions."""
    for container in containers_of(model):
        for uri in _data_uris(container):
            found = _S3_URI.fullmatch(uri)
            if found is None:
                continue
            bucket, key = f"arn:{place.partition}:s3:::{found[1]}", found[2]
            # A probe of what is below a prefix.
            probed = f"{key}artifact" if key.endswith("/") or not key else key
            yield uri, Need(action="s3:GetObject", resource=f"{bucket}/{probed}")
            if key_arn := _encryption_key(found[1], key, place):
                yield uri, Need(action="kms:Decrypt", resource=key_arn)


def needs_of_image(model: Request, place: Place) -> Iterator[Need]:
    """What pulling the images of a model needs."""
    for container in containers_of(model):
        image, config = container.get("Image") or "", container.get("ImageConfig") or {}
        if config.get("RepositoryAccessMode") == "Vpc":
            login = (config.get("RepositoryAuthConfig") or {}).get("RepositoryCredentialsProviderArn")
            if login:
                yield Need(action="lambda:InvokeFunction", resource=login)
            continue
        repository = _repository_arn(image, place)
        if repository is None:
            continue
        yield Need(action="ecr:GetAuthorizationToken", resource="*")
        for action in ("BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage"):
            yield Need(action=f"ecr:{action}", resource=repository)


def needs_of_network(model: Request, place: Place) -> Iterator[Need]:
    """What entering the subnets of a model needs."""
    network = model.get("VpcConfig") or {}
    ec2 = f"arn:{place.partition}:ec2:{place.region}:{place.account}"
    for subnet in network.get("Subnets") or ():
        yield Need(action="ec2:CreateNetworkInterface", resource=f"{ec2}:subnet/{subnet}")
    if network:
        for action in (
            "CreateNetworkInterface",
            "CreateNetworkInterfacePermission",
            "DeleteNetworkInterface",
        ):
            yield Need(action=f"ec2:{action}", resource=f"{ec2}:network-interface/eni-0")


def silent_needs(config: Request, variant: Request, place: Place) -> Iterator[tuple[str, Need]]:
    """What AWS doesn't check, and does nothing without: what is lost, and the permission."""
    capture = config.get("DataCaptureConfig") or {}
    if capture.get("EnableCapture", bool(capture)):
        lost = "data capture writes nothing"
        yield from _written(lost, capture.get("DestinationS3Uri"), capture.get("KmsKeyId"), place)
    if dumps := variant.get("CoreDumpConfig"):
        lost = "core dumps are lost"
        yield from _written(lost, dumps.get("DestinationS3Uri"), dumps.get("KmsKeyId"), place)
    if output := (config.get("AsyncInferenceConfig") or {}).get("OutputConfig"):
        yield from _written("responses are lost", output.get("S3OutputPath"), output.get("KmsKeyId"), place)
        yield from _written("errors are lost", output.get("S3FailurePath"), None, place)
        topics = output.get("NotificationConfig") or {}
        for topic in (topics.get("SuccessTopic"), topics.get("ErrorTopic")):
            if topic:
                yield "nobody is notified", Need(action="sns:Publish", resource=topic)


def _written(lost: str, uri: str | None, key: str | None, place: Place) -> Iterator[tuple[str, Need]]:
    if found := _S3_URI.fullmatch(uri or ""):
        below = f"{found[2].rstrip('/')}/" if found[2] else ""
        bucket = f"arn:{place.partition}:s3:::{found[1]}"
        yield lost, Need(action="s3:PutObject", resource=f"{bucket}/{below}object")
    if key and key.startswith("arn:"):
        yield lost, Need(action="kms:GenerateDataKey", resource=key)


def _data_uris(container: Request) -> Iterator[str]:
    if url := container.get("ModelDataUrl"):
        yield url
    sources = [container, *(container.get("AdditionalModelDataSources") or [])]
    for source in sources:
        data = source.get("ModelDataSource") if source is container else source
        if uri := ((data or {}).get("S3DataSource") or {}).get("S3Uri"):
            yield uri


def _repository_arn(image: str, place: Place) -> str | None:
    if found := ECR_IMAGE.fullmatch(image):
        region, account, repository = found["region"], found["account"], found["repository"]
    elif found := IN_SANDBOX.match(image):
        region, account, repository = place.region, place.account, found["repository"]
    else:
        return None
    return f"arn:{partition_of(region)}:ecr:{region}:{account}:repository/{repository}"


def _encryption_key(bucket: str, key: str, place: Place) -> str | None:
    """The customer's key of an object that exists here."""
    found = s3_backends[place.account][place.partition].buckets.get(bucket)
    stored = found.keys.get(key) if found else None
    arn = getattr(stored, "kms_key_id", None)
    return arn if arn and str(arn).startswith("arn:") else None
