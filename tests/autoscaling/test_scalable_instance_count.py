from datetime import timedelta

import pytest
from cdktf import TerraformVariable
from hypothesis import given
from hypothesis import strategies as st

from sm_tf import (
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    ManagedInstanceScaling,
    ManagedInstanceScalingStatus,
    Metric,
    Model,
)
from sm_tf.autoscaling.scalable_instance_count import ScalableInstanceCount, check_instances
from sm_tf.foundation.errors import Checks

TARGET, POLICY = "aws_appautoscaling_target", "aws_appautoscaling_policy"


@pytest.fixture
def variant(new_endpoint):
    """Makes an endpoint, and gives its variant."""

    def make(**props):
        return new_endpoint(**props).instance_production_variants[0]

    return make


def test_the_seeds_scaling(stack, synth, new_endpoint) -> None:
    endpoint = new_endpoint(variant_name="firstVariant")
    count = endpoint.find_instance_production_variant("firstVariant").auto_scale_instance_count(
        max_capacity=3
    )
    count.scale_on_invocations("LimitRPS", max_requests_per_second=30)
    content = synth(stack)
    (name,) = content.resources("aws_sagemaker_endpoint")
    (target,) = content.resources(TARGET)
    (instance_type,) = content.resources("terraform_data")
    assert content.only(TARGET) == {
        "service_namespace": "sagemaker",
        "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
        "resource_id": f"endpoint/${{aws_sagemaker_endpoint.{name}.name}}/variant/firstVariant",
        "min_capacity": 1,
        "max_capacity": 3,
        "lifecycle": {
            "replace_triggered_by": [f"aws_sagemaker_endpoint.{name}.id", f"terraform_data.{instance_type}"]
        },
    }
    assert content.only(POLICY) == {
        "name": "demo-endpoint-firstvariantinstancecount-LimitRPS",
        "policy_type": "TargetTrackingScaling",
        "service_namespace": f"${{{TARGET}.{target}.service_namespace}}",
        "scalable_dimension": f"${{{TARGET}.{target}.scalable_dimension}}",
        "resource_id": f"${{{TARGET}.{target}.resource_id}}",
        "target_tracking_scaling_policy_configuration": {
            "target_value": 900,
            "predefined_metric_specification": {
                "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"
            },
            "scale_in_cooldown": 300,
            "scale_out_cooldown": 300,
        },
        "lifecycle": {"replace_triggered_by": [f"{TARGET}.{target}.id"]},
    }


def test_two_variants_of_one_endpoint_both_scale(stack, synth, new_model) -> None:
    props = [
        InstanceProductionVariantProps(
            model=new_model(n), variant_name=n, instance_type=InstanceType.C5_LARGE
        )
        for n in ("a", "b")
    ]
    config = EndpointConfig(stack, "Config", instance_production_variants=props)
    endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
    for name in ("a", "b"):
        count = endpoint.find_instance_production_variant(name).auto_scale_instance_count(max_capacity=2)
        count.scale_on_invocations("Load", max_requests_per_second=1)
    content = synth(stack)
    ends = {target["resource_id"].rpartition("/")[2] for target in content.resources(TARGET).values()}
    assert ends == {"a", "b"}
    assert len({policy["name"] for policy in content.resources(POLICY).values()}) == 2


def test_the_second_call_is_refused_also_through_a_second_lookup(new_endpoint) -> None:
    endpoint = new_endpoint()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=2)
    with pytest.raises(InvalidPropsError, match="variant 'main' already scales; add policies to the target"):
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=2)


class TestCapacity:
    def test_least_is_the_initial_count_if_absent(self, stack, synth, variant) -> None:
        variant(initial_instance_count=2).auto_scale_instance_count(max_capacity=4)
        assert synth(stack).only(TARGET)["min_capacity"] == 2

    @pytest.mark.parametrize(
        ("initial", "capacities", "told"),
        [
            (
                1,
                {"max_capacity": 0},
                "max_capacity 0 must be a whole number, 1 or more; only asynchronous endpoints",
            ),
            (
                1,
                {"max_capacity": 2, "min_capacity": 0},
                "min_capacity 0 must be a whole number, 1 or more; only asyn",
            ),
            (1, {"max_capacity": 2, "min_capacity": -1}, "min_capacity -1 must be a whole number, 1 or more"),
            (3, {"max_capacity": 2}, "max_capacity 2 is below initial_instance_count 3"),
            (
                1,
                {"max_capacity": 3, "min_capacity": 2},
                "min_capacity 2 is above initial_instance_count 1; raise that",
            ),
            (4, {"max_capacity": 2, "min_capacity": 3}, "min_capacity 3 is above max_capacity 2"),
        ],
    )
    def test_out_of_bounds_is_refused(self, variant, initial, capacities, told) -> None:
        with pytest.raises(InvalidPropsError) as caught:
            variant(initial_instance_count=initial).auto_scale_instance_count(**capacities)
        assert caught.value.where == "demo/Endpoint/mainInstanceCount"
        assert any(problem.startswith(f"variant 'main': {told}") for problem in caught.value.problems)

    @pytest.mark.parametrize("most", [2.5, True, "3", None])
    def test_is_whole(self, variant, most) -> None:
        with pytest.raises(InvalidPropsError, match=f"max_capacity {most!r} must be a whole number"):
            variant().auto_scale_instance_count(max_capacity=most)

    def test_may_be_expressions(self, stack, synth, variant) -> None:
        most = TerraformVariable(stack, "most", type="number").number_value
        variant(initial_instance_count="${var.count}").auto_scale_instance_count(
            max_capacity=most, min_capacity="${var.least}"
        )
        target = synth(stack).only(TARGET)
        assert (target["min_capacity"], target["max_capacity"]) == ("${var.least}", "${var.most}")

    def test_an_initial_count_that_terraform_knows_is_the_least(self, stack, synth, variant) -> None:
        variant(initial_instance_count="${var.count}").auto_scale_instance_count(max_capacity=5)
        assert synth(stack).only(TARGET)["min_capacity"] == "${var.count}"

    @given(
        initial=st.integers(1, 50),
        low=st.integers(-2, 50) | st.none(),
        high=st.integers(-2, 50),
    )
    def test_is_refused_exactly_when_it_is_out_of_order(self, initial, low, high) -> None:
        props = InstanceProductionVariantProps(
            model=Model.__new__(Model),
            variant_name="a",
            instance_type=InstanceType.M5_LARGE,
            initial_instance_count=initial,
        )
        check, least = Checks(), initial if low is None else low
        ScalableInstanceCount.check_bounds(check, "", least, high)
        check_instances(check, "variant", props, least, high)
        assert (not check.problems) == (1 <= least <= initial <= high)


class TestInstances:
    @pytest.mark.parametrize("instance_type", ["ml.t2.medium", "ml.t3.large"])
    def test_that_burst_are_refused(self, variant, instance_type) -> None:
        made = variant(instance_type=InstanceType.of(instance_type))
        with pytest.raises(
            InvalidPropsError, match=f"runs on {instance_type}; .* burstable instances, so choose"
        ):
            made.auto_scale_instance_count(max_capacity=2)

    @pytest.mark.parametrize("instance_type", ["ml.trn1.32xlarge", "ml.trn2.48xlarge", "${var.type}"])
    def test_of_trainium_scale(self, stack, synth, variant, instance_type) -> None:
        variant(instance_type=InstanceType.of(instance_type)).auto_scale_instance_count(max_capacity=2)
        assert synth(stack).only(TARGET)["max_capacity"] == 2

    def test_that_sagemaker_scales_are_refused(self, variant) -> None:
        made = variant(managed_instance_scaling=ManagedInstanceScaling(status="${var.status}"))
        with pytest.raises(InvalidPropsError, match="would both set its instance count, so keep one of them"):
            made.auto_scale_instance_count(max_capacity=2)

    def test_whose_managed_scaling_is_off_scale(self, variant) -> None:
        off = ManagedInstanceScaling(status=ManagedInstanceScalingStatus.DISABLED)
        assert variant(managed_instance_scaling=off).auto_scale_instance_count(max_capacity=2)


class TestScaleOnInvocations:
    @pytest.fixture
    def count(self, variant):
        return variant().auto_scale_instance_count(max_capacity=3)

    @pytest.mark.parametrize(
        ("rate", "factor", "target"), [(10, 1, 600), (30, 0.5, 900), (0.1, 0.5, 3), (7, 0.1, 42)]
    )
    def test_the_target_is_per_minute(self, stack, synth, count, rate, factor, target) -> None:
        count.scale_on_invocations("Load", max_requests_per_second=rate, safety_factor=factor)
        configuration = synth(stack).only(POLICY)["target_tracking_scaling_policy_configuration"]
        assert configuration["target_value"] == pytest.approx(target)

    def test_everything_can_be_set(self, stack, synth, count) -> None:
        count.scale_on_invocations(
            "Load",
            max_requests_per_second=1,
            policy_name="mine",
            disable_scale_in=True,
            scale_in_cooldown=timedelta(minutes=10),
            scale_out_cooldown=timedelta(0),
        )
        policy = synth(stack).only(POLICY)
        configuration = policy["target_tracking_scaling_policy_configuration"]
        assert policy["name"] == "mine"
        assert configuration["disable_scale_in"] is True
        assert (configuration["scale_in_cooldown"], configuration["scale_out_cooldown"]) == (600, 0)

    def test_takes_expressions(self, stack, synth, count) -> None:
        rate = TerraformVariable(stack, "rate", type="number").number_value
        count.scale_on_invocations(
            "Load",
            max_requests_per_second=rate,
            safety_factor="${var.factor}",
            policy_name="${var.name}",
            scale_in_cooldown=rate,
            scale_out_cooldown="${var.cooldown}",
        )
        policy = synth(stack).only(POLICY)
        configuration = policy["target_tracking_scaling_policy_configuration"]
        assert policy["name"] == "${var.name}"
        assert configuration["target_value"] == "${((var.rate * var.factor) * 60)}"
        assert configuration["scale_in_cooldown"] == "${var.rate}"
        assert configuration["scale_out_cooldown"] == "${var.cooldown}"

    def test_several_policies_have_several_names(self, stack, synth, count) -> None:
        metric = Metric(namespace="Mine", metric_name="Load")
        for id in ("load", "Load", "LOAD"):
            count.scale_to_track_metric(id, target_value=1, custom_metric=metric)
        assert len({policy["name"] for policy in synth(stack).resources(POLICY).values()}) == 3

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ({"max_requests_per_second": 0}, "max_requests_per_second 0 must be a number above 0"),
            ({"max_requests_per_second": -1}, "max_requests_per_second -1 must be"),
            ({"max_requests_per_second": float("inf")}, "max_requests_per_second inf must be"),
            ({"max_requests_per_second": "30"}, "max_requests_per_second '30' must be"),
            ({"safety_factor": 0}, "safety_factor 0 must be a number above 0, at most 1"),
            ({"safety_factor": 1.1}, "safety_factor 1.1 must be"),
            ({"safety_factor": float("nan")}, "safety_factor nan must be"),
            ({"policy_name": ""}, "policy_name '' must have 1 to 256 ASCII characters"),
            ({"policy_name": "x" * 257}, "AWS takes at most 256"),
            (
                {"scale_in_cooldown": timedelta(seconds=-1)},
                "scale_in_cooldown -1 day, 23:59:59 must be 0 or more",
            ),
            ({"scale_out_cooldown": timedelta(seconds=1.5)}, "must be 0 or more, in whole seconds"),
            ({"scale_in_cooldown": 300}, "scale_in_cooldown 300 must be a timedelta, such as"),
        ],
    )
    def test_is_refused(self, count, options, told) -> None:
        with pytest.raises(InvalidPropsError, match="demo/Endpoint/mainInstanceCount/Load: ") as caught:
            count.scale_on_invocations("Load", **{"max_requests_per_second": 30, **options})
        (problem,) = caught.value.problems
        assert told in problem
