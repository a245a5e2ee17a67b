"""Whole stacks: the same JSON everywhere, and what Terraform and the provider say of it."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sm_tf import (
    AsyncInferenceConfig,
    CapacitySize,
    ContainerDefinition,
    ContainerImage,
    CoreDumpConfig,
    DataCaptureConfig,
    Deployment,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Metric,
    Model,
    ModelData,
    Port,
    Schedule,
    ServerlessProductionVariantProps,
)
from sm_tf.bindings.core import App, LocalBackend, TerraformStack
from sm_tf.sandbox import Sandbox

PROGRAM = """
import os
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from sm_tf import *

app = App(outdir=os.environ["OUT"])
stack = TerraformStack(app, "demo")
AwsProvider(stack, "aws", region="eu-west-1")
LocalBackend(stack, path="terraform.tfstate")
data = ModelData.from_asset("model.tar.gz")
containers = [ContainerDefinition(image=ContainerImage.from_dlc("app", "1"), model_data=data)]
model = Model(stack, "Model", containers=containers, vpc="vpc-1", vpc_subnets=["subnet-1"])
model.connections.allow_from("10.0.0.0/8", Port.tcp(443))
variant = InstanceProductionVariantProps(
    model=model, variant_name="main", instance_type=InstanceType.M5_LARGE, initial_variant_weight=0.9
)
endpoint = Endpoint(
    stack, "Endpoint", endpoint_config=EndpointConfig(stack, "Config", instance_production_variants=[variant])
)
endpoint.grant_invoke(IamRole(stack, "Caller", assume_role_policy="{}"))
(main,) = endpoint.instance_production_variants
main.auto_scale_instance_count(max_capacity=3).scale_on_invocations("Load", max_requests_per_second=30)
main.metric_model_latency().create_alarm(stack, "Alarm", threshold=100_000, evaluation_periods=3)
app.synth()
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as aws:
        yield aws


def stack_in(out: Path, region: str | None = "eu-west-1") -> TerraformStack:
    stack = TerraformStack(App(outdir=str(out)), "demo")
    AwsProvider(stack, "aws", region=region)
    LocalBackend(stack, path="terraform.tfstate")
    return stack


def validate(sandbox: Sandbox, stack: TerraformStack, out: Path) -> None:
    stack.node.scope.synth()
    sandbox.stack(out / "stacks" / "demo").validate()


def test_another_process_in_another_folder_writes_the_same_bytes(tmp_path: Path) -> None:
    written = []
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("weights"))
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "model.tar.gz").write_bytes(archive.read_bytes())
        out = folder / f"out-{name}"
        environment = {**os.environ, "OUT": str(out), "PYTHONHASHSEED": "1" if name == "one" else "2"}
        subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, env=environment, check=True)
        written.append((out / "stacks" / "demo" / "cdk.tf.json").read_text())
    assert written[0] == written[1]
    assert str(tmp_path) not in written[0]


def test_terraform_accepts_everything_that_can_be_set(sandbox: Sandbox, tmp_path: Path) -> None:
    stack = stack_in(tmp_path)
    everything = ContainerDefinition(
        image=ContainerImage.from_ecr_repository("app", digest="sha256:" + "0" * 64),
        environment={"A": "1"},
        container_hostname="first",
        model_data=ModelData.from_s3_data_source("s3://models/a/", accept_eula=True),
        repository_access_mode="Vpc",
        repository_credentials_provider_arn="arn:aws:lambda:eu-west-1:123456789012:function:login",
    )
    many = ContainerDefinition(
        image=ContainerImage.from_image_uri("${var.image}"),
        container_hostname="second",
        model_data=ModelData.from_s3_uri("${var.prefix}"),
        mode="MultiModel",
        model_cache_setting="Disabled",
    )
    for name in ("image", "prefix"):
        TerraformVariable(stack, name, type="string")
    model = Model(
        stack,
        "Model",
        containers=[everything, many],
        vpc="vpc-1",
        vpc_subnets=["subnet-1"],
        network_isolation=True,
        inference_execution_mode="Direct",
        tags={"team": "a"},
    )
    model.connections.allow_from("10.0.0.0/8", Port.tcp(443), "clients")
    model.connections.allow_internally(Port.all_traffic())
    key = "arn:aws:kms:eu-west-1:123456789012:key/1234"
    variant = InstanceProductionVariantProps(
        model=model,
        variant_name="main",
        instance_type=InstanceType.M5_LARGE,
        initial_variant_weight=0.9,
        container_startup_health_check_timeout=timedelta(minutes=5),
        model_data_download_timeout=timedelta(hours=1),
        volume_size_in_gb=512,
        inference_ami_version="al2-ami-sagemaker-inference-gpu-2",
        enable_ssm_access=False,
        routing_strategy="LEAST_OUTSTANDING_REQUESTS",
        core_dump_config=CoreDumpConfig(destination_s3_uri="s3://dumps", kms_key_id=key),
    )
    shadow = InstanceProductionVariantProps(model=model, variant_name="shadow")
    capture = DataCaptureConfig(
        destination_s3_uri="s3://captured/x",
        initial_sampling_percentage=10,
        csv_content_types=["text/csv"],
        json_content_types=["application/json"],
    )
    config = EndpointConfig(
        stack,
        "Config",
        instance_production_variants=[variant],
        shadow_production_variants=[shadow],
        encryption_key=key,
        data_capture_config=capture,
        tags={"team": "a"},
    )
    endpoint = Endpoint(stack, "Endpoint", endpoint_config=config, endpoint_name="fixed", tags={"team": "a"})
    endpoint.grant_invoke("arn:aws:iam::123456789012:role/caller")
    main = endpoint.find_multi_model_production_variant("main")
    main.auto_scale_instance_count(max_capacity=3).scale_on_invocations(
        "Load",
        max_requests_per_second=30,
        disable_scale_in=True,
        scale_in_cooldown=timedelta(minutes=10),
        scale_out_cooldown=timedelta(0),
    )
    for number, statistic in enumerate(["avg", "P99.9", "tm95", "iqm", "TM(10%:90%)", "pr(:300)", "n"]):
        metric = main.metric_model_latency(statistic=statistic)
        metric.create_alarm(stack, f"Alarm{number}", threshold=1, evaluation_periods=3, datapoints_to_alarm=2)
    labelled = Metric(namespace="C", metric_name="T", label="x", account="123456789012", unit="Seconds")
    labelled.create_alarm(
        stack, "Labelled", threshold=-1.5, evaluation_periods=1, treat_missing_data="ignore"
    )
    validate(sandbox, stack, tmp_path)


def test_terraform_accepts_expressions_in_every_place(sandbox: Sandbox, tmp_path: Path) -> None:
    stack = stack_in(tmp_path, region=None)
    text, number, texts, by_name = (
        TerraformVariable(stack, name, type=type)
        for name, type in (
            ("text", "string"),
            ("number", "number"),
            ("texts", "list(string)"),
            ("by_name", "map(string)"),
        )
    )
    archive = ModelData.from_bucket("${var.text}", text.string_value, encryption_key="${var.text}")
    containers = [
        ContainerDefinition(
            image=ContainerImage.from_dlc("${var.text}", "${var.text}"),
            environment={"A": text.string_value, text.string_value: "1"},
            model_data=archive,
        ),
        ContainerDefinition(
            image=ContainerImage.from_ecr_repository("${var.text}", digest=text.string_value),
            environment="${var.by_name}",
            model_data=ModelData.from_s3_uri(text.string_value),
        ),
    ]
    model = Model(
        stack,
        "Model",
        containers=containers,
        vpc="${var.text}",
        vpc_subnets=texts.list_value,
        security_groups="${var.texts}",
    )
    given = Model(stack, "Given", containers=containers, role=text.string_value, model_name="${var.text}")
    variants = [
        InstanceProductionVariantProps(
            model=made,
            variant_name=name,
            instance_type=InstanceType.of("${var.text}"),
            initial_instance_count="${var.number}",
            initial_variant_weight=weight,
            container_startup_health_check_timeout=number.number_value,
        )
        for made, name, weight in ((model, text.string_value, 0.9), (given, "other", "${var.number}"))
    ]
    config = EndpointConfig(
        stack, "Config", instance_production_variants=variants, encryption_key="${var.text}"
    )
    endpoint = Endpoint(stack, "Endpoint", endpoint_config=config, endpoint_name=text.string_value)
    endpoint.grant_invoke("${var.text}")
    main = endpoint.instance_production_variants[0]
    count = main.auto_scale_instance_count(max_capacity="${var.number}", min_capacity=number.number_value)
    count.scale_on_invocations(
        "Load", max_requests_per_second="${var.number}", scale_in_cooldown="${var.number}"
    )
    count.scale_on_schedule(
        "Then",
        schedule=Schedule.expression("${var.text}"),
        min_capacity="${var.number}",
        max_capacity=number.number_value,
        time_zone=text.string_value,
    )
    asynchronous = AsyncInferenceConfig(
        s3_output_path="${var.text}",
        s3_failure_path=text.string_value,
        s3_input_path="s3://${var.text}/in",
        success_topic=text.string_value,
        max_concurrent_invocations_per_instance="${var.number}",
        encryption_key="${var.text}",
    )
    queued = EndpointConfig(
        stack, "Queued", instance_production_variants=variants[:1], async_inference_config=asynchronous
    )
    size = CapacitySize.percent("${var.number}")
    Endpoint(
        stack,
        "QueuedEndpoint",
        endpoint_config=queued,
        deployment=Deployment.canary(
            size=size, wait_interval=number.number_value, rollback_alarms=[text.string_value, "${var.text}"]
        ),
    ).grant_invoke(text.string_value)
    main.metric_invocations().create_alarm(
        stack, "Alarm", threshold="${var.number}", evaluation_periods=number.number_value
    )
    serverless = ServerlessProductionVariantProps(
        model=Model.from_model_name(stack, "Elsewhere", "${var.text}"),
        variant_name="main",
        max_concurrency="${var.number}",
        memory_size_in_mb=number.number_value,
        provisioned_concurrency="${var.number}",
    )
    on_demand = EndpointConfig(stack, "OnDemand", serverless_production_variant=serverless)
    Endpoint(stack, "OnDemandEndpoint", endpoint_config=on_demand)
    assert by_name
    validate(sandbox, stack, tmp_path)


def examples(strategy: st.SearchStrategy, count: int) -> list:
    """What hypothesis draws, for many resources of one stack: each run of Terraform takes seconds."""
    drawn = []

    @settings(max_examples=count, database=None, phases=[Phase.generate], derandomize=True)
    @given(strategy)
    def draw(example: object) -> None:
        drawn.append(example)

    draw()
    return drawn


NAMES = st.from_regex(r"[a-zA-Z0-9](-{0,2}[a-zA-Z0-9]){0,20}", fullmatch=True)
ODD_IDS = (
    st.text(min_size=1, max_size=90).map(lambda id: id.replace("/", "-").replace("$", "-")).filter(str.strip)
)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=100, places=3).map(float), min_size=1, max_size=4)
CAPACITIES = st.tuples(*[st.integers(1, 100)] * 3).map(sorted)
CONCURRENCIES = st.integers(1, 200).flatmap(
    lambda most: st.tuples(st.integers(1, most) | st.none(), st.just(most))
)
MEMORY = st.sampled_from([1024, 2048, 3072, 4096, 5120, 6144])


def test_terraform_accepts_whatever_is_valid(sandbox: Sandbox, tmp_path: Path) -> None:
    stack = stack_in(tmp_path)
    containers = [
        ContainerDefinition(
            image=ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")
        )
    ]
    model = Model(stack, "Model", containers=containers)
    drawn = st.tuples(ODD_IDS, NAMES, WEIGHTS, CAPACITIES, CONCURRENCIES, MEMORY)
    for number, (id, name, weights, (low, initial, high), (warm, most), memory) in enumerate(
        examples(drawn, 25)
    ):
        path = f"{id}{number}"
        Model(stack, f"M{path}", containers=containers, vpc="vpc-1", vpc_subnets=["subnet-1"])
        variants = [
            InstanceProductionVariantProps(
                model=model,
                variant_name=f"{name[:60]}-{index}",
                instance_type=InstanceType.C5_LARGE,
                initial_instance_count=initial,
                initial_variant_weight=weight,
            )
            for index, weight in enumerate(weights)
        ]
        config = EndpointConfig(stack, f"C{path}", instance_production_variants=variants)
        endpoint = Endpoint(stack, f"E{path}", endpoint_config=config)
        for variant in endpoint.instance_production_variants:
            variant.auto_scale_instance_count(min_capacity=low, max_capacity=high)
        serverless = ServerlessProductionVariantProps(
            model=model,
            variant_name=name,
            max_concurrency=most,
            memory_size_in_mb=memory,
            provisioned_concurrency=warm,
        )
        on_demand = EndpointConfig(
            stack,
            f"S{path}",
            serverless_production_variant=serverless,
            endpoint_config_name=f"{name[:60]}-{number}",
        )
        Endpoint(stack, f"D{path}", endpoint_config=on_demand)
    validate(sandbox, stack, tmp_path)
    content = json.loads((tmp_path / "stacks" / "demo" / "cdk.tf.json").read_text())
    names = [endpoint["name"] for endpoint in content["resource"]["aws_sagemaker_endpoint"].values()]
    assert len(set(names)) == len(names)
