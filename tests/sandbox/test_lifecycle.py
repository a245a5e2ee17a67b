"""The whole of SageMaker hosting: created, unchanged, updated in place, destroyed."""

import json
import shutil
from pathlib import Path

from sm_tf.sandbox import Sandbox
from sm_tf.sandbox.inventory import inventory, left_behind

HOSTING = Path(__file__).parent / "stacks" / "hosting"


def changed_copy(folder: Path) -> Path:
    """The stack after a day of work on it: every kind of resource changes somehow."""
    new = folder / "hosting"
    shutil.copytree(HOSTING, new)
    file = new / "cdk.tf.json"
    stack = json.loads(file.read_text())
    resources = stack["resource"]
    for name, model in resources["aws_sagemaker_model"].items():
        model["name"] = f"hosting-{name}-2"
        for container in [model.get("primary_container"), *model.get("container", [])]:
            if container:
                container["environment"] = {"STAGE": "changed"}
    weighted = resources["aws_sagemaker_endpoint_configuration"]["weighted"]
    weighted["production_variants"][0]["initial_variant_weight"] = 4
    deployment = resources["aws_sagemaker_endpoint"]["weighted"]["deployment_config"]
    deployment["blue_green_update_policy"]["traffic_routing_configuration"] = {
        "type": "LINEAR",
        "wait_interval_in_seconds": 90,
        "linear_step_size": {"type": "CAPACITY_PERCENT", "value": 50},
    }
    for target in resources["aws_appautoscaling_target"].values():
        target["max_capacity"] += 1
    policies = resources["aws_appautoscaling_policy"]
    policies["invocations"]["target_tracking_scaling_policy_configuration"]["target_value"] = 40
    policies["wake"]["step_scaling_policy_configuration"]["cooldown"] = 200
    resources["aws_appautoscaling_scheduled_action"]["night"]["schedule"] = "cron(0 23 * * ? *)"
    for alarm in resources["aws_cloudwatch_metric_alarm"].values():
        alarm["threshold"] += 1
    resources["aws_cloudwatch_composite_alarm"]["any"]["alarm_description"] = "changed"
    resources["aws_ecr_repository"]["images"]["image_scanning_configuration"]["scan_on_push"] = False
    resources["aws_iam_role"]["hosting"]["max_session_duration"] = 7200
    resources["aws_vpc_security_group_egress_rule"]["all"]["description"] = "everywhere"
    resources["aws_s3_object"]["model"]["content"] = "two"
    stack["provider"]["aws"][0]["default_tags"][0]["tags"]["project"] = "changed"
    file.write_text(json.dumps(stack))
    return new


def test_every_hosting_resource_lives_through_creation_update_and_destruction(
    sagemaker_sandbox: Sandbox, tmp_path: Path
) -> None:
    aws = sagemaker_sandbox
    stack = aws.stack(HOSTING)
    count = sum(
        len(named) for named in json.loads((HOSTING / "cdk.tf.json").read_text())["resource"].values()
    )

    created = stack.plan()
    assert len(created.creates) == count
    stack.apply(created)
    assert stack.plan().empty
    assert stack.outputs()["endpoint"] == "hosting-weighted"
    assert {resource.address for resource in stack.resources()} == set(created.creates)

    states = {(row.kind, row.name): row.state for row in inventory(aws, stack)}
    assert states["endpoint", "hosting-weighted"] == "InService, traffic: first 33%, second 67%"
    assert states["scalable target", "endpoint/hosting-weighted/variant/first"] == "1 to 3"
    assert states["scaling policy", "hosting-invocations"] == "SageMakerVariantInvocationsPerInstance at 30"
    assert states["alarm", "hosting-errors"] == "INSUFFICIENT_DATA"

    stack.update_from(changed_copy(tmp_path))
    update = stack.plan()
    assert not update.deletes
    assert {address.split(".")[0] for address in update.replaces} == {
        "aws_sagemaker_model",
        "aws_sagemaker_endpoint_configuration",
    }
    assert set(update.updates) >= {
        f"aws_sagemaker_endpoint.{name}" for name in ("weighted", "managed", "shadow")
    }
    stack.apply(update)
    assert stack.plan().empty
    assert len(aws.calls("UpdateEndpoint", service="sagemaker")) == len(aws.calls("CreateEndpoint"))

    resources = stack.resources()
    assert len(stack.destroy().deletes) == count
    assert stack.resources() == []
    assert left_behind(aws, stack, resources) == []
    sagemaker, scaling = aws.client("sagemaker"), aws.client("application-autoscaling")
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert sagemaker.list_models()["Models"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
