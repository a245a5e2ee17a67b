from datetime import timedelta

import pytest

from sm_tf import (
    Alarm,
    AlarmStatusWidget,
    AlarmWidget,
    CompositeAlarm,
    GraphWidget,
    GraphWidgetView,
    HorizontalAnnotation,
    InvalidPropsError,
    MathExpression,
    Metric,
    TextWidget,
    YAxisProps,
)
from sm_tf.sandbox.aws.dashboard_body import find_problems

TOKENS = Metric(namespace="Custom", metric_name="Tokens", dimensions_map={"Model": "m", "Group": "g"})
ERRORS = Metric(namespace="Custom", metric_name="Errors", statistic="Sum")


@pytest.fixture
def slow(stack):
    return TOKENS.create_alarm(stack, "Slow", threshold=1, evaluation_periods=3)


def shown(widget):
    """The properties, of a widget that CloudWatch takes."""
    rendered = widget.to_json("eu-west-1")
    assert find_problems({"widgets": [{"x": 0, "y": 0, **rendered}]}) == []
    return rendered["properties"]


def test_text() -> None:
    assert TextWidget(markdown="# Hello", width=24, height=1).to_json("eu-west-1") == {
        "type": "text",
        "width": 24,
        "height": 1,
        "properties": {"markdown": "# Hello"},
    }


class TestGraph:
    def test_of_a_metric(self) -> None:
        widget = GraphWidget(left=[TOKENS.with_(statistic="P99", label="slowest", color="#1f77b4")])
        assert widget.to_json("eu-west-1") == {
            "type": "metric",
            "width": 6,
            "height": 6,
            "properties": {
                "view": "timeSeries",
                "stacked": False,
                "region": "eu-west-1",
                "metrics": [
                    [
                        "Custom",
                        "Tokens",
                        "Group",
                        "g",
                        "Model",
                        "m",
                        {"stat": "p99", "label": "slowest", "color": "#1f77b4", "period": 300},
                    ]
                ],
            },
        }
        assert shown(widget)

    def test_with_everything(self) -> None:
        widget = GraphWidget(
            title="Both",
            left=[TOKENS],
            right=[ERRORS],
            left_annotations=[HorizontalAnnotation(value=1.5, label="slow", color="#d62728")],
            right_annotations=[HorizontalAnnotation(value=3)],
            left_y_axis=YAxisProps(label="tokens", min=0, max=100, show_units=False),
            right_y_axis=YAxisProps(min=1),
            view=GraphWidgetView.BAR,
            stacked=True,
            period=timedelta(hours=1),
            region="us-east-1",
        )
        properties = shown(widget)
        assert properties["annotations"] == {
            "horizontal": [
                {"label": "slow", "value": 1.5, "color": "#d62728", "yAxis": "left"},
                {"value": 3, "yAxis": "right"},
            ]
        }
        assert properties["yAxis"] == {
            "left": {"label": "tokens", "min": 0, "max": 100, "showUnits": False},
            "right": {"min": 1},
        }
        assert (properties["title"], properties["view"], properties["stacked"]) == ("Both", "bar", True)
        assert properties["region"] == "us-east-1"
        left, right = (row[-1] for row in properties["metrics"])
        assert left["period"] == right["period"] == 3600
        assert "yAxis" not in left
        assert right["yAxis"] == "right"

    def test_what_expressions_use_is_there_but_hidden(self) -> None:
        rate = MathExpression(
            expression="100 * errors / tokens",
            using_metrics={"errors": ERRORS, "tokens": TOKENS},
            label="rate",
            period=timedelta(minutes=1),
        )
        errors, tokens, expression = shown(GraphWidget(left=[rate]))["metrics"]
        assert errors == ["Custom", "Errors", {"stat": "Sum", "id": "errors", "visible": False, "period": 60}]
        assert tokens[-1] == {"stat": "Average", "id": "tokens", "visible": False, "period": 60}
        assert expression == [{"expression": "100 * errors / tokens", "label": "rate", "period": 60}]

    def test_ids_of_two_expressions_may_clash(self) -> None:
        first = MathExpression(expression="m * 2", using_metrics={"m": ERRORS})
        second = MathExpression(expression="m / 'm' + m", using_metrics={"m": TOKENS})
        third = MathExpression(expression="other", using_metrics={"other": TOKENS})
        rows = shown(GraphWidget(left=[first, second, third]))["metrics"]
        assert [row[-1].get("id") for row in rows] == ["m", None, "m2", None, None]
        assert [row[-1].get("expression") for row in rows] == [None, "m * 2", None, "m2 / 'm' + m2", "m2"]

    def test_terraform_expressions_keep_their_words(self) -> None:
        total = MathExpression(expression="var + ${var.more}", using_metrics={"var": ERRORS})
        other = MathExpression(expression="var", using_metrics={"var": TOKENS})
        rows = GraphWidget(left=[other, total]).to_json("eu-west-1")["properties"]["metrics"]
        assert rows[2][-1]["id"] == "var2"
        assert rows[3][-1]["expression"] == "var2 + ${var.more}"

    def test_nested_expressions(self) -> None:
        inner = MathExpression(expression="m / 60", using_metrics={"m": ERRORS})
        outer = MathExpression(expression="RUNNING_SUM(hours)", using_metrics={"hours": inner})
        rows = shown(GraphWidget(left=[inner, outer]))["metrics"]
        assert [row[-1].get("expression") for row in rows] == [None, "m / 60", "m / 60", "RUNNING_SUM(hours)"]
        assert rows[2][-1] == {"expression": "m / 60", "id": "hours", "visible": False, "period": 300}

    def test_another_account(self) -> None:
        (row,) = shown(GraphWidget(left=[ERRORS.with_(account="123456789012")]))["metrics"]
        assert row[-1]["accountId"] == "123456789012"

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ({"left": []}, "left and right are empty; a graph needs a metric"),
            ({"width": 0}, "width 0 must be a whole number, 1 to 24"),
            ({"width": 25}, "width 25 must be a whole number, 1 to 24"),
            ({"height": 1001}, "height 1001 must be a whole number, 1 to 1000"),
            ({"view": "line"}, "view 'line' must be one of timeSeries, bar, pie"),
            (
                {"right_annotations": [HorizontalAnnotation(value=1, color="red")]},
                "color 'red' must be # and six hexadecimal digits",
            ),
            ({"right_y_axis": YAxisProps(min=2, max=1)}, "right_y_axis.min 2 is not below max 1"),
        ],
    )
    def test_is_refused(self, arguments, told) -> None:
        with pytest.raises(InvalidPropsError, match="GraphWidget") as caught:
            GraphWidget(**{"title": "Errors", "left": [ERRORS], **arguments})
        assert told in caught.value.problems[0]

    def test_all_mistakes_are_listed(self) -> None:
        with pytest.raises(InvalidPropsError) as caught:
            GraphWidget(width=0, height=0)
        assert len(caught.value.problems) == 3

    def test_five_hundred_metrics_are_the_limit(self) -> None:
        metrics = [ERRORS.with_(dimensions_map={"Number": str(number)}) for number in range(500)]
        assert GraphWidget(left=metrics).metrics_count == 500
        total = MathExpression(expression="m + 1", using_metrics={"m": ERRORS})
        with pytest.raises(InvalidPropsError, match="retrieves 502 metrics, including those that"):
            GraphWidget(left=[*metrics, total])


def test_an_alarm_draws_its_own_graph(slow) -> None:
    properties = AlarmWidget(alarm=slow, title="Slow").to_json("eu-west-1")["properties"]
    assert properties["annotations"] == {"alarms": [slow.alarm_arn]}
    assert (properties["region"], properties["title"]) == ("eu-west-1", "Slow")


def test_a_composite_alarm_has_no_graph(stack, slow) -> None:
    rule = CompositeAlarm(stack, "Any", rule=slow)
    with pytest.raises(InvalidPropsError, match=r"alarm is .*; pass an Alarm"):
        AlarmWidget(alarm=rule)


class TestAlarmStatus:
    def test_of_alarms_of_every_kind(self, stack, slow) -> None:
        theirs = Alarm.from_alarm_arn(
            stack, "Theirs", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:theirs"
        )
        rule = CompositeAlarm(stack, "Any", rule=slow)
        widget = AlarmStatusWidget(alarms=[slow, rule, theirs], title="Alarms").to_json("eu-west-1")
        assert (widget["type"], widget["width"], widget["height"]) == ("alarm", 6, 3)
        assert widget["properties"] == {
            "title": "Alarms",
            "alarms": [slow.alarm_arn, rule.alarm_arn, theirs.alarm_arn],
        }

    @pytest.mark.parametrize("count", [0, 101])
    def test_shows_1_to_100(self, slow, count) -> None:
        with pytest.raises(InvalidPropsError, match=f"{count} alarms are given; a widget shows 1 to 100"):
            AlarmStatusWidget(alarms=[slow] * count)

    def test_needs_alarms(self) -> None:
        with pytest.raises(InvalidPropsError, match="is 'slow'; pass an Alarm, created or imported"):
            AlarmStatusWidget(alarms=["slow"])
