import re
import struct
from datetime import timedelta

import pytest
from cdktf import Fn, TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_kms_key import DataAwsKmsKey
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from hypothesis import given
from hypothesis import strategies as st

from sm_tf import (
    AcceleratorType,
    CaptureMode,
    CoreDumpConfig,
    DataCaptureConfig,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    ManagedInstanceScaling,
    ManagedInstanceScalingStatus,
    Model,
    RoutingStrategy,
    ServerlessProductionVariantProps,
)
from sm_tf.configuration.production_variant import check_variant, exact_weights
from sm_tf.foundation.errors import Checks, checking

CONFIG = "aws_sagemaker_endpoint_configuration"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234"
CAPTURE = {"destination_s3_uri": "s3://captured/x", "initial_sampling_percentage": 10}


@pytest.fixture
def model(new_model):
    return new_model()


@pytest.fixture
def instances(model):
    def make(name="main", **fields):
        return InstanceProductionVariantProps(**{"model": model, "variant_name": name, **fields})

    return make


@pytest.fixture
def serverless(model):
    def make(name="main", **fields):
        props = {"model": model, "variant_name": name, "max_concurrency": 10, "memory_size_in_mb": 2048}
        return ServerlessProductionVariantProps(**{**props, **fields})

    return make


@pytest.fixture
def config(stack):
    """Makes a configuration of variants on instances."""

    def make(*variants, id="Config", **props):
        return EndpointConfig(stack, id, instance_production_variants=variants, **props)

    return make


@pytest.fixture
def problems(config):
    """What is told about a configuration that is refused."""

    def of(*variants, **props):
        with pytest.raises(InvalidPropsError) as caught:
            config(*variants, **props)
        assert caught.value.where == "demo/Config"
        return caught.value.problems

    return of


def test_types_of_machines_may_be_given_by_name(stack, synth, config, instances) -> None:
    config(instances("named", instance_type="ml.g5.xlarge", accelerator_type="ml.eia2.medium"))
    (variant,) = synth(stack).only(CONFIG)["production_variants"]
    assert (variant["instance_type"], variant["accelerator_type"]) == ("ml.g5.xlarge", "ml.eia2.medium")


def test_three_variants_share_the_traffic_by_weight(stack, synth, config, instances, new_model) -> None:
    config(
        instances("firstVariant", instance_type=InstanceType.M5_LARGE),
        instances("secondVariant"),
        instances("thirdVariant", model=new_model("Other"), initial_variant_weight=2.0),
    )
    content = synth(stack)
    names = list(content.resources("aws_sagemaker_model"))
    first, other = (
        next(f"${{aws_sagemaker_model.{name}.name}}" for name in names if name.startswith(start))
        for start in ("Model", "Other")
    )
    found = content.only(CONFIG)
    assert found["production_variants"] == [
        {
            "variant_name": name,
            "model_name": model,
            "instance_type": instance_type,
            "initial_instance_count": 1,
            "initial_variant_weight": weight,
        }
        for name, model, instance_type, weight in (
            ("firstVariant", first, "ml.m5.large", 1),
            ("secondVariant", first, "ml.t2.medium", 1),
            ("thirdVariant", other, "ml.t2.medium", 2),
        )
    ]
    assert found.keys() == {"name_prefix", "production_variants", "lifecycle"}


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        (
            {"max_concurrency": 10, "memory_size_in_mb": 2048, "provisioned_concurrency": 5},
            {"max_concurrency": 10, "memory_size_in_mb": 2048, "provisioned_concurrency": 5},
        ),
        (
            {"max_concurrency": 1, "memory_size_in_mb": 1024},
            {"max_concurrency": 1, "memory_size_in_mb": 1024},
        ),
        (
            {"max_concurrency": 200, "memory_size_in_mb": 6144, "provisioned_concurrency": 200},
            {"max_concurrency": 200, "memory_size_in_mb": 6144, "provisioned_concurrency": 200},
        ),
    ],
    ids=["usual", "least", "most"],
)
def test_a_serverless_variant_has_no_keys_of_instances(stack, synth, serverless, fields, block) -> None:
    EndpointConfig(stack, "Config", serverless_production_variant=serverless("serverlessVariant", **fields))
    (variant,) = synth(stack).only(CONFIG)["production_variants"]
    assert variant.pop("model_name")
    assert variant == {
        "variant_name": "serverlessVariant",
        "initial_variant_weight": 1,
        "serverless_config": block,
    }


def test_everything_that_the_provider_knows_can_be_set(stack, synth, config, instances) -> None:
    variant = instances(
        instance_type=InstanceType.P3_2XLARGE,
        initial_instance_count=2,
        initial_variant_weight=0.5,
        container_startup_health_check_timeout=timedelta(minutes=5),
        model_data_download_timeout=timedelta(hours=1),
        volume_size_in_gb=512,
        accelerator_type=AcceleratorType.EIA2_MEDIUM,
        inference_ami_version="al2-ami-sagemaker-inference-gpu-2",
        enable_ssm_access=False,
        routing_strategy=RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
        managed_instance_scaling=ManagedInstanceScaling(
            status=ManagedInstanceScalingStatus.DISABLED, min_instance_count=0, max_instance_count=4
        ),
        core_dump_config=CoreDumpConfig(destination_s3_uri="s3://dumps", kms_key_id=KEY_ARN),
    )
    config(
        variant,
        endpoint_config_name="fixed",
        encryption_key=KEY_ARN,
        data_capture_config=DataCaptureConfig(
            **CAPTURE,
            kms_key_id=KEY_ARN,
            csv_content_types=["text/csv"],
            json_content_types=["application/json"],
        ),
        shadow_production_variants=[instances("shadow")],
        tags={"team": "a"},
    )
    content = synth(stack).only(CONFIG)
    (rendered,) = content["production_variants"]
    assert rendered.pop("model_name")
    assert rendered == {
        "variant_name": "main",
        "instance_type": "ml.p3.2xlarge",
        "initial_instance_count": 2,
        "initial_variant_weight": 0.5,
        "container_startup_health_check_timeout_in_seconds": 300,
        "model_data_download_timeout_in_seconds": 3600,
        "volume_size_in_gb": 512,
        "accelerator_type": "ml.eia2.medium",
        "inference_ami_version": "al2-ami-sagemaker-inference-gpu-2",
        "enable_ssm_access": False,
        "routing_config": [{"routing_strategy": "LEAST_OUTSTANDING_REQUESTS"}],
        "managed_instance_scaling": {"status": "DISABLED", "min_instance_count": 0, "max_instance_count": 4},
        "core_dump_config": {"destination_s3_uri": "s3://dumps", "kms_key_id": KEY_ARN},
    }
    assert content["shadow_production_variants"][0]["variant_name"] == "shadow"
    assert content["data_capture_config"] == {
        **CAPTURE,
        "enable_capture": True,
        "kms_key_id": KEY_ARN,
        "capture_options": [{"capture_mode": "Input"}, {"capture_mode": "Output"}],
        "capture_content_type_header": {
            "csv_content_types": ["text/csv"],
            "json_content_types": ["application/json"],
        },
    }
    assert (content["name"], content["kms_key_arn"], content["tags"]) == ("fixed", KEY_ARN, {"team": "a"})
    assert "name_prefix" not in content


@pytest.mark.parametrize("kind", ["resource", "data source", "ARN", "expression"])
def test_the_encryption_key_may_be_given_in_any_way(stack, synth, config, instances, kind) -> None:
    key, arn = {
        "resource": lambda: (KmsKey(stack, "Key"), "${aws_kms_key.Key.arn}"),
        "data source": lambda: (DataAwsKmsKey(stack, "Key", key_id="x"), "${data.aws_kms_key.Key.arn}"),
        "ARN": lambda: (KEY_ARN, KEY_ARN),
        "expression": lambda: ("${var.key}", "${var.key}"),
    }[kind]()
    config(instances(), encryption_key=key)
    assert synth(stack).only(CONFIG)["kms_key_arn"] == arn


class TestReplacement:
    def test_the_new_one_is_made_under_a_new_name_before_the_old_is_destroyed(
        self, stack, synth, config, instances
    ) -> None:
        config(instances())
        content = synth(stack).only(CONFIG)
        assert content["name_prefix"] == "demo-config-"
        assert content["lifecycle"] == {"create_before_destroy": True}

    def test_the_prefix_has_at_most_37_characters(self, stack, synth, config, instances) -> None:
        config(instances(), id="C" * 90)
        prefix = synth(stack).only(CONFIG)["name_prefix"]
        assert len(prefix) == 37
        assert prefix.endswith("c-")


class TestAdding:
    def test_keeps_the_order(self, stack, synth, config, instances) -> None:
        made = config(instances("a"))
        made.add_instance_production_variant(instances("b"))
        made.add_instance_production_variant(model=instances().model, variant_name="c")
        names = [variant["variant_name"] for variant in synth(stack).only(CONFIG)["production_variants"]]
        assert names == ["a", "b", "c"]
        assert [variant.variant_name for variant in made.production_variants] == names

    def test_a_serverless_variant_later(self, stack, synth, config, model) -> None:
        made = config()
        made.add_serverless_production_variant(
            model=model, variant_name="main", max_concurrency=1, memory_size_in_mb=1024
        )
        assert made.is_serverless
        assert "serverless_config" in synth(stack).only(CONFIG)["production_variants"][0]

    def test_variants_may_be_mappings(self, stack, synth, config, model) -> None:
        config({"model": model, "variant_name": "main"})
        assert synth(stack).only(CONFIG)["production_variants"][0]["variant_name"] == "main"

    def test_a_refused_variant_changes_nothing(self, stack, synth, config, instances) -> None:
        made = config(instances("a"))
        with pytest.raises(InvalidPropsError):
            made.add_instance_production_variant(instances("a"))
        assert len(made.production_variants) == len(synth(stack).only(CONFIG)["production_variants"]) == 1

    def test_a_later_weight_scales_the_earlier_ones(self, stack, synth, config, instances) -> None:
        made = config(instances("a", initial_variant_weight=0.5))
        made.add_instance_production_variant(instances("b", initial_variant_weight=0.1))
        weights = [v["initial_variant_weight"] for v in synth(stack).only(CONFIG)["production_variants"]]
        assert weights == [5, 1]

    def test_none_at_all_is_told_at_synth(self, stack, synth, config) -> None:
        config()
        with pytest.raises(
            RuntimeError, match=r"\[demo/Config\] an endpoint configuration needs at least one var"
        ):
            synth(stack)


class TestRefuses:
    def test_both_kinds(self, stack, instances, serverless) -> None:
        with pytest.raises(InvalidPropsError, match="an endpoint has only one kind"):
            EndpointConfig(
                stack,
                "Config",
                instance_production_variants=[instances("a")],
                serverless_production_variant=serverless("b"),
            )

    def test_both_kinds_one_after_the_other(self, config, instances, serverless) -> None:
        with pytest.raises(InvalidPropsError, match="an endpoint has only one kind"):
            config(instances("a")).add_serverless_production_variant(serverless("b"))

    def test_two_serverless_variants(self, stack, serverless) -> None:
        made = EndpointConfig(stack, "Config", serverless_production_variant=serverless("a"))
        with pytest.raises(InvalidPropsError, match="more than one serverless variant is given"):
            made.add_serverless_production_variant(serverless("b"))

    def test_eleven_variants(self, problems, instances) -> None:
        told = problems(*[instances(f"v{number}") for number in range(11)])
        assert told == ["the endpoint has 11 variants; AWS takes 1 to 10"]

    def test_the_eleventh_when_it_is_added(self, config, instances) -> None:
        made = config(*[instances(f"v{number}") for number in range(10)])
        with pytest.raises(InvalidPropsError, match="the endpoint has 11 variants"):
            made.add_instance_production_variant(instances("v10"))

    def test_a_name_that_is_taken(self, problems, instances) -> None:
        assert problems(instances("a"), instances("b"), instances("a")) == [
            "variant_name 'a' is given 2 times; use unique names"
        ]

    @pytest.mark.parametrize("name", ["constructor", "toString", "__proto__"[2:7]])
    def test_no_name_that_javascript_has_a_meaning_for(self, stack, synth, config, instances, name) -> None:
        config(instances(name))
        assert synth(stack).only(CONFIG)["production_variants"][0]["variant_name"] == name

    def test_a_model_in_another_region(self, new_stack, config, instances, new_model) -> None:
        elsewhere = new_model(scope=new_stack("elsewhere", "us-east-1"))
        with pytest.raises(
            InvalidPropsError, match="its model is in us-east-1, the endpoint configuration in eu-w"
        ):
            config(instances(model=elsewhere))

    def test_an_imported_model_of_another_region(self, stack, config, instances) -> None:
        arn = "arn:aws:sagemaker:us-east-1:123456789012:model/x"
        with pytest.raises(InvalidPropsError, match="its model is in us-east-1"):
            config(instances(model=Model.from_model_arn(stack, "Theirs", arn)))

    def test_no_model_where_one_region_is_not_known(
        self, agnostic_stack, config, instances, new_model
    ) -> None:
        config(instances(model=new_model(scope=agnostic_stack)))

    def test_no_model_of_a_known_region_in_a_stack_without(self, agnostic_stack, synth, instances) -> None:
        arn = "arn:aws:sagemaker:us-east-1:123456789012:model/x"
        model = Model.from_model_arn(agnostic_stack, "Theirs", arn)
        EndpointConfig(agnostic_stack, "Config", instance_production_variants=[instances(model=model)])
        assert synth(agnostic_stack).only(CONFIG)["production_variants"][0]["model_name"] == "x"

    def test_a_value_that_is_not_a_variant(self, problems) -> None:
        assert problems("main") == [
            "instance_production_variants[0] is 'main'; pass an InstanceProductionVariantProps"
        ]

    def test_a_value_that_is_not_a_key(self, problems, instances) -> None:
        (problem,) = problems(instances(), encryption_key="alias/x")
        assert problem == "encryption_key 'alias/x' must be a KMS key: a resource, a data source or its ARN"

    def test_all_mistakes_at_once(self, problems, instances) -> None:
        told = problems(
            instances("a_b", initial_instance_count=0, initial_variant_weight=-1),
            endpoint_config_name="x" * 64,
            data_capture_config=DataCaptureConfig(destination_s3_uri="x", initial_sampling_percentage=101),
        )
        assert len(told) == 6


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"variant_name": "a_b"}, "variant_name 'a_b' must be 1 to 63 letters, digits and hyphens"),
        ({"variant_name": ""}, "variant_name '' must be"),
        ({"variant_name": "x" * 64}, "has 64 characters; AWS takes at most 63"),
        ({"variant_name": "a" + "-" * 62 + "b"}, "AWS takes at most 63"),
        ({"instance_type": "m5.large"}, "instance_type 'm5.large' is not of the form ml"),
        (
            {"accelerator_type": "eia2.medium"},
            "accelerator_type 'eia2.medium' is not of the form ml",
        ),
        ({"initial_instance_count": 0}, "initial_instance_count 0 must be a whole number, 1 or more"),
        ({"initial_variant_weight": -0.1}, "initial_variant_weight -0.1 must be a number, 0 or more"),
        ({"initial_variant_weight": 1e39}, "initial_variant_weight 1e+39 must be a number"),
        ({"volume_size_in_gb": 513}, "volume_size_in_gb 513 must be a whole number, 1 to 512"),
        ({"volume_size_in_gb": 0}, "volume_size_in_gb 0 must be"),
        (
            {"container_startup_health_check_timeout": timedelta(seconds=59)},
            "container_startup_health_check_timeout 0:00:59 must be 60 seconds to 1 hour, in whole seconds",
        ),
        (
            {"container_startup_health_check_timeout": timedelta(seconds=60.5)},
            "container_startup_health_check_timeout 0:01:00.500000 must be 60 seconds to 1 hour, in whole",
        ),
        ({"model_data_download_timeout": timedelta(hours=2)}, "model_data_download_timeout 2:00:00 must be"),
        (
            {"managed_instance_scaling": ManagedInstanceScaling(min_instance_count=3, max_instance_count=2)},
            "managed_instance_scaling has min_instance_count 3 above max_instance_count 2",
        ),
        (
            {"managed_instance_scaling": ManagedInstanceScaling(min_instance_count=-1)},
            "managed_instance_scaling.min_instance_count -1 must be a whole number, 0 or more",
        ),
        (
            {"core_dump_config": CoreDumpConfig(destination_s3_uri="dumps/x")},
            "core_dump_config.destination_s3_uri 'dumps/x' must begin with s3://<bucket>",
        ),
    ],
)
def test_a_variant_on_instances_is_refused(problems, instances, fields, told) -> None:
    (problem,) = problems(instances(**fields))
    assert told in problem


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"model": "my-model"}, "model is 'my-model'; pass a Model, created or imported"),
        ({"instance_type": 5}, "instance_type is 5; pass InstanceType.of(…) or a string"),
        ({"instance_type": None}, "instance_type is None; pass InstanceType.of(…) or a string"),
        ({"initial_instance_count": 1.5}, "initial_instance_count 1.5 must be a whole number"),
        ({"initial_instance_count": True}, "initial_instance_count True must be a whole number"),
        ({"initial_instance_count": "2"}, "initial_instance_count '2' must be a whole number"),
        ({"initial_instance_count": float("nan")}, "initial_instance_count nan must be a whole number"),
        ({"initial_variant_weight": float("inf")}, "initial_variant_weight inf must be a number"),
        ({"initial_variant_weight": True}, "initial_variant_weight True must be a number"),
        ({"initial_variant_weight": "1"}, "initial_variant_weight '1' must be a number"),
        (
            {"container_startup_health_check_timeout": 300},
            "container_startup_health_check_timeout 300 must be a timedelta, such as timedelta(minutes=5)",
        ),
        (
            {"routing_strategy": "FIRST"},
            "routing_strategy 'FIRST' must be one of LEAST_OUTSTANDING_REQUESTS, RANDOM",
        ),
    ],
)
def test_values_of_another_form_are_refused(instances, fields, told) -> None:
    with pytest.raises(InvalidPropsError) as caught:
        instances(**fields)
    assert (caught.value.where, caught.value.problems) == ("InstanceProductionVariantProps", [told])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"max_concurrency": 0}, "max_concurrency 0 must be a whole number, 1 to 200"),
        ({"max_concurrency": 201}, "max_concurrency 201 must be a whole number, 1 to 200"),
        (
            {"memory_size_in_mb": 1500},
            "memory_size_in_mb 1500 must be one of 1024, 2048, 3072, 4096, 5120, 6144",
        ),
        ({"provisioned_concurrency": 0}, "provisioned_concurrency 0 must be a whole number, 1 to 200"),
        ({"provisioned_concurrency": 11}, "provisioned_concurrency 11 is above max_concurrency 10"),
        ({"initial_variant_weight": -1}, "initial_variant_weight -1 must be a number, 0 or more"),
        ({"variant_name": "a b"}, "variant_name 'a b' must be"),
    ],
)
def test_a_serverless_variant_is_refused(stack, serverless, fields, told) -> None:
    with pytest.raises(InvalidPropsError, match=re.escape(told)) as caught:
        EndpointConfig(stack, "Config", serverless_production_variant=serverless(**fields))
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ({"network_isolation": True}, "has network isolation, which"),
        ({"vpc": "vpc-1", "vpc_subnets": ["subnet-1"]}, "has a VPC, which"),
        (
            {"vpc": "vpc-1", "vpc_subnets": ["subnet-1"], "network_isolation": True},
            "has a VPC and network isolation, which",
        ),
    ],
)
def test_a_model_that_serverless_variants_do_not_support_is_refused(
    stack, serverless, new_model, features, told
) -> None:
    model = new_model("Other", **features)
    with pytest.raises(InvalidPropsError, match=told):
        EndpointConfig(stack, "Config", serverless_production_variant=serverless(model=model))


def test_a_pipeline_on_a_serverless_variant_is_refused(stack, serverless, new_model, container) -> None:
    model = new_model("Other")
    model.add_container(container())
    with pytest.raises(InvalidPropsError, match="has an inference pipeline, which serverless variants don't"):
        EndpointConfig(stack, "Config", serverless_production_variant=serverless(model=model))


class TestShadow:
    @pytest.mark.parametrize("count", [0, 2])
    def test_needs_one_production_variant(self, stack, synth, config, instances, count) -> None:
        if count == 0:
            config(shadow_production_variants=[instances("shadow")])
            with pytest.raises(RuntimeError, match="needs at least one variant"):
                synth(stack)
        else:
            with pytest.raises(InvalidPropsError, match="needs exactly one production variant, on instances"):
                config(instances("a"), instances("b"), shadow_production_variants=[instances("shadow")])

    def test_is_single(self, problems, instances) -> None:
        told = problems(instances("a"), shadow_production_variants=[instances("b"), instances("c")])
        assert told == ["more than one shadow variant is given; an endpoint has at most one"]

    def test_has_a_name_of_its_own(self, problems, instances) -> None:
        (told,) = problems(instances("a"), shadow_production_variants=[instances("a")])
        assert told.startswith("variant_name 'a' is given 2 times")

    def test_is_not_for_serverless(self, stack, instances, serverless) -> None:
        with pytest.raises(InvalidPropsError, match="on instances"):
            EndpointConfig(
                stack,
                "Config",
                serverless_production_variant=serverless("a"),
                shadow_production_variants=[instances("b")],
            )

    def test_needs_a_key_for_core_dumps(self, problems, instances) -> None:
        dump = CoreDumpConfig(destination_s3_uri="s3://dumps")
        shadow = instances("shadow", core_dump_config=dump)
        assert problems(instances("a"), shadow_production_variants=[shadow]) == [
            "variant 'shadow': core_dump_config needs kms_key_id in a shadow variant"
        ]


class TestDataCapture:
    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            (
                {"initial_sampling_percentage": 101},
                "initial_sampling_percentage 101 must be a whole number, 0 to 100",
            ),
            (
                {"destination_s3_uri": "https://x"},
                "destination_s3_uri 'https://x' must begin with s3://<bucket>",
            ),
            ({"destination_s3_uri": "s3://"}, "destination_s3_uri 's3://' must begin with s3://<bucket>"),
            ({"capture_modes": []}, "capture_modes [] must hold one or two different modes"),
            ({"capture_modes": ["Input", "Input"]}, "capture_modes ['Input', 'Input'] must hold one or two"),
        ],
    )
    def test_is_refused(self, problems, instances, fields, told) -> None:
        (problem,) = problems(instances(), data_capture_config=DataCaptureConfig(**{**CAPTURE, **fields}))
        assert told in problem

    def test_is_not_for_serverless(self, stack, serverless) -> None:
        with pytest.raises(InvalidPropsError, match="serverless variants don't support data capture"):
            EndpointConfig(
                stack,
                "Config",
                serverless_production_variant=serverless(),
                data_capture_config=DataCaptureConfig(**CAPTURE),
            )

    def test_keeps_nothing_at_zero_percent_and_may_begin_later(self, stack, synth, config, instances) -> None:
        capture = DataCaptureConfig(
            destination_s3_uri="${var.uri}",
            initial_sampling_percentage=0,
            capture_modes=[CaptureMode.INPUT_AND_OUTPUT],
            enable_capture=False,
        )
        config(instances(), data_capture_config=capture)
        assert synth(stack).only(CONFIG)["data_capture_config"] == {
            "destination_s3_uri": "${var.uri}",
            "initial_sampling_percentage": 0,
            "capture_options": [{"capture_mode": "InputAndOutput"}],
            "enable_capture": False,
        }


class TestExpressions:
    def test_are_taken_for_every_value_of_a_variant(self, stack, synth, config, instances) -> None:
        text = TerraformVariable(stack, "text", type="string").string_value
        number = TerraformVariable(stack, "number", type="number").number_value
        config(
            instances(
                text,
                instance_type=InstanceType.of("${var.type}"),
                initial_instance_count=number,
                initial_variant_weight="${var.weight}",
                container_startup_health_check_timeout=number,
                model_data_download_timeout="${var.timeout}",
                volume_size_in_gb=Fn.length_of([text]),
                inference_ami_version=text,
                managed_instance_scaling=ManagedInstanceScaling(
                    status=ManagedInstanceScalingStatus.DISABLED,
                    min_instance_count=number,
                    max_instance_count="${var.most}",
                ),
                core_dump_config=CoreDumpConfig(destination_s3_uri=text),
            ),
            instances("${var.other}"),
            endpoint_config_name=text,
            encryption_key=text,
            tags={"team": text},
        )
        first, second = synth(stack).only(CONFIG)["production_variants"]
        assert first.pop("model_name")
        assert first == {
            "variant_name": "${var.text}",
            "instance_type": "${var.type}",
            "initial_instance_count": "${var.number}",
            "initial_variant_weight": "${var.weight}",
            "container_startup_health_check_timeout_in_seconds": "${var.number}",
            "model_data_download_timeout_in_seconds": "${var.timeout}",
            "volume_size_in_gb": "${length([var.text])}",
            "inference_ami_version": "${var.text}",
            "managed_instance_scaling": {
                "status": "DISABLED",
                "min_instance_count": "${var.number}",
                "max_instance_count": "${var.most}",
            },
            "core_dump_config": {"destination_s3_uri": "${var.text}"},
        }
        assert second["variant_name"] == "${var.other}"

    def test_are_taken_for_every_value_of_a_serverless_variant(self, stack, synth, serverless) -> None:
        number = TerraformVariable(stack, "number", type="number").number_value
        variant = serverless(
            "${var.name}",
            max_concurrency=number,
            memory_size_in_mb="${var.memory}",
            provisioned_concurrency=number,
        )
        EndpointConfig(stack, "Config", serverless_production_variant=variant)
        (rendered,) = synth(stack).only(CONFIG)["production_variants"]
        assert rendered["serverless_config"] == {
            "max_concurrency": "${var.number}",
            "memory_size_in_mb": "${var.memory}",
            "provisioned_concurrency": "${var.number}",
        }


class TestWeights:
    @pytest.mark.parametrize(
        ("given", "emitted"),
        [
            ([0.9, 0.1], [9, 1]),
            ([0.5, 0.25], [0.5, 0.25]),
            ([0, 1], [0, 1]),
            ([0.0, 0.3], [0, 1]),
            ([-0.0, 1], [0, 1]),
            ([1 / 3, 2 / 3], [1, 2]),
            ([0.1], [1]),
            ([70, 30], [70, 30]),
            ([1e-3, 1], [1, 1000]),
            ([1e-46, 1], None),
            ([16777217, 1], None),
        ],
    )
    def test_are_made_exact_or_refused(self, given, emitted) -> None:
        if emitted is None:
            check = Checks()
            exact_weights(check, given)
            assert "needs more than the 24 bits that SageMaker stores" in check.problems[0]
            return
        with checking("here") as check:
            found = exact_weights(check, given)
        assert found == emitted
        assert not any(str(weight).startswith("-") for weight in found)

    @given(st.lists(st.decimals(min_value=0, max_value=10, places=2), min_size=1, max_size=10))
    def test_keep_their_ratio_and_are_exact_in_32_bits(self, decimals) -> None:
        given = [float(weight) for weight in decimals]
        with checking("here") as check:
            found = exact_weights(check, given)
        for weight in found:
            assert struct.unpack("f", struct.pack("f", weight))[0] == weight
        for one, other in zip(given, found, strict=True):
            assert one * sum(found) == pytest.approx(other * sum(given))

    @given(st.lists(st.floats(min_value=0, allow_infinity=False, max_value=3e38), min_size=1, max_size=10))
    def test_of_any_size_are_exact_or_refused(self, given) -> None:
        try:
            with checking("here") as check:
                found = exact_weights(check, given)
        except InvalidPropsError:
            return
        assert all(struct.unpack("f", struct.pack("f", weight))[0] == weight for weight in found)

    def test_that_only_terraform_knows_are_multiplied_along(self, stack, synth, config, instances) -> None:
        number = TerraformVariable(stack, "number", type="number").number_value
        config(
            instances("a", initial_variant_weight=0.9),
            instances("b", initial_variant_weight=number),
            instances("c", initial_variant_weight="${var.weight}"),
        )
        weights = [v["initial_variant_weight"] for v in synth(stack).only(CONFIG)["production_variants"]]
        assert weights == [9, "${(var.number * 10)}", "${(var.weight * 10)}"]

    @given(weight=st.floats(max_value=0, exclude_max=True, allow_infinity=False) | st.floats(3.5e38, 1e308))
    def test_below_zero_or_too_large_are_refused(self, weight) -> None:
        model = Model.__new__(Model)
        variant = InstanceProductionVariantProps(
            model=model, variant_name="a", instance_type="ml.m5.large", initial_variant_weight=weight
        )
        with checking("here") as check:
            check_variant(check, variant)
            told = check.problems.copy()
            check.problems.clear()
        assert any(f"initial_variant_weight {weight!r} must be a number" in problem for problem in told)


class TestImports:
    ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/theirs"

    def test_by_arn(self, stack) -> None:
        config = EndpointConfig.from_endpoint_config_arn(stack, "Config", self.ARN)
        assert (config.endpoint_config_arn, config.endpoint_config_name) == (self.ARN, "theirs")
        assert (config.known_region, config.known_account) == ("eu-central-1", "123456789012")

    def test_by_name(self, stack) -> None:
        config = EndpointConfig.from_endpoint_config_name(stack, "Config", "Theirs")
        assert config.endpoint_config_name == "Theirs"
        assert config.endpoint_config_arn.endswith(":endpoint-config/theirs")
        assert config.known_region == "eu-west-1"

    def test_another_arn_is_refused(self, stack) -> None:
        with pytest.raises(InvalidPropsError, match="is not the ARN of a SageMaker endpoint-config"):
            EndpointConfig.from_endpoint_config_arn(
                stack, "Config", self.ARN.replace("endpoint-config", "model")
            )

    def test_a_bad_name_is_refused(self, stack) -> None:
        with pytest.raises(InvalidPropsError, match="endpoint_config_name 'a b' must be"):
            EndpointConfig.from_endpoint_config_name(stack, "Config", "a b")
