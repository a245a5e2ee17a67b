"""Finds the problems of a dashboard's body as CloudWatch does.

Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_WIDGET_TYPES = ("metric", "text", "log", "alarm", "explorer", "custom", "chart")
_VIEWS = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")
_STATISTIC = re.compile(
    r"Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|wm|tc|ts)\d{1,3}(\.\d{1,10})?"
    r"|(TM|WM|TC|TS|PR)\([\d.]*%?:[\d.]*%?\)"
)
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_ALARM_ARN = re.compile(r"arn:[\w-]+:cloudwatch:[\w-]+:\d{12}:alarm:.+")
_ROWS = "an array of array of strings, with an optional metricRenderer object as last element"

Json = dict[str, Any]


class Problem(NamedTuple):
    """A problem, and its place in the body as a JSON pointer."""

    path: str
    message: str


def find_problems(body: Any) -> list[Problem]:
    """The problems for which PutDashboard refuses a parsed body; none if it is valid."""
    return list(_of_body(body))


def _of_body(body: Any) -> Iterator[Problem]:
    yield from _fields(
        body,
        "",
        required={"widgets": _list},
        optional={
            "start": _text,
            "end": _text,
            "periodOverride": _one_of("auto", "inherit"),
            "variables": _list,
        },
    )
    widgets = body.get("widgets") if isinstance(body, dict) else None
    if not isinstance(widgets, list):
        return
    if len(widgets) > 500:
        yield Problem("/widgets", "Should NOT have more than 500 items")
    for number, widget in enumerate(widgets):
        yield from _of_widget(widget, f"/widgets/{number}")


def _of_widget(widget: Any, path: str) -> Iterator[Problem]:
    yield from _fields(
        widget,
        path,
        required={"type": _one_of(*_WIDGET_TYPES), "properties": _object},
        optional={"x": _whole(0, 23), "y": _whole(0), "width": _whole(1, 24), "height": _whole(1, 1000)},
    )
    if isinstance(widget, dict) and isinstance(widget.get("properties"), dict):
        find = {"text": _of_text, "metric": _of_graph, "alarm": _of_alarm_status}.get(str(widget.get("type")))
        if find:
            yield from find(widget["properties"], f"{path}/properties")


def _of_text(properties: Json, path: str) -> Iterator[Problem]:
    yield from _fields(properties, path, required={"markdown": _text}, optional={})


def _of_alarm_status(properties: Json, path: str) -> Iterator[Problem]:
    yield from _fields(properties, path, required={"alarms": _list}, optional={"title": _text})
    alarms = properties.get("alarms")
    if isinstance(alarms, list):
        yield from _of_alarms(alarms, f"{path}/alarms", most=100)


def _of_alarms(alarms: list[Any], path: str, *, most: int) -> Iterator[Problem]:
    if not alarms:
        yield Problem(path, "Should NOT have fewer than 1 items")
    if len(alarms) > most:
        yield Problem(path, f"Should NOT have more than {most} items")
    for number, arn in enumerate(alarms):
        if not isinstance(arn, str) or not _ALARM_ARN.fullmatch(arn):
            yield Problem(f"{path}/{number}", "Should be a valid alarm ARN")


def _of_graph(properties: Json, path: str) -> Iterator[Problem]:
    yield from _fields(
        properties,
        path,
        required={},
        optional={
            "region": _text,
            "title": _text,
            "metrics": _list,
            "annotations": _object,
            "view": _one_of(*_VIEWS),
            "stacked": _boolean,
            "stat": _matching(_STATISTIC),
            "period": _period,
            "yAxis": _object,
        },
    )
    annotations = properties.get("annotations")
    annotations = annotations if isinstance(annotations, dict) else {}
    alarms, metrics = annotations.get("alarms"), properties.get("metrics")
    if not properties.get("region") or (metrics is None and alarms is None):
        yield Problem(
            path, "The metric widget should have specified a region and a data source or an alarm annotation"
        )
    if isinstance(alarms, list):
        yield from _of_alarms(alarms, f"{path}/annotations/alarms", most=1)
    if isinstance(metrics, list):
        if len(metrics) > 500:
            yield Problem(f"{path}/metrics", "Should NOT have more than 500 items")
        for number, row in enumerate(metrics):
            yield from _of_metric(row, f"{path}/metrics/{number}")
    for number, line in enumerate(annotations.get("horizontal", ())):
        where = f"{path}/annotations/horizontal/{number}"
        for edge in line if isinstance(line, list) else [line]:
            yield from _fields(
                edge,
                where,
                required={"value": _number},
                optional={
                    "label": _text,
                    "color": _matching(_COLOR),
                    "yAxis": _one_of("left", "right"),
                    "fill": _one_of("above", "below"),
                },
            )
    axes = properties.get("yAxis")
    for side in ("left", "right"):
        if isinstance(axes, dict) and side in axes:
            yield from _fields(
                axes[side],
                f"{path}/yAxis/{side}",
                required={},
                optional={"label": _text, "min": _number, "max": _number, "showUnits": _boolean},
            )


def _of_metric(row: Any, path: str) -> Iterator[Problem]:
    if not isinstance(row, list):
        yield Problem(path, "Should be array")
        yield Problem(path, f'Field "metrics" has to be {_ROWS}')
        return
    options = row[-1] if row and isinstance(row[-1], dict) else {}
    names = row[:-1] if options or (row and row[-1] == {}) else row
    for number, name in enumerate(names):
        if not isinstance(name, str):
            yield Problem(f"{path}/{number}", "Invalid metric field type, only 'String' type is allowed")
    if len(names) % 2 and "..." not in names:  # which repeats the row above
        yield Problem(path, f"Should NOT have more than {len(names) - 1} items")
    if not names and "expression" not in options:
        yield Problem(path, "Should have required property 'expression'")
    yield from _fields(
        options,
        f"{path}/{len(names)}",
        required={},
        optional={
            "expression": _text,
            "id": _matching(_ID),
            "label": _text,
            "color": _matching(_COLOR),
            "stat": _matching(_STATISTIC),
            "period": _period,
            "visible": _boolean,
            "yAxis": _one_of("left", "right"),
            "accountId": _text,
            "region": _text,
        },
    )


Rule = Callable[[Any], str | None]


def _fields(
    value: Any, path: str, *, required: dict[str, Rule], optional: dict[str, Rule]
) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path, "Should be object")
        return
    for name in required:
        if name not in value:
            yield Problem(path, f"Should have required property '{name}'")
    for name, rule in {**required, **optional}.items():
        if name in value and (message := rule(value[name])):
            yield Problem(f"{path}/{name}", message)


def _of_type(name: str, *types: type) -> Rule:
    def rule(value: Any) -> str | None:
        is_boolean = isinstance(value, bool) and bool not in types
        return f"Should be {name}" if is_boolean or not isinstance(value, types) else None

    return rule


_text = _of_type("string", str)
_list = _of_type("array", list)
_object = _of_type("object", dict)
_boolean = _of_type("boolean", bool)
_number = _of_type("number", int, float)


def _one_of(*values: str) -> Rule:
    return lambda value: None if value in values else "Should be equal to one of the allowed values"


def _matching(pattern: re.Pattern[str]) -> Rule:
    def rule(value: Any) -> str | None:
        matches = isinstance(value, str) and pattern.fullmatch(value)
        return None if matches else f'Should match pattern "{pattern.pattern}"'

    return rule


def _whole(lowest: int, highest: int | None = None) -> Rule:
    def rule(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "Should be integer"
        if value < lowest:
            return f"Should be >= {lowest}"
        return f"Should be <= {highest}" if highest is not None and value > highest else None

    return rule


def _period(value: Any) -> str | None:
    valid = isinstance(value, int) and (value in (1, 5, 10, 20, 30) or (value > 0 and value % 60 == 0))
    return None if valid else "Should be 1, 5, 10, 20, 30 or a multiple of 60"
