import json
import re

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import (
    AsyncInferenceConfig,
    Endpoint,
    EndpointAsyncProductionVariant,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    Model,
    NotificationTopic,
    ServerlessProductionVariantProps,
)

CONFIG = "aws_sagemaker_endpoint_configuration"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:done"
ROLE = "arn:aws:iam::111122223333:role/caller"


@pytest.fixture
def new_config(stack, new_model):
    def make(id="Config", **options):
        props = InstanceProductionVariantProps(
            model=new_model(f"{id}Model"), variant_name="main", instance_type=InstanceType.M5_LARGE
        )
        options = {"s3_output_path": "s3://bucket/out", **options}
        return EndpointConfig(
            stack,
            id,
            instance_production_variants=[props],
            async_inference_config=AsyncInferenceConfig(**options),
        )

    return make


def test_only_the_output_path_is_needed(stack, synth, new_config) -> None:
    new_config()
    assert synth(stack).only(CONFIG)["async_inference_config"] == {
        "output_config": {"s3_output_path": "s3://bucket/out"}
    }


def test_everything_that_the_provider_knows(stack, synth, new_config) -> None:
    topic, key = SnsTopic(stack, "Topic"), KmsKey(stack, "Key")
    new_config(
        s3_failure_path="s3://bucket/failed",
        success_topic=topic,
        error_topic=TOPIC,
        include_inference_response_in=list(NotificationTopic),
        max_concurrent_invocations_per_instance=4,
        encryption_key=key,
    )
    assert synth(stack).only(CONFIG)["async_inference_config"] == {
        "client_config": {"max_concurrent_invocations_per_instance": 4},
        "output_config": {
            "s3_output_path": "s3://bucket/out",
            "s3_failure_path": "s3://bucket/failed",
            "kms_key_id": "${aws_kms_key.Key.arn}",
            "notification_config": {
                "success_topic": "${aws_sns_topic.Topic.arn}",
                "error_topic": TOPIC,
                "include_inference_response_in": [
                    "SUCCESS_NOTIFICATION_TOPIC",
                    "ERROR_NOTIFICATION_TOPIC",
                ],
            },
        },
    }


def test_the_models_role_may_do_what_it_needs_and_no_more(stack, synth, new_config) -> None:
    new_config(s3_input_path="s3://inbox/requests/", success_topic=TOPIC, encryption_key=KEY)
    content = synth(stack)
    assert content.allowed("s3:GetObject") == ["arn:aws:s3:::bucket/out/*", "arn:aws:s3:::inbox/requests/*"]
    assert content.allowed("s3:PutObject") == ["arn:aws:s3:::bucket/out/*"]
    assert content.allowed("sns:Publish") == [TOPIC]
    assert content.allowed("kms:GenerateDataKey") == [KEY]


def test_a_caller_may_put_requests_and_read_answers(stack, synth, new_config) -> None:
    config = new_config(
        s3_input_path="s3://inbox/requests", s3_failure_path="s3://bucket/failed", encryption_key=KEY
    )
    Endpoint(stack, "Endpoint", endpoint_config=config).grant_invoke(ROLE)
    content = synth(stack)
    start = "SmTfGrants"
    assert content.allowed("s3:PutObject", start) == ["arn:aws:s3:::inbox/requests/*"]
    assert content.allowed("s3:GetObject", start) == [
        "arn:aws:s3:::bucket/out/*",
        "arn:aws:s3:::bucket/failed/*",
    ]
    assert content.allowed("kms:Decrypt", start) == [KEY]
    assert content.allowed("sagemaker:InvokeEndpointAsync", start)


def test_a_real_time_endpoint_grants_no_bucket(stack, synth, new_endpoint) -> None:
    new_endpoint().grant_invoke(ROLE)
    assert synth(stack).allowed("s3:PutObject", "SmTfGrants") == []


def test_paths_may_be_expressions(stack, synth, new_config) -> None:
    path = TerraformVariable(stack, "path", type="string").string_value
    new_config(s3_output_path=path, s3_input_path="s3://${var.bucket}/in")
    content = synth(stack)
    assert content.only(CONFIG)["async_inference_config"]["output_config"]["s3_output_path"] == "${var.path}"
    resources = content.allowed("s3:GetObject")
    assert any("var.path" in resource for resource in resources)
    assert "arn:aws:s3:::${var.bucket}/in/*" in resources


def test_the_variant_is_an_asynchronous_one(stack, new_config) -> None:
    endpoint = Endpoint(stack, "Endpoint", endpoint_config=new_config())
    assert [type(variant) for variant in endpoint.production_variants] == [EndpointAsyncProductionVariant]
    assert endpoint.instance_production_variants == ()
    with pytest.raises(
        InvalidPropsError, match="is asynchronous, not real-time on instances; use find_async"
    ):
        endpoint.find_instance_production_variant("main")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"s3_output_path": "bucket/out"}, "s3_output_path 'bucket/out' must begin with s3://<bucket>"),
        ({"s3_failure_path": "s3://"}, "s3_failure_path 's3://' must begin with s3://<bucket>"),
        ({"s3_input_path": "/in"}, "s3_input_path '/in' must begin with s3://<bucket>"),
        ({"max_concurrent_invocations_per_instance": 0}, "0 must be a whole number, 1 to 1000"),
        ({"max_concurrent_invocations_per_instance": 1001}, "1001 must be a whole number, 1 to 1000"),
        ({"success_topic": "done"}, "success_topic 'done' must be an SNS topic or its ARN"),
        ({"error_topic": KEY}, f"error_topic '{KEY}' must be an SNS topic or its ARN"),
        (
            {"include_inference_response_in": ["Both"]},
            "include_inference_response_in[0] 'Both' must be one",
        ),
        (
            {"include_inference_response_in": [NotificationTopic.ERROR_NOTIFICATION_TOPIC]},
            "has ERROR_NOTIFICATION_TOPIC, but no such topic is given; pass one",
        ),
        ({"encryption_key": "alias/mine"}, "encryption_key 'alias/mine' must be a KMS key"),
    ],
)
def test_bad_values_are_refused(new_config, options, told) -> None:
    with pytest.raises(InvalidPropsError, match=re.escape(told)):
        new_config(**options)


class TestVariants:
    told = "an asynchronous endpoint has exactly one variant, on instances, and no shadow variant"
    asynchronous = AsyncInferenceConfig(s3_output_path="s3://bucket/out")

    def props(self, model, name="main"):
        return InstanceProductionVariantProps(model=model, variant_name=name)

    def test_are_never_two(self, stack, new_model) -> None:
        model = new_model()
        config = EndpointConfig(
            stack,
            "Config",
            instance_production_variants=[self.props(model)],
            async_inference_config=self.asynchronous,
        )
        with pytest.raises(InvalidPropsError, match=self.told):
            config.add_instance_production_variant(self.props(model, "second"))

    def test_are_never_serverless(self, stack, new_model) -> None:
        serverless = ServerlessProductionVariantProps(
            model=new_model(), variant_name="main", max_concurrency=1, memory_size_in_mb=1024
        )
        with pytest.raises(InvalidPropsError, match=self.told):
            EndpointConfig(
                stack,
                "Config",
                serverless_production_variant=serverless,
                async_inference_config=self.asynchronous,
            )

    def test_have_no_shadow(self, stack, new_model) -> None:
        model = new_model()
        with pytest.raises(InvalidPropsError, match=self.told):
            EndpointConfig(
                stack,
                "Config",
                instance_production_variants=[self.props(model)],
                shadow_production_variants=[self.props(model, "shadow")],
                async_inference_config=self.asynchronous,
            )


def test_of_an_imported_model_without_a_role_warn_of_missing_grants(stack, synth) -> None:
    model = Model.from_model_name(stack, "Model", "theirs")
    props = InstanceProductionVariantProps(model=model, variant_name="main")
    EndpointConfig(
        stack,
        "Config",
        instance_production_variants=[props],
        async_inference_config=AsyncInferenceConfig(s3_output_path="s3://bucket/out"),
    )
    assert "s3:PutObject" not in json.dumps(synth(stack).content.get("resource", {}))
    warnings = [entry.data for entry in model.node.metadata if entry.type == "@cdktf/warn"]
    assert any("so s3:PutObject" in warning for warning in warnings)
