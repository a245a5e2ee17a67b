from datetime import timedelta

import pytest

from sm_tf import InvalidPropsError, Metric


def metric(**fields):
    return Metric(**{"namespace": "Custom", "metric_name": "Tokens", **fields})


@pytest.mark.parametrize("period", [1, 5, 10, 20, 30, 60, 120, 86_400])
def test_periods_that_cloudwatch_knows(period) -> None:
    assert metric(period=timedelta(seconds=period)).to_alarm_arguments()["period"] == period


@pytest.mark.parametrize(
    "period", [timedelta(0), timedelta(seconds=45), timedelta(seconds=-60), timedelta(seconds=60.5), 300]
)
def test_other_periods_are_refused(period) -> None:
    with pytest.raises(InvalidPropsError, match=r"metric Tokens: period .* must be .* whole minutes"):
        metric(period=period)


@pytest.mark.parametrize(
    ("given", "emitted"),
    [("avg", "Average"), ("Sum", "Sum"), ("MIN", "Minimum"), ("maximum", "Maximum"), ("n", "SampleCount")],
)
def test_simple_statistics_in_any_case(given, emitted) -> None:
    assert metric(statistic=given).to_alarm_arguments()["statistic"] == emitted


@pytest.mark.parametrize(
    ("given", "emitted"),
    [
        ("p99", "p99"),
        ("P99.9", "p99.9"),
        ("p100", "p100"),
        ("tm95", "tm95"),
        ("iqm", "IQM"),
        ("tm(10%:90%)", "TM(10%:90%)"),
        ("PR(:300)", "PR(:300)"),
    ],
)
def test_extended_statistics_in_any_case(given, emitted) -> None:
    arguments = metric(statistic=given).to_alarm_arguments()
    assert arguments["extended_statistic"] == emitted
    assert "statistic" not in arguments


@pytest.mark.parametrize("statistic", ["", "p", "p101", "median", "p99 ", "TM()", 5])
def test_other_statistics_are_refused(statistic) -> None:
    with pytest.raises(
        InvalidPropsError, match="must be Average, Sum, Minimum, Maximum, SampleCount, or an extended"
    ):
        metric(statistic=statistic)


@pytest.mark.parametrize(
    "dimensions", [{"": "x"}, {"x" * 256: "x"}, {"a": ""}, {"a": 5}, {f"d{n}": "x" for n in range(31)}]
)
def test_bad_dimensions_are_refused(dimensions) -> None:
    with pytest.raises(InvalidPropsError, match="dimension"):
        metric(dimensions_map=dimensions)


def test_with_makes_another_one_and_adds_dimensions() -> None:
    one = metric(dimensions_map={"a": "1"})
    other = one.with_(statistic="p50", dimensions_map={"b": "2"})
    assert (one.statistic, dict(one.dimensions_map)) == ("Average", {"a": "1"})
    assert (other.statistic, dict(other.dimensions_map)) == ("p50", {"a": "1", "b": "2"})


@pytest.mark.parametrize("extra", [{"label": "latency"}, {"account": "123456789012"}])
def test_a_label_or_an_account_needs_the_long_form(extra) -> None:
    (query,) = metric(dimensions_map={"a": "1"}, **extra).to_alarm_arguments()["metric_query"]
    assert query["metric"]["stat"] == "Average"
    assert query["return_data"] is True
