"""The life of a dashboard: made, read back as the program has it, left alone, destroyed."""

import json


def test_the_dashboard_is_what_the_program_says(copy_of_example, sagemaker_sandbox) -> None:
    project = copy_of_example("dashboard")
    stack = sagemaker_sandbox.stack(project.synthesize())
    cloudwatch = sagemaker_sandbox.client("cloudwatch")

    stack.validate()
    stack.apply()
    assert stack.plan().empty

    (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
    assert entry["DashboardName"] == "dashboard-endpoint-dashboard"
    body = json.loads(cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"])
    by_title = {widget["properties"].get("title"): widget["properties"] for widget in body["widgets"]}

    alarms = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    recommended = {name: alarm for name, alarm in alarms.items() if "endpoint-alarms" in name}
    assert sorted(by_title["Alarms"]["alarms"]) == sorted(alarm["AlarmArn"] for alarm in recommended.values())

    lines = {
        line["label"]: line["value"]
        for properties in by_title.values()
        for line in properties.get("annotations", {}).get("horizontal", ())
    }
    bounds = {"Minimum": 2, "Maximum": 6}
    # The alarm watches microseconds, the graph shows milliseconds.
    latency = recommended["dashboard-endpoint-alarms-main-model-latency"]["Threshold"]
    assert (latency, lines.pop("main-model-latency")) == (300_000, 300)
    assert lines == bounds | {
        name.removeprefix("dashboard-endpoint-alarms-"): alarm["Threshold"]
        for name, alarm in recommended.items()
        if not name.endswith("main-model-latency")
    }

    # The dimensions are those of the endpoint, though nothing in the dashboard refers to it.
    (endpoint,) = sagemaker_sandbox.client("sagemaker").list_endpoints()["Endpoints"]
    (invocations, _) = by_title["Traffic"]["metrics"]
    assert invocations[:6] == [
        "AWS/SageMaker",
        "Invocations",
        "EndpointName",
        endpoint["EndpointName"],
        "VariantName",
        "main",
    ]

    project.edit("max_capacity=6", "max_capacity=8")
    stack.update_from(project.synthesize())
    plan = stack.plan()
    assert "aws_cloudwatch_dashboard" in {address.split(".")[0] for address in plan.updates}
    stack.apply(plan)
    assert stack.plan().empty
