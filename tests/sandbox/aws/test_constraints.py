from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.aws.constraints import broken_rules, refusal

VARIANT = {"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


@pytest.mark.parametrize(
    ("member", "value", "told"),
    [
        (
            "VariantName",
            "-a",
            "'productionVariants.1.member.variantName' failed to satisfy constraint: Member must",
        ),
        ("InitialInstanceCount", 0, "Value '0' at 'productionVariants.1.member.initialInstanceCount'"),
        ("InitialInstanceCount", 0, "Member must have value greater than or equal to 1"),
        ("VolumeSizeInGB", 513, "Member must have value less than or equal to 512"),
        ("VariantName", None, "Value null at 'productionVariants.1.member.variantName'"),
        ("ModelName", "x" * 64, "Member must have length less than or equal to 63"),
        ("AcceleratorType", "ml.eia9.large", "Member must satisfy enum value set: [ml.eia1.medium"),
    ],
)
def test_broken_rules_are_told_as_aws_tells_them(member: str, value: object, told: str) -> None:
    request = {"EndpointConfigName": "c", "ProductionVariants": [{**VARIANT, member: value}]}
    (broken,) = broken_rules("sagemaker", "CreateEndpointConfig", request)
    assert told in broken


def test_all_are_told_at_once() -> None:
    request = {"EndpointConfigName": "c_", "ProductionVariants": [{**VARIANT, "InitialInstanceCount": 0}]}
    told = refusal(broken_rules("sagemaker", "CreateEndpointConfig", request))
    assert told.startswith("2 validation errors detected: Value 'c_' at 'endpointConfigName' failed")
    assert told.count("; Value") == 1


@pytest.mark.parametrize("type", ["ml.m9.large", "ml.p9.48xlarge"])
def test_a_type_that_is_newer_than_the_table_is_taken(type: str) -> None:
    request = {"EndpointConfigName": "c", "ProductionVariants": [{**VARIANT, "InstanceType": type}]}
    assert broken_rules("sagemaker", "CreateEndpointConfig", request) == []


def test_operations_without_rules_are_taken() -> None:
    assert broken_rules("sagemaker", "DescribeModel", {"ModelName": "_"}) == []
    assert broken_rules("kms", "CreateKey", {}) == []


REQUESTS: dict[str, Callable[[Callable[[str], Any]], object]] = {
    "ValidationException": lambda client: client("application-autoscaling").put_scheduled_action(
        ServiceNamespace="sagemaker",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId="endpoint/e/variant/v",
        ScheduledActionName="a:b",
        Schedule="rate(1 day)",
    ),
    "ValidationError": lambda client: client("cloudwatch").put_metric_alarm(
        AlarmName="a",
        MetricName="m",
        Namespace=":n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    ),
    "InvalidParameterException": lambda client: client("ecr").create_repository(repositoryName="UPPER"),
}


@pytest.mark.parametrize("code", REQUESTS)
def test_each_service_refuses_in_its_own_way(client: Callable[[str], Any], code: str) -> None:
    with pytest.raises(ClientError, match="1 validation error detected: Value '") as error:
        REQUESTS[code](client)
    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_iam_refuses_a_policy_without_a_name(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match="at 'policyName' failed to satisfy constraint"):
        client("iam").put_role_policy(RoleName="r", PolicyName="a b", PolicyDocument="{}")
