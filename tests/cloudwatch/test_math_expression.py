from datetime import timedelta

import pytest

from sm_tf import InvalidPropsError, MathExpression, Metric

ALARM = "aws_cloudwatch_metric_alarm"
ERRORS = Metric(namespace="Custom", metric_name="Errors", statistic="Sum", label="failed")
CALLS = Metric(namespace="Custom", metric_name="Calls", statistic="Sum", period=timedelta(minutes=1))
LATENCY = Metric(namespace="Custom", metric_name="Latency", statistic="p99", account="123456789012")


def expression(expression="100 * errors / calls", **fields):
    return MathExpression(
        **{"expression": expression, "using_metrics": {"errors": ERRORS, "calls": CALLS}, **fields}
    )


def alarm_on(synth, stack, metric, **options):
    metric.create_alarm(stack, "Alarm", **{"threshold": 1, "evaluation_periods": 1, **options})
    return synth(stack).only(ALARM)


def of(name, **metric):
    return {"metric_name": name, "namespace": "Custom", "period": 300, "stat": "Sum", **metric}


def test_an_alarm_watches_the_expression_alone(stack, synth) -> None:
    alarm = alarm_on(synth, stack, expression(label="Error rate"))
    assert alarm["metric_query"] == [
        {
            "id": "expr_1",
            "label": "Error rate",
            "expression": "100 * errors / calls",
            "return_data": True,
        },
        {"id": "calls", "metric": of("Calls"), "return_data": False},
        {"id": "errors", "label": "failed", "metric": of("Errors"), "return_data": False},
    ]
    assert not alarm.keys() & {"metric_name", "namespace", "period", "statistic", "threshold_metric_id"}


def test_the_order_of_the_metrics_makes_no_difference(stack, synth) -> None:
    one = alarm_on(synth, stack, expression())
    turned = expression(using_metrics={"calls": CALLS, "errors": ERRORS}).to_alarm_arguments()
    assert [query["id"] for query in turned["metric_query"]] == [query["id"] for query in one["metric_query"]]


def test_the_period_of_the_expression_is_that_of_all_metrics() -> None:
    nested = expression("rate + latency", using_metrics={"rate": expression(), "latency": LATENCY})
    queries = nested.with_(period=timedelta(minutes=10)).to_alarm_arguments()["metric_query"]
    assert {query["metric"]["period"] for query in queries if "metric" in query} == {600}


def test_nested_expressions_are_spread_out(stack, synth) -> None:
    nested = expression("rate + latency", using_metrics={"rate": expression(), "latency": LATENCY})
    queries = alarm_on(synth, stack, nested)["metric_query"]
    assert [query["id"] for query in queries] == ["expr_1", "calls", "errors", "latency", "rate"]
    assert [query["return_data"] for query in queries] == [True, False, False, False, False]
    assert queries[3]["account_id"] == "123456789012"
    assert queries[4]["expression"] == "100 * errors / calls"


def test_nested_expressions_may_share_a_metric() -> None:
    shared = expression("e1 / calls", using_metrics={"e1": expression(), "calls": CALLS})
    ids = [query["id"] for query in shared.to_alarm_arguments()["metric_query"]]
    assert ids == ["expr_1", "calls", "e1", "errors"]


def test_an_expression_without_metrics_has_a_period_of_its_own() -> None:
    (query,) = expression("INSIGHT_RULE_METRIC('rule', 'Sum')", using_metrics={}).to_alarm_arguments()[
        "metric_query"
    ]
    assert query["period"] == 300


@pytest.mark.parametrize(
    "text",
    [
        "errors / calls",
        "IF(calls > 10, errors, 0)",
        "SUM([errors, calls])",
        "METRICS('calls')",
        'FILL(METRICS("e"), REPEAT)',
        "errors * 1e3 + 0.5e2",
        "SELECT AVG(ModelLatency) FROM SCHEMA(\"AWS/SageMaker\", EndpointName) where EndpointName = 'e'",
        "${var.expression}",
    ],
)
def test_every_id_is_given(text) -> None:
    assert expression(text).expression == text


def test_with_makes_another_one() -> None:
    one = expression()
    other = one.with_(label="rate", color="#1f77b4", period=timedelta(minutes=1))
    assert (one.label, one.color, one.period) == (None, None, timedelta(minutes=5))
    assert (other.label, other.color, other.period) == ("rate", "#1f77b4", timedelta(minutes=1))
    assert (other.expression, other.using_metrics) == (one.expression, one.using_metrics)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"expression": ""}, "expression '' must have 1 to 2,048 characters"),
        ({"expression": "1" * 2049}, "must have 1 to 2,048 characters"),
        ({"expression": "errors / all_calls"}, "id 'all_calls' isn't given in using_metrics"),
        (
            {"using_metrics": {"Errors": ERRORS}, "expression": "1"},
            "id 'Errors' must be a lower-case letter",
        ),
        ({"using_metrics": {"1e": ERRORS}, "expression": "1"}, "id '1e' must be a lower-case letter"),
        ({"using_metrics": {"e-1": ERRORS}, "expression": "1"}, "id 'e-1' must be a lower-case letter"),
        ({"using_metrics": {"e" * 256: ERRORS}, "expression": "1"}, "at most 255 characters in all"),
        ({"using_metrics": {"or": ERRORS}, "expression": "1"}, "id 'or' must be .* and not an operator"),
        ({"using_metrics": {"expr_1": ERRORS}, "expression": "1"}, "id 'expr_1' is the expression's own"),
        (
            {"using_metrics": {"e": 5}, "expression": "e"},
            r"using_metrics\['e'\] is 5; pass a Metric or a Math",
        ),
        (
            {"expression": "e + errors", "using_metrics": {"e": expression(), "errors": CALLS}},
            "id 'errors' means two different metrics",
        ),
        ({"period": timedelta(seconds=45)}, "period 0:00:45 must be a timedelta"),
        ({"color": "blue"}, "color 'blue' must be # and six hexadecimal digits"),
    ],
)
def test_is_refused(fields, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        expression(**fields)


def test_an_alarm_cannot_search(stack) -> None:
    search = expression(
        "SUM(found)",
        using_metrics={"found": expression("SEARCH('{AWS/SageMaker}', 'Sum')", using_metrics={})},
    )
    with pytest.raises(
        InvalidPropsError, match=r"demo/Alarm: expression \"SEARCH.*\" searches for metrics; no alarm can"
    ):
        search.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)


def test_an_alarm_takes_a_shorter_expression(stack) -> None:
    expression("1" * 1024).create_alarm(stack, "Short", threshold=1, evaluation_periods=1)
    with pytest.raises(InvalidPropsError, match="an expression has 1,025 characters; an alarm takes 1,024"):
        expression("1" * 1025).create_alarm(stack, "Long", threshold=1, evaluation_periods=1)


def test_an_alarm_takes_two_decimals_in_a_statistic(stack) -> None:
    precise = expression("slow", using_metrics={"slow": LATENCY.with_(statistic="p99.999")})
    with pytest.raises(InvalidPropsError, match=r"slow: the metric's statistic is p99.999; an alarm takes"):
        precise.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)


def numbered(count, make):
    return expression("SUM(METRICS())", using_metrics={f"m{n}": make(n) for n in range(count)})


@pytest.mark.parametrize(
    ("taken", "refused", "told"),
    [
        (numbered(10, lambda _: CALLS), numbered(11, lambda _: CALLS), "has 11 metrics; an alarm takes 10"),
        (
            numbered(9, lambda n: expression(str(n), using_metrics={})),
            numbered(10, lambda n: expression(str(n), using_metrics={})),
            "has 11 expressions; an alarm takes 10",
        ),
    ],
)
def test_an_alarm_takes_ten_metrics_and_expressions(stack, taken, refused, told) -> None:
    taken.create_alarm(stack, "Ten", threshold=1, evaluation_periods=1)
    with pytest.raises(InvalidPropsError, match=told):
        refused.create_alarm(stack, "Eleven", threshold=1, evaluation_periods=1)
