"""Which member of an API an argument of the AWS provider sets."""

from collections.abc import Iterable

from sm_tf.aws.api_rules import Rule, api_table, rule_of

_OPERATIONS = {
    "aws_appautoscaling_policy": ("application-autoscaling", "PutScalingPolicy"),
    "aws_appautoscaling_scheduled_action": ("application-autoscaling", "PutScheduledAction"),
    "aws_appautoscaling_target": ("application-autoscaling", "RegisterScalableTarget"),
    "aws_cloudwatch_composite_alarm": ("cloudwatch", "PutCompositeAlarm"),
    "aws_cloudwatch_metric_alarm": ("cloudwatch", "PutMetricAlarm"),
    "aws_sagemaker_endpoint": ("sagemaker", "CreateEndpoint"),
    "aws_sagemaker_endpoint_configuration": ("sagemaker", "CreateEndpointConfig"),
    "aws_sagemaker_model": ("sagemaker", "CreateModel"),
}

_OTHER_NAMES = {
    ("CreateEndpointInput", "name"): "EndpointName",
    ("CreateEndpointConfigInput", "name"): "EndpointConfigName",
    ("CreateEndpointConfigInput", "kms_key_arn"): "KmsKeyId",
    ("CreateModelInput", "name"): "ModelName",
    ("CreateModelInput", "container"): "Containers",
    ("PutScalingPolicyRequest", "name"): "PolicyName",
    ("PutScheduledActionRequest", "name"): "ScheduledActionName",
    ("PutMetricAlarmInput", "metric_query"): "Metrics",
}
"""Arguments that have another name than the member."""


def rule_at(type: str, path: Iterable[str]) -> Rule | None:
    """Return the rule of an argument, by the names of the blocks around it and its own; None where AWS has no
    such member.
    """
    if type not in _OPERATIONS:
        return None
    service, operation = _OPERATIONS[type]
    shapes = api_table(service)["shapes"]
    shape: str = api_table(service)["operations"][operation]
    for name in path:
        while "member" in shapes[shape]:
            shape = shapes[shape]["member"]
        if "value" in shapes[shape]:
            shape = shapes[shape]["value"]
            continue
        members: dict[str, str] = shapes[shape].get("members", {})
        by_name = {member.lower(): inner for member, inner in members.items()}
        wanted = _OTHER_NAMES.get((shape, name), name).replace("_", "").lower()
        found = by_name.get(wanted)
        if found is None:
            return None
        shape = found
    return rule_of(service, shape)
