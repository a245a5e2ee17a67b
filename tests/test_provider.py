"""Every construct takes `provider=`; the constructs and resources that it makes inherit it."""

import json

import jsii
import pytest
from cdktf import Aspects, IAspect
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sagemaker_model import SagemakerModel
from constructs import Construct

from sm_tf import (
    Alarm,
    AnomalyDetectionAlarm,
    CompositeAlarm,
    ContainerDefinition,
    ContainerImage,
    Dashboard,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InvalidPropsError,
    Metric,
    Model,
    ModelData,
    Pipeline,
    Schedule,
    TextWidget,
    any_of,
)
from sm_tf.foundation.environment import Environment

DLC = ContainerImage.from_dlc("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")
METRIC = Metric(namespace="App", metric_name="Errors")


@pytest.fixture
def us(stack):
    return AwsProvider(stack, "us", alias="us", region="us-east-1")


@pytest.fixture
def model(stack, us):
    return Model(stack, "Model", containers=[ContainerDefinition(image=DLC)], provider=us)


@pytest.fixture
def config(stack, us, model):
    variant = InstanceProductionVariantProps(model=model, variant_name="main", instance_type="ml.m5.large")
    return EndpointConfig(stack, "Config", instance_production_variants=[variant], provider=us)


@pytest.fixture
def endpoint(stack, us, config):
    return Endpoint(stack, "Endpoint", endpoint_config=config, provider=us)


def providers(content):
    """The providers of all resources and data sources, by type."""
    blocks = [*content.content["resource"].items(), *content.content.get("data", {}).items()]
    return {
        kind: {block.get("provider") for block in found.values()}
        for kind, found in blocks
        if kind != "terraform_data"
    }


def test_all_that_an_endpoint_makes_inherits_it(stack, synth, endpoint) -> None:
    scaling = endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=3)
    scaling.scale_on_invocations("Requests", max_requests_per_second=10)
    scaling.scale_on_schedule("Night", schedule=Schedule.cron(minute="0", hour="1"), min_capacity=1)
    endpoint.add_recommended_alarms()
    endpoint.create_dashboard()
    found = providers(synth(stack))
    assert {
        "aws_appautoscaling_policy",
        "aws_appautoscaling_scheduled_action",
        "aws_appautoscaling_target",
        "aws_caller_identity",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_metric_alarm",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_sagemaker_endpoint",
        "aws_sagemaker_endpoint_configuration",
        "aws_sagemaker_model",
    } == set(found)
    assert all(used == {"aws.us"} for used in found.values())


def test_images_arns_and_dashboards_are_of_its_region(stack, synth, endpoint) -> None:
    endpoint.create_dashboard()
    content = synth(stack)
    image = content.only("aws_sagemaker_model")["primary_container"]["image"]
    assert image.startswith("763104351884.dkr.ecr.us-east-1.")
    assert all(":us-east-1:" in arn for arn in content.allowed("logs:PutLogEvents"))
    body = content.only("aws_cloudwatch_dashboard")["dashboard_body"]
    assert '"region": "us-east-1"' in body
    assert "eu-west-1" not in body


def test_a_child_inherits_it_from_the_construct_around_it(stack, synth, endpoint) -> None:
    METRIC.create_alarm(endpoint, "Errors", threshold=1, evaluation_periods=1)
    METRIC.create_alarm(stack, "Elsewhere", threshold=1, evaluation_periods=1)
    alarms = synth(stack).resources("aws_cloudwatch_metric_alarm")
    used = {name.partition("_")[0]: alarm.get("provider") for name, alarm in alarms.items()}
    assert used == {"Endpoint": "aws.us", "Elsewhere": None}


def test_alarms_and_dashboards_take_it(stack, synth, us) -> None:
    alarm = Alarm(stack, "Alarm", metric=METRIC, threshold=1, evaluation_periods=1, provider=us)
    METRIC.create_alarm(stack, "Created", threshold=1, evaluation_periods=1, provider=us)
    AnomalyDetectionAlarm(stack, "Band", metric=METRIC, evaluation_periods=1, provider=us)
    CompositeAlarm(stack, "All", rule=any_of(alarm), provider=us)
    Dashboard(stack, "Dashboard", widgets=[[TextWidget(markdown="a")]], provider=us)
    assert all(used == {"aws.us"} for used in providers(synth(stack)).values())


def test_imports_are_of_its_region(stack, us) -> None:
    names = {
        "model": Model.from_model_name(stack, "Model", "m", provider=us).model_arn,
        "config": EndpointConfig.from_endpoint_config_name(
            stack, "Config", "c", provider=us
        ).endpoint_config_arn,
        "endpoint": Endpoint.from_endpoint_name(stack, "Endpoint", "e", provider=us).endpoint_arn,
        "pipeline": Pipeline.from_pipeline_name(stack, "Pipeline", "p", provider=us).pipeline_arn,
        "alarm": Alarm.from_alarm_name(stack, "Alarm", "a", provider=us).alarm_arn,
    }
    assert all(":us-east-1:" in arn for arn in names.values())
    imported = Endpoint.from_endpoint_name(stack, "Other", "e", provider=us)
    imported.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=3)


def test_shared_resources_exist_once_for_each_provider(stack, synth, us, tmp_path) -> None:
    import io
    import tarfile

    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("empty"), io.BytesIO())
    definition = ContainerDefinition(image=DLC, model_data=ModelData.from_asset(path))
    for number, provider in enumerate((None, None, us, us)):
        Model(stack, f"Model{number}", containers=[definition], provider=provider)
    content = synth(stack)
    for kind in ("aws_s3_bucket", "aws_s3_bucket_policy", "aws_s3_object"):
        used = [block.get("provider") for block in content.resources(kind).values()]
        assert sorted(used, key=str) == [None, "aws.us"], kind


def test_regions_are_compared_by_it(stack, us, model) -> None:
    variant = InstanceProductionVariantProps(model=model, variant_name="main")
    with pytest.raises(
        InvalidPropsError, match="its model is in us-east-1, the endpoint configuration in eu"
    ):
        EndpointConfig(stack, "Config", instance_production_variants=[variant])
    fitting = EndpointConfig(stack, "Fitting", instance_production_variants=[variant], provider=us)
    with pytest.raises(InvalidPropsError, match="endpoint_config is in us-east-1, the endpoint in eu-west-1"):
        Endpoint(stack, "Endpoint", endpoint_config=fitting)


def test_without_it_the_default_provider_counts(stack) -> None:
    assert Environment(Construct(stack, "Anything")).known_region == "eu-west-1"


class TestAProviderThatIsSetLater:
    @pytest.fixture
    def plain(self, stack):
        return Model(stack, "Plain", containers=[ContainerDefinition(image=DLC)])

    def test_of_the_same_region_it_holds(self, stack, synth, plain) -> None:
        plain.resource.provider = AwsProvider(stack, "twin", alias="twin", region="eu-west-1")
        assert synth(stack).only("aws_sagemaker_model")["provider"] == "aws.twin"

    def test_of_another_region_the_argument_is_named(self, stack, synth, us, plain) -> None:
        plain.resource.provider = us
        told = (
            r"\[demo/Plain\] its aws_sagemaker_model was created for eu-west-1 .* us-east-1; pass provider="
        )
        with pytest.raises(RuntimeError, match=told):
            synth(stack)

    def test_by_an_aspect_too(self, app, stack, us, plain) -> None:
        @jsii.implements(IAspect)
        class Everywhere:
            def visit(self, node) -> None:
                if isinstance(node, SagemakerModel):
                    node.provider = us

        Aspects.of(stack).add(Everywhere())
        with pytest.raises(RuntimeError, match=r"\[demo/Plain\] its aws_sagemaker_model .* pass provider="):
            app.synth()
        del plain


def test_each_stack_that_is_told_a_range_of_versions_gets_it(app, new_stack, new_model, tmp_path) -> None:
    told = "terraform.required_providers.aws.version"
    for id, version in (("one", "~> 5.100"), ("two", "~> 6.30"), ("three", None)):
        stack = new_stack(id)
        if version:
            stack.add_override(told, version)
        new_model(scope=stack)
    app.synth()
    found = {
        id: json.loads((tmp_path / "out/stacks" / id / "cdk.tf.json").read_text())["terraform"]
        for id in ("one", "two", "three")
    }
    versions = {id: block["required_providers"]["aws"]["version"] for id, block in found.items()}
    assert versions == {"one": "~> 5.100", "two": "~> 6.30", "three": ">= 5.100.0, < 7.0.0"}
