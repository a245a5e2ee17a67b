"""The bodies that PutDashboard refuses, by what is wrong with one that is valid."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.aws.dashboard_body import find_problems

ARN = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow"
NOT_ROWS = 'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object'
VALID: dict[str, Any] = {
    "start": "-PT6H",
    "periodOverride": "inherit",
    "widgets": [
        {
            "type": "metric",
            "x": 0,
            "y": 0,
            "width": 12,
            "height": 6,
            "properties": {
                "title": "Latency",
                "region": "eu-west-1",
                "view": "timeSeries",
                "stacked": False,
                "metrics": [
                    ["AWS/SageMaker", "ModelLatency", "EndpointName", "e", {"id": "us", "visible": False}],
                    [{"expression": "us/1000", "label": "ms", "period": 60, "color": "#d62728"}],
                    ["...", {"stat": "p99", "yAxis": "right"}],
                ],
                "annotations": {
                    "horizontal": [{"value": 1.5, "label": "slow"}, [{"value": 1}, {"value": 2}]]
                },
                "yAxis": {"left": {"min": 0, "label": "ms", "showUnits": False}},
            },
        },
        {"type": "text", "properties": {"markdown": "# Hello"}},
        {"type": "alarm", "properties": {"alarms": [ARN], "title": "Alarms"}},
        {"type": "metric", "properties": {"region": "eu-west-1", "annotations": {"alarms": [ARN]}}},
        {"type": "log", "properties": {"query": "whatever"}},
    ],
}
MISSING = object()


@pytest.fixture
def cloudwatch(client: Callable[[str], Any]) -> Any:
    return client("cloudwatch")


def broken(path: str, value: Any) -> Any:
    """The valid body with another value at a JSON pointer."""
    body = copy.deepcopy(VALID)
    *parents, last = path.strip("/").split("/")
    place: Any = body
    for part in parents:
        place = place[int(part) if isinstance(place, list) else part]
    if value is MISSING:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return body


def test_a_valid_body_is_kept(cloudwatch: Any, name: str) -> None:
    cloudwatch.put_dashboard(DashboardName=name, DashboardBody=json.dumps(VALID))
    assert json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]) == VALID
    cloudwatch.delete_dashboards(DashboardNames=[name])


METRIC = "/widgets/0/properties/metrics/0"


@pytest.mark.parametrize(
    ("path", "value", "where", "told"),
    [
        ("/widgets", MISSING, "", "Should have required property 'widgets'"),
        ("/widgets", {}, "/widgets", "Should be array"),
        ("/start", 6, "/start", "Should be string"),
        ("/periodOverride", "never", "/periodOverride", "Should be equal to one of the allowed values"),
        ("/widgets", [VALID["widgets"][1]] * 501, "/widgets", "Should NOT have more than 500 items"),
        ("/widgets/0", [], "/widgets/0", "Should be object"),
        ("/widgets/0/type", "graph", "/widgets/0/type", "Should be equal to one of the allowed values"),
        ("/widgets/0/properties", MISSING, "/widgets/0", "Should have required property 'properties'"),
        ("/widgets/0/x", 24, "/widgets/0/x", "Should be <= 23"),
        ("/widgets/0/y", -1, "/widgets/0/y", "Should be >= 0"),
        ("/widgets/0/width", 25, "/widgets/0/width", "Should be <= 24"),
        ("/widgets/0/height", 1.5, "/widgets/0/height", "Should be integer"),
        (
            "/widgets/0/properties/region",
            MISSING,
            "/widgets/0/properties",
            "The metric widget should have specified a region and a data source or an alarm annotation",
        ),
        (
            "/widgets/0/properties/metrics",
            MISSING,
            "/widgets/0/properties",
            "The metric widget should have specified a region and a data source or an alarm annotation",
        ),
        ("/widgets/0/properties/view", "line", "/widgets/0/properties/view", "allowed values"),
        ("/widgets/0/properties/stacked", "no", "/widgets/0/properties/stacked", "Should be boolean"),
        (
            "/widgets/0/properties/metrics",
            [["a", "b"]] * 501,
            "/widgets/0/properties/metrics",
            "more than 500",
        ),
        (METRIC, {"expression": "1"}, METRIC, NOT_ROWS),
        (f"{METRIC}/2", {"EndpointName": "e"}, f"{METRIC}/2", "only 'String' type is allowed"),
        (
            METRIC,
            ["AWS/SageMaker", "ModelLatency", "EndpointName"],
            METRIC,
            "Should NOT have more than 2 items",
        ),
        (METRIC, [{"label": "x"}], METRIC, "Should have required property 'expression'"),
        (f"{METRIC}/4/id", "Us", f"{METRIC}/4/id", "Should match pattern"),
        (f"{METRIC}/4/stat", "mean", f"{METRIC}/4/stat", "Should match pattern"),
        (f"{METRIC}/4/period", 45, f"{METRIC}/4/period", "a multiple of 60"),
        (f"{METRIC}/4/color", "red", f"{METRIC}/4/color", "Should match pattern"),
        (
            "/widgets/0/properties/annotations/horizontal/0",
            {"label": "x"},
            "/widgets/0/properties/annotations/horizontal/0",
            "Should have required property 'value'",
        ),
        (
            "/widgets/0/properties/annotations/horizontal/1/0/value",
            "1",
            "/widgets/0/properties/annotations/horizontal/1/value",
            "Should be number",
        ),
        (
            "/widgets/0/properties/yAxis/left/min",
            True,
            "/widgets/0/properties/yAxis/left/min",
            "Should be number",
        ),
        ("/widgets/1/properties/markdown", MISSING, "/widgets/1/properties", "required property 'markdown'"),
        ("/widgets/2/properties/alarms", [], "/widgets/2/properties/alarms", "fewer than 1 items"),
        ("/widgets/2/properties/alarms", [ARN] * 101, "/widgets/2/properties/alarms", "more than 100 items"),
        ("/widgets/2/properties/alarms/0", "slow", "/widgets/2/properties/alarms/0", "a valid alarm ARN"),
        (
            "/widgets/3/properties/annotations/alarms",
            [ARN, ARN],
            "/widgets/3/properties/annotations/alarms",
            "more than 1 items",
        ),
    ],
)
def test_is_refused(path: str, value: Any, where: str, told: str) -> None:
    problems = find_problems(broken(path, value))
    assert {problem.path for problem in problems} == {where}
    assert told in problems[-1].message


@pytest.mark.parametrize("body", ["{", "[]", '"text"'])
def test_no_json_object_is_refused(cloudwatch: Any, name: str, body: str) -> None:
    with pytest.raises(ClientError, match="must be a valid JSON object") as caught:
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody=body)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterInput"


def test_all_problems_are_told(cloudwatch: Any, name: str) -> None:
    body = {"widgets": [{"type": "text", "width": 25, "properties": {}}]}
    with pytest.raises(ClientError, match="there are 2 validation errors") as caught:
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody=json.dumps(body))
    assert caught.value.response["Error"]["Code"] == "InvalidParameterInput"
    assert '"dataPath": "/widgets/0/width"' in str(caught.value)


def test_a_name_with_spaces_is_refused(cloudwatch: Any, name: str) -> None:
    with pytest.raises(ClientError, match="can only contain alphanumerics"):
        cloudwatch.put_dashboard(DashboardName=f"{name} one", DashboardBody=json.dumps(VALID))
