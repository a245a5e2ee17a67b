"""What the execution role may do follows from the arguments: each that names something has a row."""

import inspect
import json
import re
from collections.abc import Iterator

import pytest

import sm_tf
from sm_tf import (
    AsyncInferenceConfig,
    ContainerDefinition,
    ContainerImage,
    CoreDumpConfig,
    DataCaptureConfig,
    EndpointConfig,
    InstanceProductionVariantProps,
    Model,
    ModelData,
    RepositoryAccessMode,
    S3DataType,
)
from sm_tf.aws.role_permissions import ROLE_PERMISSIONS

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:topic"
LOGIN = "arn:aws:lambda:eu-west-1:123456789012:function:login"
PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/p/1"
OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"

ALARMS = "CloudWatch acts by the policy of the topic or function."
ITSELF = "It is the thing itself, not something that a model uses."
SOURCE = "The methods of ContainerImage and ModelData have the rows."
NO_PERMISSION = {
    "actions": ALARMS,
    "actions_enabled": "It is a bool.",
    "actions_suppressor": ALARMS,
    "actions_suppressor_extension_period": "It is a duration.",
    "actions_suppressor_wait_period": "It is a duration.",
    "alarm_actions": ALARMS,
    "alarm_arn": ITSELF,
    "arn": ITSELF,
    "critical_topic": ALARMS,
    "endpoint_arn": ITSELF,
    "endpoint_config_arn": ITSELF,
    "given": "It is a principal.",
    "grantee": "It gets a permission; the execution role gets none.",
    "image": SOURCE,
    "insufficient_data_actions": ALARMS,
    "model_arn": ITSELF,
    "model_package_name": "Only AWS knows the image and the artifacts of a package; the model warns.",
    "ok_actions": ALARMS,
    "pipeline_arn": ITSELF,
    "policy": "It limits roles.",
    "repository_access_mode": "It is a choice.",
    "role": "It is the execution role.",
    "security_groups": "SageMaker attaches them with the permission of vpc_subnets.",
    "topic": ALARMS,
    "vpc": "SageMaker enters it by its subnets.",
    "warning_topic": ALARMS,
}
"""Names of arguments that give the role nothing, wherever they are."""

NOTHING_HERE = {
    "ContainerImage.from_asset.directory": "It is local.",
    "ContainerImage.from_asset.file": "It is local.",
    "ContainerImageConfig.image_name": SOURCE,
    "EndpointConfig.encryption_key": "AWS needs a grant of the caller who creates the endpoint.",
    "ModelData.from_asset.path": "It is local.",
    "ModelData.from_bucket.object_key": "It is a part of from_bucket.bucket's permission.",
    "ModelDataConfig.uri": SOURCE,
    "RolePath.apply.path": "It is a path of IAM.",
}
"""Arguments that give the role nothing."""

_NAMES = re.compile(
    r"(?:^|_)(?:arns?|uri|path|bucket|key|topics?|repository(?:_name)?|image|subnets?|vpc|groups|package_name|role"
    r"|grantee|directory|file|functions?|actions)(?:_|$)"
)
_TYPES = re.compile(r"\b(?:\w+Like|HasId|HasArn|Grantee|AlarmAction|PrincipalResource)\b")


def arguments() -> Iterator[tuple[str, str]]:
    """Every argument of everything public, and its annotation."""
    for class_name in sm_tf.__all__:
        found = getattr(sm_tf, class_name)
        if not inspect.isclass(found):
            functions = {class_name: found} if callable(found) else {}
        else:
            functions = {
                f"{class_name}.{name}": getattr(found, name)
                for name, value in inspect.getmembers_static(found)
                if not name.startswith("_")
                and (isinstance(value, staticmethod | classmethod) or inspect.isfunction(value))
            }
            functions[class_name] = found
        for name, function in functions.items():
            try:
                parameters = inspect.signature(function).parameters
            except (TypeError, ValueError):
                continue
            for parameter in parameters.values():
                yield f"{name}.{parameter.name}", str(parameter.annotation)


def names_a_resource(argument: str, annotation: str) -> bool:
    return bool(_NAMES.search(argument.rpartition(".")[2]) or _TYPES.search(annotation))


def has_row(argument: str) -> bool:
    argument = argument.replace("Model.add_container.", "ContainerDefinition.")
    rows = ROLE_PERMISSIONS.keys() | NOTHING_HERE.keys()
    return argument in rows or argument.rpartition(".")[2] in NO_PERMISSION


def test_every_argument_that_names_a_resource_is_in_a_row() -> None:
    everything = dict(arguments())
    naming = {
        argument for argument, annotation in everything.items() if names_a_resource(argument, annotation)
    }
    assert len(everything) > 500
    assert len(naming) > 100
    assert sorted(argument for argument in naming if not has_row(argument)) == []


def test_every_row_is_an_argument() -> None:
    everything = dict(arguments())
    assert sorted((ROLE_PERMISSIONS.keys() | NOTHING_HERE.keys()) - everything.keys()) == []


def containers(**options):
    return [ContainerDefinition(**{"image": ContainerImage.from_image_uri(f"{OWN}:1"), **options})]


def model_data(data):
    return {"containers": containers(model_data=data)}


def asynchronous(**options):
    return {
        "async_inference_config": AsyncInferenceConfig(**{"s3_output_path": "s3://bucket/out", **options})
    }


CAPTURE = DataCaptureConfig(
    destination_s3_uri="s3://bucket/capture/", initial_sampling_percentage=10, kms_key_id=KEY
)
DUMPS = CoreDumpConfig(destination_s3_uri="s3://bucket/dumps", kms_key_id=KEY)
OBJECT = {"bucket": "bucket", "object_key": "model.tar.gz"}
PRIVATE = {
    "image": ContainerImage.from_image_uri("registry.example/app:1"),
    "repository_access_mode": RepositoryAccessMode.VPC,
    "repository_credentials_provider_arn": LOGIN,
}
NETWORK = {"vpc": "vpc-1", "vpc_subnets": ["subnet-1"]}
DLC = ContainerImage.from_dlc("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")

# What an argument is given to, the arguments, and the end of the resource.
USES = {
    "AsyncInferenceConfig.encryption_key": ("config", asynchronous(encryption_key=KEY), KEY),
    "AsyncInferenceConfig.error_topic": ("config", asynchronous(error_topic=TOPIC), TOPIC),
    "AsyncInferenceConfig.s3_failure_path": ("config", asynchronous(s3_failure_path="s3://bad"), ":::bad/*"),
    "AsyncInferenceConfig.s3_input_path": (
        "config",
        asynchronous(s3_input_path="s3://incoming/a/"),
        ":::incoming/a/*",
    ),
    "AsyncInferenceConfig.s3_output_path": ("config", asynchronous(), ":::bucket/out/*"),
    "AsyncInferenceConfig.success_topic": ("config", asynchronous(success_topic=TOPIC), TOPIC),
    "ContainerDefinition.repository_credentials_provider_arn": (
        "model",
        {"containers": containers(**PRIVATE), **NETWORK},
        LOGIN,
    ),
    "ContainerImage.from_dlc.repository_name": (
        "model",
        {"containers": containers(image=DLC)},
        ":763104351884:repository/pytorch-inference",
    ),
    "ContainerImage.from_ecr_repository.repository": (
        "model",
        {"containers": containers(image=ContainerImage.from_ecr_repository("app", "1"))},
        ":repository/app",
    ),
    "ContainerImage.from_image_uri.uri": ("model", {}, ":123456789012:repository/app"),
    "CoreDumpConfig.destination_s3_uri": ("variant", {"core_dump_config": DUMPS}, ":::bucket/dumps/*"),
    "CoreDumpConfig.kms_key_id": ("variant", {"core_dump_config": DUMPS}, KEY),
    "DataCaptureConfig.destination_s3_uri": (
        "config",
        {"data_capture_config": CAPTURE},
        ":::bucket/capture/*",
    ),
    "DataCaptureConfig.kms_key_id": ("config", {"data_capture_config": CAPTURE}, KEY),
    "Model.vpc_subnets": ("model", NETWORK, ":network-interface/*"),
    "ModelData.from_bucket.bucket": (
        "model",
        model_data(ModelData.from_bucket(**OBJECT)),
        ":::bucket/model.tar.gz",
    ),
    "ModelData.from_bucket.encryption_key": (
        "model",
        model_data(ModelData.from_bucket(**OBJECT, encryption_key=KEY)),
        KEY,
    ),
    "ModelData.from_s3_data_source.encryption_key": (
        "model",
        model_data(ModelData.from_s3_data_source("s3://bucket/llm/", encryption_key=KEY)),
        KEY,
    ),
    "ModelData.from_s3_data_source.uri": (
        "model",
        model_data(ModelData.from_s3_data_source("s3://bucket/llm/", s3_data_type=S3DataType.S3_PREFIX)),
        ":::bucket/llm/*",
    ),
    "ModelData.from_s3_uri.encryption_key": (
        "model",
        model_data(ModelData.from_s3_uri("s3://bucket/model.tar.gz", encryption_key=KEY)),
        KEY,
    ),
    "ModelData.from_s3_uri.uri": (
        "model",
        model_data(ModelData.from_s3_uri("s3://bucket/model.tar.gz")),
        ":::bucket/model.tar.gz",
    ),
}
# Their tests are those of images and artifacts, since they need files.
WITH_FILES = {
    "ContainerImage.from_asset.repository",
    "ModelData.from_asset.bucket",
    "ModelData.from_asset.encryption_key",
}


def test_every_row_is_used_below() -> None:
    assert USES.keys() | WITH_FILES == ROLE_PERMISSIONS.keys()


def allowed(policy, end):
    """The actions that a policy allows on the resource that ends so."""
    return {
        action
        for statement in json.loads(policy)["Statement"]
        for action in statement["Action"]
        if any(resource.endswith(end) for resource in statement["Resource"])
    }


@pytest.mark.parametrize("argument", USES)
@pytest.mark.parametrize("role", [None, "arn:aws:iam::123456789012:role/given"])
def test_the_role_gets_what_an_argument_needs(stack, synth, argument, role) -> None:
    where, options, end = USES[argument]
    given = {"model": {}, "variant": {}, "config": {}} | {where: options}
    model = Model(stack, "Model", **{"containers": containers(), "role": role, **given["model"]})
    variant = InstanceProductionVariantProps(model=model, variant_name="main", **given["variant"])
    EndpointConfig(stack, "Config", instance_production_variants=[variant], **given["config"])
    if role and argument == "Model.vpc_subnets":
        return  # Its owner knows the network.
    policies = synth(stack).resources("aws_iam_role_policy").values()
    actions = set().union(*(allowed(policy["policy"], end) for policy in policies))
    assert set(ROLE_PERMISSIONS[argument]) <= actions


def test_a_shadow_variant_has_the_permissions_of_its_own_model(stack, synth, new_model) -> None:
    main, shadow = (
        InstanceProductionVariantProps(
            model=new_model(name), variant_name=name, core_dump_config=DUMPS if name == "Shadow" else None
        )
        for name in ("Main", "Shadow")
    )
    EndpointConfig(
        stack,
        "Config",
        instance_production_variants=[main],
        shadow_production_variants=[shadow],
        data_capture_config=CAPTURE,
    )
    content = synth(stack)
    policies = {
        name: content.named("aws_iam_role_policy", f"{name}_")["policy"] for name in ("Main", "Shadow")
    }
    assert "kms:Encrypt" not in policies["Main"]
    assert "kms:Encrypt" in allowed(policies["Shadow"], KEY)
    assert all("s3:PutObject" in allowed(policy, ":::bucket/capture/*") for policy in policies.values())


def test_the_model_waits_for_what_its_configuration_needs(stack, synth) -> None:
    model = Model(stack, "Model", containers=containers(), role="arn:aws:iam::123456789012:role/given")
    variant = InstanceProductionVariantProps(model=model, variant_name="main")
    EndpointConfig(stack, "Config", instance_production_variants=[variant], data_capture_config=CAPTURE)
    content = synth(stack)
    (policy,) = content.resources("aws_iam_role_policy")
    assert content.only("aws_sagemaker_model")["depends_on"] == [f"aws_iam_role_policy.{policy}"]


def test_subnets_and_groups_may_belong_to_another_account(stack, synth) -> None:
    Model(stack, "Model", containers=containers(), **NETWORK)
    policy = synth(stack).only("aws_iam_role_policy")["policy"]
    assert "arn:aws:ec2:eu-west-1:*:subnet/subnet-1" in policy
    assert "arn:aws:ec2:eu-west-1:*:security-group/*" in policy


def test_a_package_of_which_the_role_may_read_nothing_is_a_warning(stack, synth) -> None:
    package = [ContainerDefinition(model_package_name=PACKAGE)]
    silent = Model(stack, "Silent", containers=package)
    silent.add_to_role_policy(
        sm_tf.PolicyStatement(actions=["ecr:BatchGetImage", "s3:GetObject"], resources=["*"])
    )
    told = Model(stack, "Told", containers=package)
    synth(stack)
    assert [entry.data for entry in silent.node.metadata] == []
    assert "only AWS knows the image and the artifacts" in str([entry.data for entry in told.node.metadata])


def test_the_role_is_assumed_for_its_own_account_alone(stack, synth) -> None:
    Model(stack, "Protected", containers=containers())
    Model(stack, "Open", containers=containers(), confused_deputy_protection=False)
    content = synth(stack)
    trusts = {
        name: json.loads(content.named("aws_iam_role", name)["assume_role_policy"])["Statement"][0]
        for name in ("Protected", "Open")
    }
    account = "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"
    assert trusts["Protected"]["Condition"] == {"StringEquals": {"aws:SourceAccount": account}}
    assert "Condition" not in trusts["Open"]
    with pytest.raises(sm_tf.InvalidPropsError, match="confused_deputy_protection is given with role"):
        Model(stack, "Given", containers=containers(), role="r", confused_deputy_protection=True)
