import json

import pytest

from sm_tf import (
    Dashboard,
    GraphWidget,
    HorizontalAnnotation,
    InvalidPropsError,
    Metric,
    TextWidget,
    YAxisProps,
)
from sm_tf.sandbox.aws.dashboard_body import find_problems

DASHBOARD = "aws_cloudwatch_dashboard"
ERRORS = Metric(namespace="Custom", metric_name="Errors", statistic="Sum")


@pytest.fixture
def body(synth):
    """The one dashboard's body, which CloudWatch takes."""

    def read(stack):
        found = json.loads(synth(stack).only(DASHBOARD)["dashboard_body"])
        assert find_problems(found) == []
        return found

    return read


def text(width, height=1):
    return TextWidget(markdown="x", width=width, height=height)


def places(body):
    return [(widget["x"], widget["y"], widget["width"], widget["height"]) for widget in body["widgets"]]


def test_rows_are_placed_in_the_grid(stack, body) -> None:
    rows = [[text(24, 2)], [text(8, 3), text(8, 6), text(8)], [text(12), text(12)]]
    Dashboard(stack, "Board", widgets=rows)
    assert places(body(stack)) == [
        (0, 0, 24, 2),
        (0, 2, 8, 3),
        (8, 2, 8, 6),
        (16, 2, 8, 1),
        (0, 8, 12, 1),
        (12, 8, 12, 1),
    ]


def test_what_does_not_fit_goes_on_below(stack, body) -> None:
    Dashboard(stack, "Board", widgets=[[text(12), text(8, 4), text(6, 2), text(18)], [text(1)]])
    assert places(body(stack)) == [(0, 0, 12, 1), (12, 0, 8, 4), (0, 4, 6, 2), (6, 4, 18, 1), (0, 6, 1, 1)]


def test_an_empty_one(stack, body) -> None:
    Dashboard(stack, "Board")
    assert body(stack) == {"periodOverride": "inherit", "widgets": []}


def test_rows_may_follow(stack, body) -> None:
    dashboard = Dashboard(stack, "Board", widgets=[[text(6)]])
    dashboard.add_widgets(text(6), text(6))
    assert places(body(stack)) == [(0, 0, 6, 1), (0, 1, 6, 1), (6, 1, 6, 1)]


def test_its_name_is_its_path_or_given(stack, synth) -> None:
    dashboard = Dashboard(stack, "Board")
    Dashboard(stack, "Named", dashboard_name="All_of-it")
    Dashboard(stack, "Unknown", dashboard_name="${var.name}")
    content = synth(stack)
    assert content.named(DASHBOARD, "Board")["dashboard_name"] == "demo-board"
    assert content.named(DASHBOARD, "Named")["dashboard_name"] == "All_of-it"
    assert content.named(DASHBOARD, "Unknown")["dashboard_name"] == "${var.name}"
    assert "${TfToken" in dashboard.dashboard_arn
    assert "${TfToken" in dashboard.dashboard_name


def test_synthesizes_the_same_twice(stack, synth) -> None:
    Dashboard(stack, "Board", widgets=[[GraphWidget(left=[ERRORS])]])
    assert synth(stack).text == synth(stack).text


def test_the_region_may_be_known_to_terraform_alone(agnostic_stack, body) -> None:
    Dashboard(agnostic_stack, "Board", widgets=[[GraphWidget(left=[ERRORS])]])
    (widget,) = body(agnostic_stack)["widgets"]
    assert widget["properties"]["region"] == "${data.aws_region.SmTfRegion.id}"


def test_expressions_stay_in_the_text(stack, synth) -> None:
    graph = GraphWidget(
        title='${var.titles["errors"]}',
        left=[ERRORS.with_(dimensions_map={"Endpoint": "${var.name}"}, label="${var.label}")],
        left_annotations=[HorizontalAnnotation(value="${var.limit}", label="at ${var.limit}")],
        left_y_axis=YAxisProps(max="${var.most}"),
    )
    Dashboard(stack, "Board", widgets=[[graph, TextWidget(markdown='# "${var.title}"\nand so on')]])
    written = synth(stack).only(DASHBOARD)["dashboard_body"]
    assert '"title": "${var.titles["errors"]}"' in written
    assert '"Endpoint", "${var.name}"' in written
    assert '"label": "at ${var.limit}", "value": ${var.limit}' in written
    assert '"max": ${var.most}' in written
    assert r'"markdown": "# \"${var.title}\"\nand so on"' in written


def test_references_escapes_and_quotes_may_be_in_any_text(stack, synth) -> None:
    metric = ERRORS.with_(
        statistic='${lookup(var.m, "stat")}',
        label='"$${MAX}" of ${lookup(var.m, "}")}',
        account='${lookup(var.m, "account")}',
    )
    Dashboard(stack, "Board", widgets=[[GraphWidget(left=[metric])]])
    written = synth(stack).only(DASHBOARD)["dashboard_body"]
    assert '"stat": "${lookup(var.m, "stat")}"' in written
    assert '"accountId": "${lookup(var.m, "account")}"' in written
    assert r'"label": "\"$${MAX}\" of ${lookup(var.m, "}")}"' in written


@pytest.mark.parametrize("name", ["", "two words", "ä", "x" * 256])
def test_a_malformed_name_is_refused(stack, name) -> None:
    with pytest.raises(InvalidPropsError, match=r"demo/Board: dashboard_name .* must be 1 to 255 letters"):
        Dashboard(stack, "Board", dashboard_name=name)


def test_something_else_is_refused(stack) -> None:
    with pytest.raises(InvalidPropsError, match=r"widgets\[0\]\[0\] is 'text'; pass a Widget"):
        Dashboard(stack, "Board", widgets=[["text"]])


def test_five_hundred_widgets_are_the_limit(stack) -> None:
    dashboard = Dashboard(stack, "Board", widgets=[[text(6)] * 500])
    with pytest.raises(InvalidPropsError, match="501 widgets are given; a dashboard has at most 500"):
        dashboard.add_widgets(text(6))
    with pytest.raises(InvalidPropsError, match="501 widgets are given"):
        Dashboard(stack, "Other", widgets=[[text(6)] * 501])


def test_2500_metrics_are_the_limit(stack) -> None:
    metrics = [ERRORS.with_(dimensions_map={"Number": str(number)}) for number in range(500)]
    dashboard = Dashboard(stack, "Board", widgets=[[GraphWidget(left=metrics)] * 5])
    with pytest.raises(InvalidPropsError, match=r"widgets retrieve 2501 metrics, .* at most 2500"):
        dashboard.add_widgets(GraphWidget(left=[ERRORS]))
