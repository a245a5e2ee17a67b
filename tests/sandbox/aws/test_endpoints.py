from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.embedded_aws import EmbeddedAws, control

Configure = Callable[..., str]
SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}


def variants(sagemaker: Any, endpoint: str) -> dict[str, dict[str, Any]]:
    described = sagemaker.describe_endpoint(EndpointName=endpoint)
    return {variant["VariantName"]: variant for variant in described["ProductionVariants"]}


def register(scaling: Any, endpoint: str) -> None:
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{endpoint}/variant/main",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=3,
    )


@pytest.fixture
def alarm(client: Callable[[str], Any]) -> Callable[[str, str], None]:
    """Puts an alarm into a state, and makes it when it is new."""
    cloudwatch = client("cloudwatch")

    def turn(name: str, state: str) -> None:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SageMaker",
            MetricName="ModelLatency",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    return turn


def test_an_endpoint_is_in_service_at_once(sagemaker: Any, endpoint: str) -> None:
    assert sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"] == "InService"
    assert variants(sagemaker, endpoint)["main"]["CurrentInstanceCount"] == 1


@pytest.fixture
def failed(sagemaker: Any, configure: Configure, name: str, embedded_aws: EmbeddedAws) -> str:
    """The name of an endpoint whose container did not answer the ping."""
    control(embedded_aws.endpoint_url, "POST", "failure", failure="ping")
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name))
    return name


def test_a_creation_fails_on_request(sagemaker: Any, failed: str) -> None:
    described = sagemaker.describe_endpoint(EndpointName=failed)
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"] == (
        "The primary container for production variant main did not pass the ping health check. Please check "
        "CloudWatch logs for this endpoint."
    )
    assert "ProductionVariants" not in described
    # The next creation succeeds.
    sagemaker.create_endpoint(EndpointName=f"{failed}-2", EndpointConfigName=failed)
    assert sagemaker.describe_endpoint(EndpointName=f"{failed}-2")["EndpointStatus"] == "InService"


def test_creations_fail_in_the_order_of_the_requests(
    sagemaker: Any, configure: Configure, name: str, embedded_aws: EmbeddedAws
) -> None:
    for failure in ("capacity", "image"):
        control(embedded_aws.endpoint_url, "POST", "failure", failure=failure)
    reasons = []
    configure(name)
    for number in (1, 2):
        sagemaker.create_endpoint(EndpointName=f"{name}-{number}", EndpointConfigName=name)
        reasons.append(sagemaker.describe_endpoint(EndpointName=f"{name}-{number}")["FailureReason"])
    assert "InsufficientInstanceCapacity" in reasons[0]
    assert "make sure all images included in the model for the production variant main exist" in reasons[1]


def test_a_failed_endpoint_can_only_be_deleted(
    sagemaker: Any, client: Callable[[str], Any], failed: str
) -> None:
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        sagemaker.create_endpoint(EndpointName=failed, EndpointConfigName=failed)
    with pytest.raises(ClientError, match="its status is Failed"):
        sagemaker.update_endpoint(EndpointName=failed, EndpointConfigName=failed)
    with pytest.raises(ClientError, match="its status is Failed"):
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=failed, DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredWeight": 2}]
        )
    with pytest.raises(ClientError, match="not found"):
        client("sagemaker-runtime").invoke_endpoint(EndpointName=failed, Body=b"x")
    sagemaker.delete_endpoint(EndpointName=failed)
    sagemaker.create_endpoint(EndpointName=failed, EndpointConfigName=failed)
    assert sagemaker.describe_endpoint(EndpointName=failed)["EndpointStatus"] == "InService"


def test_a_name_that_exists_is_refused(sagemaker: Any, endpoint: str) -> None:
    with pytest.raises(ClientError, match="already existing endpoint"):
        sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=endpoint)


def test_a_missing_configuration_is_refused(sagemaker: Any, endpoint: str) -> None:
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="missing")
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName="missing")


def test_an_update_fails_when_the_configuration_in_use_was_deleted(
    sagemaker: Any, endpoint: str, configure: Configure
) -> None:
    new = configure(f"{endpoint}-2")
    sagemaker.delete_endpoint_config(EndpointConfigName=endpoint)
    with pytest.raises(ClientError, match=f"endpoint-config/{endpoint}"):
        sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new)


def test_an_update_starts_from_the_new_configuration(
    sagemaker: Any, endpoint: str, configure: Configure
) -> None:
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 4}],
    )
    assert variants(sagemaker, endpoint)["main"]["CurrentInstanceCount"] == 4

    new = configure(f"{endpoint}-2", {"InitialInstanceCount": 2})
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new)

    assert sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"] == new
    assert variants(sagemaker, endpoint)["main"]["CurrentInstanceCount"] == 2


def test_an_update_may_retain_capacities(sagemaker: Any, endpoint: str, configure: Configure) -> None:
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 4}],
    )
    new = configure(f"{endpoint}-2", {"InitialInstanceCount": 2})
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new, RetainAllVariantProperties=True)
    assert variants(sagemaker, endpoint)["main"]["CurrentInstanceCount"] == 4


@pytest.mark.parametrize("change", [{"InstanceType": "ml.c5.large"}, {"VariantName": "other"}])
def test_a_scaled_variant_keeps_its_name_and_instance_type(
    sagemaker: Any, scaling: Any, endpoint: str, configure: Configure, change: dict[str, Any]
) -> None:
    register(scaling, endpoint)
    new = configure(f"{endpoint}-2", change)
    with pytest.raises(ClientError, match="deregister it"):
        sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new)


def test_a_variant_that_is_not_scaled_changes_its_instance_type(
    sagemaker: Any, endpoint: str, configure: Configure
) -> None:
    new = configure(f"{endpoint}-2", {"InstanceType": "ml.c5.large"})
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new)


def test_instances_cannot_become_serverless(sagemaker: Any, endpoint: str, configure: Configure) -> None:
    new = configure(f"{endpoint}-2", SERVERLESS)
    with pytest.raises(ClientError, match="serverless"):
        sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new)


def test_serverless_becomes_instances_under_a_new_variant_name(
    sagemaker: Any, configure: Configure, name: str
) -> None:
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(f"{name}-1", SERVERLESS))
    with pytest.raises(ClientError, match="Serverless variant main"):
        sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=configure(f"{name}-2"))
    other = configure(f"{name}-3", {"VariantName": "other"})
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=other)


def test_a_guarded_deployment_keeps_the_variant_names(
    sagemaker: Any, endpoint: str, configure: Configure
) -> None:
    guarded = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        }
    }
    new = configure(f"{endpoint}-2", {"VariantName": "other"})
    with pytest.raises(ClientError, match="same variant names"):
        sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=new, DeploymentConfig=guarded)


@pytest.mark.parametrize("retained", [False, True])
def test_an_alarm_of_the_deployment_that_fires_rolls_it_back(
    sagemaker: Any, alarm: Callable[[str, str], None], configure: Configure, name: str, retained: bool
) -> None:
    guarded = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name}]},
    }
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name), DeploymentConfig=guarded)
    new = configure(f"{name}-2", {"InitialInstanceCount": 2})
    deployment = {"RetainDeploymentConfig": True} if retained else {"DeploymentConfig": guarded}

    alarm(name, "ALARM")
    before = sagemaker.describe_endpoint(EndpointName=name)
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=new, **deployment)
    after = sagemaker.describe_endpoint(EndpointName=name)
    for answer in (before, after):
        del answer["ResponseMetadata"]
    assert after == before
    assert (after["EndpointConfigName"], after["EndpointStatus"]) == (name, "InService")

    alarm(name, "OK")
    alarm(f"{name}-other", "ALARM")
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=new, **deployment)
    assert sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"] == new


def test_an_alarm_that_fires_does_not_keep_an_endpoint_from_being_created(
    sagemaker: Any, alarm: Callable[[str, str], None], configure: Configure, name: str
) -> None:
    alarm(name, "ALARM")
    guarded = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name}]}}
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name), DeploymentConfig=guarded)
    assert sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService"


def test_a_deleted_endpoint_takes_its_scalable_targets_and_policies_along(
    sagemaker: Any, scaling: Any, endpoint: str
) -> None:
    register(scaling, endpoint)
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling.put_scaling_policy(
        **target,
        PolicyName="track",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 1,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    )
    sagemaker.delete_endpoint(EndpointName=endpoint)
    ids = [target["ResourceId"]]
    found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=ids)
    assert found["ScalableTargets"] == []
    assert scaling.describe_scaling_policies(**target)["ScalingPolicies"] == []
