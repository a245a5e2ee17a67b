"""What is in another region or account than what uses it."""

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    Alarm,
    AsyncInferenceConfig,
    CompositeAlarm,
    ContainerDefinition,
    ContainerImage,
    CoreDumpConfig,
    DataCaptureConfig,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    Model,
    any_of,
)

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
CAPTURE = {"destination_s3_uri": "s3://bucket/capture", "initial_sampling_percentage": 10}


def variant(model, **options):
    return InstanceProductionVariantProps(
        model=model, variant_name="main", instance_type=InstanceType.M5_LARGE, **options
    )


def config(stack, model, *, dump=None, **options):
    props = variant(model, core_dump_config=dump)
    EndpointConfig(stack, "Config", instance_production_variants=[props], **options)


@pytest.mark.parametrize(
    "options",
    [
        {"encryption_key": KEY},
        {"data_capture_config": DataCaptureConfig(**CAPTURE, kms_key_id=KEY)},
        {"dump": CoreDumpConfig(destination_s3_uri="s3://bucket/dumps", kms_key_id=KEY)},
        {"async_inference_config": AsyncInferenceConfig(s3_output_path="s3://b/o", success_topic=TOPIC)},
        {"async_inference_config": AsyncInferenceConfig(s3_output_path="s3://b/o", error_topic=TOPIC)},
        {"async_inference_config": AsyncInferenceConfig(s3_output_path="s3://b/o", encryption_key=KEY)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_key_or_topic_of_another_region_is_refused(stack, new_model, options) -> None:
    with pytest.raises(InvalidPropsError, match="is in us-east-1, and this is in eu-west-1"):
        config(stack, new_model(), **options)


@pytest.mark.parametrize(
    "options",
    [
        {
            "data_capture_config": DataCaptureConfig(
                **CAPTURE, kms_key_id="1234abcd-12ab-34cd-56ef-1234567890ab"
            )
        },
        {"dump": CoreDumpConfig(destination_s3_uri="s3://bucket/dumps", kms_key_id="alias/key")},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_key_by_its_id_is_refused_since_the_provider_takes_arns(stack, new_model, options) -> None:
    with pytest.raises(InvalidPropsError, match="must be the ARN of a KMS key or of an alias"):
        config(stack, new_model(), **options)


def test_a_key_of_another_account_is_taken(stack, new_model) -> None:
    key = KEY.replace("us-east-1", "eu-west-1").replace("123456789012", "999999999999")
    config(stack, new_model(), encryption_key=key)


@pytest.mark.parametrize("action", [TOPIC, "arn:aws:ssm:us-east-1:123456789012:opsitem:1"])
def test_an_alarm_action_of_another_region_is_refused(stack, new_endpoint, action) -> None:
    metric = new_endpoint().find_instance_production_variant("main").metric_model_latency()
    with pytest.raises(InvalidPropsError, match="is in us-east-1"):
        metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1, alarm_actions=[action])


def test_a_rule_and_a_rollback_take_alarms_of_their_region_alone(stack, new_endpoint) -> None:
    elsewhere = Alarm.from_alarm_arn(
        stack, "Elsewhere", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:slow"
    )
    with pytest.raises(InvalidPropsError, match="us-east-1"):
        CompositeAlarm(stack, "Both", rule=any_of(elsewhere))
    with pytest.raises(InvalidPropsError, match="us-east-1"):
        new_endpoint().add_rollback_alarms(elsewhere)


def test_a_model_of_another_region_is_refused(stack) -> None:
    there = Model.from_model_arn(stack, "There", "arn:aws:sagemaker:us-east-1:123456789012:model/m")
    with pytest.raises(InvalidPropsError, match="its model is in us-east-1"):
        config(stack, there)


def test_models_of_two_accounts_are_refused(stack) -> None:
    arns = [f"arn:aws:sagemaker:eu-west-1:{account}:model/m" for account in ("1" * 12, "2" * 12)]
    first, second = (Model.from_model_arn(stack, f"M{at}", arn) for at, arn in enumerate(arns))
    variants = [variant(first), InstanceProductionVariantProps(model=second, variant_name="other")]
    with pytest.raises(InvalidPropsError, match="SageMaker needs them in one"):
        EndpointConfig(stack, "Config", instance_production_variants=variants)


def test_a_configuration_of_another_account_than_the_allowed_one_is_refused(new_stack) -> None:
    stack = new_stack("other")
    AwsProvider(stack, "here", alias="here", region="eu-west-1", allowed_account_ids=["1" * 12])
    provider = stack.node.find_child("here")
    there = EndpointConfig.from_endpoint_config_arn(
        stack, "There", f"arn:aws:sagemaker:eu-west-1:{'2' * 12}:endpoint-config/c"
    )
    with pytest.raises(InvalidPropsError, match=f"is in account {'2' * 12}, and the AWS provider works in"):
        Endpoint(stack, "Endpoint", endpoint_config=there, provider=provider)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (ContainerImage.from_image_uri("vllm/vllm-openai:v0.6.0"), "isn't in Amazon ECR"),
        (ContainerImage.from_image_uri("public.ecr.aws/x/y:1"), "isn't in Amazon ECR"),
        (
            ContainerImage.from_image_uri("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"),
            "is in us-east-1, and the model in eu-west-1",
        ),
        (
            ContainerImage.from_image_uri("123456789012.dkr-ecr.us-east-1.on.aws/app:${var.tag}"),
            "is in us-east-1, and the model in eu-west-1",
        ),
        (
            ContainerImage.from_image_uri("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/app:1"),
            "is in us-east-1, and the model in eu-west-1",
        ),
        (
            ContainerImage.from_ecr_repository("arn:aws:ecr:us-east-1:123456789012:repository/app", "1"),
            "is in us-east-1, and the model in eu-west-1",
        ),
        (
            ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn/app:1"),
            "has a host that ends in 'amazonaws.com.cn'",
        ),
        (
            ContainerImage.from_image_uri(
                "763104351884.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.0-5"
            ),
            "AWS's repository 'sagemaker-xgboost' of eu-west-1 is in account 141502667606",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_image_that_sagemaker_cant_pull_is_refused(stack, image, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        Model(stack, "Model", containers=[ContainerDefinition(image=image)])


@pytest.mark.parametrize(
    "uri",
    [
        "123456789012.dkr-ecr.eu-west-1.on.aws/app:1",
        "123456789012.dkr.ecr.${var.region}.amazonaws.com/app:1",
        "${var.image}",
        "999999999999.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    ],
)
def test_other_images_are_taken(stack, uri) -> None:
    image = ContainerImage.from_image_uri(uri)
    Model(stack, "Model", containers=[ContainerDefinition(image=image)])


@pytest.mark.parametrize(
    ("repository", "tag", "host"),
    [
        ("sagemaker-xgboost", "3.0-5", "141502667606"),
        ("sagemaker-scikit-learn", "1.4-2-cpu-py3", "141502667606"),
        ("tei", "2.0.1-tei1.9.3-gpu-py310-cu129-ubuntu24.04", "141502667606"),
        ("huggingface-pytorch-inference", "2.6.0-transformers4.49.0-cpu-py312-ubuntu22.04", "763104351884"),
    ],
)
def test_the_account_of_a_registry_depends_on_the_repository(stack, synth, repository, tag, host) -> None:
    Model(stack, "Model", containers=[ContainerDefinition(image=ContainerImage.from_dlc(repository, tag))])
    content = synth(stack)
    image = content.only("aws_sagemaker_model")["primary_container"]["image"]
    assert image == f"{host}.dkr.ecr.eu-west-1.amazonaws.com/{repository}:{tag}"
    assert f":{host}:repository/{repository}" in content.only("aws_iam_role_policy")["policy"]


@pytest.mark.parametrize(
    ("repository", "tag", "told"),
    [
        ("huggingface-pytorch-inferense", "1", "did you mean 'huggingface-pytorch-inference'?"),
        ("djl-inference", "0.36.0-lmi28.0.0-cu13", "have no '0.36.0-lmi28.0.0-cu13'; did you mean"),
    ],
)
def test_an_unknown_repository_or_tag_is_a_warning(stack, repository, tag, told) -> None:
    model = Model(
        stack, "M", containers=[ContainerDefinition(image=ContainerImage.from_dlc(repository, tag))]
    )
    assert any(told in entry.data for entry in model.node.metadata)
