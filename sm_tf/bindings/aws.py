"""The AWS provider's classes that type annotations refer to. They are big, so nothing imports them at run
time.
"""

from cdktf_cdktf_provider_aws.appautoscaling_policy import AppautoscalingPolicy
from cdktf_cdktf_provider_aws.appautoscaling_scheduled_action import AppautoscalingScheduledAction
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import CloudwatchCompositeAlarm
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.sagemaker_endpoint import SagemakerEndpoint
from cdktf_cdktf_provider_aws.sagemaker_endpoint_configuration import SagemakerEndpointConfiguration
from cdktf_cdktf_provider_aws.sagemaker_model import SagemakerModel

__all__ = [
    "AppautoscalingPolicy",
    "AppautoscalingScheduledAction",
    "AppautoscalingTarget",
    "CloudwatchCompositeAlarm",
    "CloudwatchDashboard",
    "CloudwatchMetricAlarm",
    "SagemakerEndpoint",
    "SagemakerEndpointConfiguration",
    "SagemakerModel",
]
