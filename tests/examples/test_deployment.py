"""A change is deployed as the example says; the alarms and the kind of deployment change in place."""

import pytest

ENDPOINT = "deployment-endpoint-rollback"


def test_it_is_applied_and_changed(copy_of_example, sagemaker_sandbox):
    project = copy_of_example("deployment")
    stack = sagemaker_sandbox.stack(project.synthesize())
    stack.apply()
    assert stack.plan().empty
    sagemaker = sagemaker_sandbox.client("sagemaker")

    def deployment():
        return sagemaker.describe_endpoint(EndpointName=ENDPOINT)["LastDeploymentConfig"]

    assert deployment() == {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": "CANARY",
                "WaitIntervalInSeconds": 600,
                "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
            },
            "TerminationWaitInSeconds": 300,
            "MaximumExecutionTimeoutInSeconds": 3000,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "deployment-errors"}]},
    }

    project.edit('"sentiment", "1.0"', '"sentiment", "1.1"')
    stack.update_from(project.synthesize())
    stack.apply()
    (update,) = sagemaker_sandbox.calls("UpdateEndpoint")
    assert update["DeploymentConfig"] == deployment()
    assert stack.plan().empty

    project.edit("Deployment.canary(", "Deployment.linear(")
    project.edit("size=CapacitySize", "step_size=CapacitySize")
    project.edit("wait_interval=timedelta(minutes=10)", "wait_interval=timedelta(minutes=4)")
    stack.update_from(project.synthesize())
    stack.apply()
    assert stack.plan().empty
    assert deployment()["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"] == {
        "Type": "LINEAR",
        "WaitIntervalInSeconds": 240,
        "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 10},
    }

    project.edit(
        """Deployment.linear(
                step_size=CapacitySize.percent(10),
                wait_interval=timedelta(minutes=4),
                termination_wait=timedelta(minutes=5),""",
        """Deployment.rolling(
                maximum_batch_size=CapacitySize.instances(2),
                rollback_maximum_batch_size=CapacitySize.percent(100),
                wait_interval=timedelta(minutes=5),""",
    )
    project.edit("endpoint.add_rollback_alarms(", 'endpoint.add_rollback_alarms("deployment-errors-2", ')
    stack.update_from(project.synthesize())
    plan = stack.plan()
    assert [address.split(".")[0] for address in plan.updates] == ["aws_sagemaker_endpoint"]
    assert [*plan.creates, *plan.deletes, *plan.replaces] == []
    stack.apply(plan)
    assert stack.plan().empty
    rolling = deployment()
    assert rolling["RollingUpdatePolicy"] == {
        "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 2},
        "RollbackMaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 100},
        "WaitIntervalInSeconds": 300,
        "MaximumExecutionTimeoutInSeconds": 3000,
    }
    alarms = rolling["AutoRollbackConfiguration"]["Alarms"]
    assert {alarm["AlarmName"] for alarm in alarms} == {"deployment-errors", "deployment-errors-2"}


@pytest.mark.long
def test_with_the_last_alarm_gone_another_endpoint_takes_over(copy_of_example, sagemaker_sandbox):
    project = copy_of_example("deployment")
    stack = sagemaker_sandbox.stack(project.synthesize())
    stack.apply()

    project.edit("endpoint.add_rollback_alarms(", "print(")
    stack.update_from(project.synthesize())
    stack.apply()
    assert stack.plan().empty
    actions = [
        (call["action"], call["parameters"].get("EndpointName"))
        for call in sagemaker_sandbox.aws.calls()
        if call["action"] in ("CreateEndpoint", "DeleteEndpoint")
    ]
    assert actions == [
        ("CreateEndpoint", ENDPOINT),
        ("DeleteEndpoint", ENDPOINT),
        ("CreateEndpoint", "deployment-endpoint"),
    ]
