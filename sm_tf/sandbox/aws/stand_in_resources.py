"""Makes stand-ins for what a program needs but doesn't make, with the names and ids that it expects."""

import io
import ipaddress
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from unittest.mock import patch

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ecr.models import ecr_backends
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.kms.models import KmsBackend, kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import S3Backend, s3_backends
from moto.sagemaker.models import ModelPackage, sagemaker_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import Parameter, ssm_backends
from werkzeug.exceptions import HTTPException

from sm_tf.aws.partitions import partition_of
from sm_tf.sandbox.aws.stand_ins import STAND_IN_TAG

Wanted = Mapping[str, Any]

_TAGS = [{"Key": STAND_IN_TAG, "Value": "true"}]
_KEY_TAGS = [{"TagKey": STAND_IN_TAG, "TagValue": "true"}]
_CONTENT = "stand-in"
_MANAGED_BY_AWS = "aws"


class StandIns:
    """The stand-ins of one AWS.

    Args:
        account: the account that programs are applied in.
    """

    def __init__(self, account: str) -> None:
        self._account = account

    def make(self, wanted: list[Wanted]) -> dict[str, list[Wanted]]:
        """Make what is missing, and return it as `made`, and what AWS would never have as `refused`.

        Each is an `Existing` of the program as a dictionary.
        """
        # VPCs come first: the rest of a network is in them.
        ordered = sorted(
            wanted, key=lambda thing: _ORDER.index(thing["kind"]) if thing["kind"] in _ORDER else -1
        )
        vpcs: dict[str, str] = {}
        answer: dict[str, list[Wanted]] = {"made": [], "refused": []}
        for thing in ordered:
            try:
                if self._make(thing, vpcs):
                    answer["made"].append(thing)
            except (HTTPException, ServiceException):
                answer["refused"].append(thing)
        return answer

    def _make(self, thing: Wanted, vpcs: dict[str, str]) -> bool:
        kind, name, region, account = thing["kind"], thing["name"], thing["region"], thing["account"]
        if kind in _NETWORK:
            return _NETWORK[kind](ec2_backends[self._account][region], thing, vpcs)
        if kind in _IAM:
            # The partition of the account is not known, and nobody mixes them.
            own = self._account if account == _MANAGED_BY_AWS else account
            return _IAM[kind](iam_backends[own]["aws"], name, account)
        if kind in ("bucket", "object"):
            return _S3[kind](s3_backends[self._account][partition_of(region)], name, region)
        if kind in ("key", "alias"):
            # moto looks for the keys of all accounts here.
            return _KMS[kind](kms_backends[self._account][region], name, account)
        return _REGIONAL[kind](account, region, thing)


# EC2 -------------------------------------------------------------------------------------------------------


def _vpc(ec2: EC2Backend, thing: Wanted, vpcs: dict[str, str]) -> bool:
    filters = _filters(thing)
    found = thing["name"] in ec2.vpcs or _found(ec2.describe_vpcs, filters)
    if found:
        vpcs[thing["name"]] = thing["name"] if found is True else found[0].id
        return False
    cidr = _first(filters, "cidr", "cidr-block", "cidr-block-association.cidr-block") or "10.0.0.0/16"
    with patch("moto.ec2.models.vpcs.random_vpc_id", return_value=thing["name"]):
        ec2.create_vpc(cidr, tags=_tags(filters))
    return True


def _subnet(ec2: EC2Backend, thing: Wanted, vpcs: dict[str, str]) -> bool:
    filters = _filters(thing, vpcs)
    if any(thing["name"] in subnets for subnets in ec2.subnets.values()) or _found(
        ec2.describe_subnets, filters
    ):
        return False
    vpc = ec2.vpcs[_vpc_of(ec2, thing, vpcs)]
    zones = filters.get("availability-zone") or [zone.name for zone in ec2.describe_availability_zones()]
    taken = [
        ipaddress.ip_network(subnet.cidr_block)
        for subnet in ec2.describe_subnets(filters={"vpc-id": [vpc.id]})
    ]
    for number in range(min(len(zones), 3) if thing["plural"] else 1):
        cidr = _first(filters, "cidr-block") or _free(vpc.cidr_block, taken)
        taken.append(ipaddress.ip_network(cidr))
        id = f"{thing['name'][:-1]}{number}" if thing["plural"] else thing["name"]
        with patch("moto.ec2.models.subnets.random_subnet_id", return_value=id):
            made = ec2.create_subnet(vpc.id, cidr, availability_zone=zones[len(taken) % len(zones)])
        made.add_tags({tag["Key"]: tag["Value"] for tag in _tags(filters)})
        if public := _first(filters, "map-public-ip-on-launch"):
            made.map_public_ip_on_launch = public == "true"
    return True


def _security_group(ec2: EC2Backend, thing: Wanted, vpcs: dict[str, str]) -> bool:
    filters = _filters(thing, vpcs)
    if any(thing["name"] in groups for groups in ec2.groups.values()) or _found(
        ec2.describe_security_groups, filters
    ):
        return False
    with patch("moto.ec2.models.security_groups.random_security_group_id", return_value=thing["name"]):
        ec2.create_security_group(
            _first(filters, "group-name") or thing["name"],
            _first(filters, "description") or _CONTENT,
            _vpc_of(ec2, thing, vpcs),
            tags={tag["Key"]: tag["Value"] for tag in _tags(filters)},
        )
    return True


def _route_table(ec2: EC2Backend, thing: Wanted, vpcs: dict[str, str]) -> bool:
    filters = _filters(thing, vpcs)
    if thing["name"] in ec2.route_tables or _found(ec2.describe_route_tables, filters):
        return False
    subnet = next(
        iter(ec2.describe_subnets(filters={"subnet-id": filters.get("association.subnet-id", [])})), None
    )
    vpc = subnet.vpc_id if subnet else _vpc_of(ec2, thing, vpcs)
    with patch("moto.ec2.models.route_tables.random_route_table_id", return_value=thing["name"]):
        ec2.create_route_table(vpc, tags=_tags(filters))
    if subnet:
        ec2.associate_route_table(thing["name"], subnet_id=subnet.id)
    return True


def _filters(thing: Wanted, vpcs: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    filters = {name: list(values) for name, values in thing["filters"]}
    if vpcs is not None and "vpc-id" in filters:
        filters["vpc-id"] = [vpcs.get(id, id) for id in filters["vpc-id"]]
    return filters


def _found(describe: Callable[..., Any], filters: Mapping[str, list[str]]) -> Any:
    return filters and list(describe(filters=filters))


def _first(filters: Mapping[str, list[str]], *names: str) -> str | None:
    return next((filters[name][0] for name in names if name in filters), None)


def _tags(filters: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Tags that the filters match; a wildcard may match nothing."""
    asked = {
        name.removeprefix("tag:"): values[0] for name, values in filters.items() if name.startswith("tag:")
    }
    return [*_TAGS, *({"Key": key, "Value": value.replace("*", "")} for key, value in asked.items())]


def _vpc_of(ec2: EC2Backend, thing: Wanted, vpcs: Mapping[str, str]) -> str:
    """The VPC that the program means, else the default one."""
    vpc = vpcs.get(thing["vpc"] or "", thing["vpc"])
    if vpc in ec2.vpcs:
        return str(vpc)
    default = ec2.get_default_vpc() or ec2.create_default_vpc()
    return str(default.id)


def _free(vpc: str, taken: Iterable[Any]) -> str:
    """A range at the upper end of a VPC's, far from those that programs choose."""
    network = ipaddress.IPv4Network(vpc)
    ranges = reversed(list(network.subnets(new_prefix=min(network.prefixlen + 8, 28))))
    return str(next(block for block in ranges if not any(block.overlaps(other) for other in taken)))


# IAM -------------------------------------------------------------------------------------------------------


def _role(iam: IAMBackend, name: str, _account: str) -> bool:
    path, name = _path(name)
    if any(role.name == name for role in iam.roles.values()):
        return False
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(name, document, path, None, "", _TAGS, "3600")
    return True


def _user(iam: IAMBackend, name: str, _account: str) -> bool:
    path, name = _path(name)
    if name in iam.users:
        return False
    iam.create_user(iam.region_name, name, path, _TAGS)
    return True


def _group(iam: IAMBackend, name: str, _account: str) -> bool:
    path, name = _path(name)
    if name in iam.groups:
        return False
    iam.create_group(name, path)
    return True


def _policy(iam: IAMBackend, name: str, account: str) -> bool:
    path, name = _path(name)
    arn = f"arn:aws:iam::{account}:policy{path}{name}"
    if arn in iam.managed_policies:
        return False
    if account != _MANAGED_BY_AWS:
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
        iam.create_policy("", path, document, name, _TAGS)
        return True
    known = json.loads(aws_managed_policies_data).get(name)
    if known:
        policy = AWSManagedPolicy.from_data(name, iam.account_id, iam.region_name, known)
        iam.managed_policies[policy.arn] = policy
    return bool(known)


def _path(name: str) -> tuple[str, str]:
    path, _, name = name.rpartition("/")
    return (f"/{path}/" if path else "/"), name


# S3 and KMS ------------------------------------------------------------------------------------------------


def _bucket(s3: S3Backend, name: str, region: str) -> bool:
    if name in s3_backends.bucket_accounts:
        return False
    s3.create_bucket(name, region)
    s3.put_bucket_tagging(name, {STAND_IN_TAG: "true"})
    return True


def _object(s3: S3Backend, name: str, region: str) -> bool:
    bucket, _, key = name.partition("/")
    _bucket(s3, bucket, region)
    if s3.get_object(bucket, key):
        return False
    s3.put_object(bucket, key, _CONTENT.encode())
    return True


def _key(kms: KmsBackend, name: str, account: str) -> bool:
    if name in kms.keys:
        return False
    with (
        patch("moto.kms.models.generate_key_id", return_value=name),
        patch.object(kms, "account_id", account),
    ):
        kms.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", _KEY_TAGS, name.startswith("mrk-"))
    return True


def _alias(kms: KmsBackend, name: str, account: str) -> bool:
    if kms.alias_exists(name):
        return False
    with patch.object(kms, "account_id", account):
        kms.create_alias(kms.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", _KEY_TAGS).id, name)
    return True


# Other services --------------------------------------------------------------------------------------------


def _repository(account: str, region: str, thing: Wanted) -> bool:
    ecr = ecr_backends[account][region]
    if thing["name"] in ecr.repositories:
        return False
    ecr.create_repository(thing["name"], account, {}, {}, "MUTABLE", _TAGS)
    return True


def _image(account: str, region: str, thing: Wanted) -> bool:
    repository, _, tag = thing["name"].partition(":")
    _repository(account, region, {**thing, "name": repository})
    ecr = ecr_backends[account][region]
    if any(tag in image.image_tags for image in ecr.repositories[repository].images):
        return False
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}
    ecr.put_image(
        repository, json.dumps({**manifest, "config": {"digest": "", "size": 0}, "layers": []}), tag
    )
    return True


def _topic(account: str, region: str, thing: Wanted) -> bool:
    sns, name = sns_backends[account][region], thing["name"]
    if any(topic.name == name for topic in sns.topics.values()):
        return False
    fifo = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
    sns.create_topic(name, fifo, {STAND_IN_TAG: "true"})
    return True


def _queue(account: str, region: str, thing: Wanted) -> bool:
    sqs, name = sqs_backends[account][region], thing["name"]
    if name in sqs.queues:
        return False
    fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    sqs.create_queue(name, {STAND_IN_TAG: "true"}, **fifo)
    return True


def _function(account: str, region: str, thing: Wanted) -> bool:
    functions, name = lambda_backends[account][region], thing["name"]
    if any(function.function_name == name for function in functions.list_functions(None)):
        return False
    # Its role is asked for.
    _role(iam_backends[account][partition_of(region)], f"{name}-role", account)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("main.py", "def handler(event, context): ...\n")
    functions.create_function(
        {
            "FunctionName": name,
            "Runtime": "python3.13",
            "Handler": "main.handler",
            "Role": f"arn:{partition_of(region)}:iam::{account}:role/{name}-role",
            "Code": {"ZipFile": b64encode(archive.getvalue()).decode()},
            "Tags": {STAND_IN_TAG: "true"},
        }
    )
    return True


def _secret(account: str, region: str, thing: Wanted) -> bool:
    secrets = secretsmanager_backends[account][region]
    if secrets.secrets.get(thing["name"]):
        return False
    secrets.create_secret(thing["name"], _CONTENT, None, None, _TAGS, None, None, [], False)
    if arn := _first(_filters(thing), "arn"):
        secrets.secrets[thing["name"]].arn = arn
    return True


def _parameter(account: str, region: str, thing: Wanted) -> bool:
    ssm, name = ssm_backends[account][region], thing["name"]
    if ssm.get_parameter(name):
        return False
    # AWS's own, such as /aws/service/..., cannot be put.
    ssm._parameters[name].append(
        Parameter(  # type: ignore[abstract]
            account, name, _CONTENT, "String", "", None, "", utcnow(), 1, "text", [], "Standard", None
        )
    )
    return True


def _log_group(account: str, region: str, thing: Wanted) -> bool:
    logs = logs_backends[account][region]
    if thing["name"] in logs.groups:
        return False
    logs.create_log_group(thing["name"], {STAND_IN_TAG: "true"})
    return True


def _model_package(account: str, region: str, thing: Wanted) -> bool:
    sagemaker, name = sagemaker_backends[account][region], thing["name"]
    arn = f"arn:{partition_of(region)}:sagemaker:{region}:{account}:model-package/{name}"
    if arn in sagemaker.model_packages:
        return False
    group, _, version = name.partition("/")
    if version and group not in sagemaker.model_package_groups:
        sagemaker.create_model_package_group(group, "", _TAGS)
    unknown: dict[str, Any] = dict.fromkeys(_MODEL_PACKAGE_MEMBERS)
    sagemaker.model_packages[arn] = ModelPackage(
        **unknown,
        model_package_name=group,
        model_package_group_name=group if version else None,
        model_package_version=int(version) if version.isdecimal() else None,
        model_package_type="Versioned" if version else "Unversioned",
        model_approval_status="Approved",
        certify_for_marketplace=False,
        tags=_TAGS,
        region_name=region,
        account_id=account,
    )
    sagemaker.model_package_name_mapping[arn] = arn
    return True


_MODEL_PACKAGE_MEMBERS = (
    "model_package_description",
    "inference_specification",
    "validation_specification",
    "source_algorithm_specification",
    "metadata_properties",
    "model_metrics",
    "customer_metadata_properties",
    "drift_check_baselines",
    "domain",
    "task",
    "sample_payload_url",
    "additional_inference_specifications",
    "approval_description",
    "client_token",
)
_ORDER = ("VPC", "subnet", "security group", "route table")
_NETWORK: dict[str, Callable[[EC2Backend, Wanted, dict[str, str]], bool]] = {
    "VPC": _vpc,
    "subnet": _subnet,
    "security group": _security_group,
    "route table": _route_table,
}
_IAM: dict[str, Callable[[IAMBackend, str, str], bool]] = {
    "role": _role,
    "user": _user,
    "group": _group,
    "policy": _policy,
}
_S3: dict[str, Callable[[S3Backend, str, str], bool]] = {"bucket": _bucket, "object": _object}
_KMS: dict[str, Callable[[KmsBackend, str, str], bool]] = {"key": _key, "alias": _alias}
_REGIONAL: dict[str, Callable[[str, str, Wanted], bool]] = {
    "repository": _repository,
    "image": _image,
    "topic": _topic,
    "queue": _queue,
    "function": _function,
    "secret": _secret,
    "parameter": _parameter,
    "log group": _log_group,
    "model package": _model_package,
}
