from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
TRACKING = {
    "TargetValue": 30.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
}


def target(endpoint: str, dimension: str = INSTANCES) -> dict[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/main",
        "ScalableDimension": dimension,
    }


def register(scaling: Any, endpoint: str, dimension: str = INSTANCES, **options: Any) -> str:
    bounds = {"MinCapacity": 1, "MaxCapacity": 3, **options}
    answer = scaling.register_scalable_target(**target(endpoint, dimension), **bounds)
    return str(answer["ScalableTargetARN"])


def track(scaling: Any, endpoint: str, name: str = "track", **options: Any) -> str:
    answer = scaling.put_scaling_policy(
        **target(endpoint),
        PolicyName=name,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={**TRACKING, **options},
    )
    return str(answer["PolicyARN"])


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_target_keeps_its_tags(scaling: Any, endpoint: str) -> None:
    arn = register(scaling, endpoint, Tags={"team": "ml"})
    scaling.tag_resource(ResourceARN=arn, Tags={"stage": "test"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"stage": "test"}


def test_a_variant_that_does_not_exist_is_refused(scaling: Any, name: str) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        register(scaling, name)


def test_bounds_that_cross_are_refused(scaling: Any, endpoint: str) -> None:
    with pytest.raises(ClientError, match="not above MaxCapacity"):
        register(scaling, endpoint, MinCapacity=4)


def test_provisioned_concurrency_is_for_serverless_variants(
    sagemaker: Any, scaling: Any, configure: Callable[..., str], name: str
) -> None:
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 5, "ProvisionedConcurrency": 1}
    config = configure(name, {"ServerlessConfig": serverless})
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    with pytest.raises(ClientError, match="does not apply"):
        register(scaling, name)
    register(scaling, name, CONCURRENCY)


def test_burstable_instances_do_not_scale(
    sagemaker: Any, scaling: Any, configure: Callable[..., str], name: str
) -> None:
    config = configure(name, {"InstanceType": "ml.t2.medium"})
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    with pytest.raises(ClientError, match="does not support auto scaling"):
        register(scaling, name)


def test_a_policy_needs_a_target(scaling: Any, endpoint: str) -> None:
    with pytest.raises(ClientError) as error:
        track(scaling, endpoint)
    assert code(error) == "ObjectNotFoundException"


def test_an_updated_policy_keeps_its_arn(scaling: Any, endpoint: str) -> None:
    register(scaling, endpoint)
    assert track(scaling, endpoint) == track(scaling, endpoint, TargetValue=40.0)


def test_one_metric_is_tracked_once(scaling: Any, endpoint: str) -> None:
    register(scaling, endpoint)
    track(scaling, endpoint, "first")
    with pytest.raises(ClientError, match="Only one TargetTrackingScaling policy"):
        track(scaling, endpoint, "second")


def test_a_deregistered_target_takes_policies_and_actions_along(scaling: Any, endpoint: str) -> None:
    register(scaling, endpoint)
    track(scaling, endpoint)
    scaling.put_scheduled_action(
        **target(endpoint),
        ScheduledActionName=endpoint,
        Schedule="rate(1 day)",
        ScalableTargetAction={"MinCapacity": 1},
    )
    scaling.deregister_scalable_target(**target(endpoint))
    assert scaling.describe_scaling_policies(**target(endpoint))["ScalingPolicies"] == []
    actions = scaling.describe_scheduled_actions(
        ServiceNamespace="sagemaker", ScheduledActionNames=[endpoint]
    )
    assert actions["ScheduledActions"] == []
    with pytest.raises(ClientError) as error:
        scaling.deregister_scalable_target(**target(endpoint))
    assert code(error) == "ObjectNotFoundException"
