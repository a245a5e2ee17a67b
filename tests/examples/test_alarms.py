"""The example's alarms are joined as its program says, and tell the topic."""

import re

BOTH = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}


def undrawn(text: str) -> str:
    """Without the digits that Terraform draws for the names of alarms in rules."""
    return re.sub(r"-[0-9a-f]{8}(?=\"|$)", "", text)


def test_it_is_applied(copy_of_example, sagemaker_sandbox) -> None:
    stack = sagemaker_sandbox.stack(copy_of_example("alarms").synthesize())
    stack.validate()
    stack.apply()
    assert stack.plan().empty

    cloudwatch = sagemaker_sandbox.client("cloudwatch")
    found = cloudwatch.describe_alarms(**BOTH)
    (topic,) = sagemaker_sandbox.client("sns").list_topics()["Topics"]
    on_call = [topic["TopicArn"]]
    alarms = {undrawn(alarm["AlarmName"]): alarm for alarm in found["MetricAlarms"]}
    full = alarms["alarms-full"]
    assert (full["AlarmActions"], full["OKActions"]) == (on_call, on_call)
    assert alarms["alarms-slow"]["AlarmActions"] == []

    composites = {alarm["AlarmName"]: alarm for alarm in found["CompositeAlarms"]}
    assert {name: undrawn(alarm["AlarmRule"]) for name, alarm in composites.items()} == {
        "alarms-ill": (
            '((ALARM("alarms-slow") OR ALARM("alarms-failing")) AND NOT ALARM("alarms-featuresbusy"))'
        ),
        "alarms-blind": 'INSUFFICIENT_DATA("alarms-full")',
    }
    ill = composites["alarms-ill"]
    assert (ill["AlarmActions"], ill["OKActions"]) == (on_call, on_call)
    assert undrawn(ill["ActionsSuppressor"]) == "alarms-atwork"
