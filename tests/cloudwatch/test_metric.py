from datetime import timedelta

import pytest

from sm_tf import InvalidPropsError, MathExpression, Metric, Unit


def metric(**fields):
    return Metric(**{"namespace": "Custom", "metric_name": "Tokens", **fields})


@pytest.mark.parametrize("period", [1, 5, 10, 20, 30, 60, 120, 86_400])
def test_periods_that_cloudwatch_knows(period) -> None:
    assert metric(period=timedelta(seconds=period)).to_alarm_arguments()["period"] == period


@pytest.mark.parametrize(
    "period", [timedelta(0), timedelta(seconds=45), timedelta(seconds=-60), timedelta(seconds=60.5)]
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
        ("wm98", "wm98"),
        ("tc90", "tc90"),
        ("ts90", "ts90"),
        ("iqm", "IQM"),
        ("tm(10%:90%)", "TM(10%:90%)"),
        ("WM(:95%)", "WM(:95%)"),
        ("TM(150:1000)", "TM(150:1000)"),
        ("TC(0.005:0.030)", "TC(0.005:0.030)"),
        ("ts(80%:)", "TS(80%:)"),
        ("PR(:300)", "PR(:300)"),
        ("pr(100:2000)", "PR(100:2000)"),
    ],
)
def test_extended_statistics_in_any_case(given, emitted) -> None:
    arguments = metric(statistic=given).to_alarm_arguments()
    assert arguments["extended_statistic"] == emitted
    assert "statistic" not in arguments


@pytest.mark.parametrize(
    "statistic",
    [
        "",
        "p",
        "p100.0",
        "p101",
        "p99.12345678901",
        "median",
        "p99 ",
        "TM()",
        "TM(:)",
        "TM(10%:90)",
        "TM(10%:110%)",
        "PR(1%:2%)",
        "p(10%:90%)",
        "iqm90",
    ],
)
def test_other_statistics_are_refused(statistic) -> None:
    with pytest.raises(
        InvalidPropsError, match="must be Average, Sum, Minimum, Maximum, SampleCount, or an extended"
    ):
        metric(statistic=statistic)


def test_a_statistic_that_terraform_knows_needs_the_long_form() -> None:
    (query,) = metric(statistic="${var.statistic}").to_alarm_arguments()["metric_query"]
    assert query["metric"]["stat"] == "${var.statistic}"


@pytest.mark.parametrize("unit", [*Unit, "Microseconds", "${var.unit}"])
def test_units_that_cloudwatch_knows(unit) -> None:
    assert metric(unit=unit).to_alarm_arguments()["unit"] == unit


@pytest.mark.parametrize("unit", ["microseconds", "ms", ""])
def test_other_units_are_refused(unit) -> None:
    with pytest.raises(
        InvalidPropsError, match=rf"metric Tokens: unit '{unit}' must be one of Seconds, Microseconds, "
    ):
        metric(unit=unit)


@pytest.mark.parametrize(
    "dimensions", [{"": "x"}, {"x" * 256: "x"}, {"a": ""}, {"a": 5}, {f"d{n}": "x" for n in range(31)}]
)
def test_bad_dimensions_are_refused(dimensions) -> None:
    with pytest.raises(InvalidPropsError, match="dimension"):
        metric(dimensions_map=dimensions)


def test_a_color_is_for_graphs_alone() -> None:
    assert metric(color="#1f77b4").to_alarm_arguments() == metric().to_alarm_arguments()


@pytest.mark.parametrize("color", ["red", "1f77b4", "#1f77b", "#1f77b4 "])
def test_other_colors_are_refused(color) -> None:
    with pytest.raises(InvalidPropsError, match=rf"color '{color}' must be # and six hexadecimal digits"):
        metric(color=color)


def test_with_makes_another_one_and_adds_dimensions() -> None:
    one = metric(dimensions_map={"a": "1"})
    other = one.with_(statistic="p50", color="#000000", dimensions_map={"b": "2"})
    assert (one.statistic, one.color, dict(one.dimensions_map)) == ("Average", None, {"a": "1"})
    assert (other.statistic, other.color) == ("p50", "#000000")
    assert dict(other.dimensions_map) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("extra", [{"label": "latency"}, {"account": "123456789012"}])
def test_a_label_or_an_account_needs_the_long_form(extra) -> None:
    (query,) = metric(dimensions_map={"a": "1"}, **extra).to_alarm_arguments()["metric_query"]
    assert query["metric"]["stat"] == "Average"
    assert query["return_data"] is True


def test_a_band_of_expected_values_is_an_expression() -> None:
    one = metric(period=timedelta(minutes=1))
    band = Metric.anomaly_detection_for(one, std_devs=3, label="expected")
    assert band == MathExpression(
        expression="ANOMALY_DETECTION_BAND(m0, 3)",
        using_metrics={"m0": one},
        period=timedelta(minutes=1),
        label="expected",
    )
    assert band.is_anomaly_detection_band
    assert not one.is_anomaly_detection_band
    assert Metric.anomaly_detection_for(one).expression == "ANOMALY_DETECTION_BAND(m0, 2)"


@pytest.mark.parametrize("std_devs", [0, -1])
def test_a_band_has_a_width(std_devs) -> None:
    with pytest.raises(InvalidPropsError, match=rf"std_devs {std_devs!r} must be a number above 0"):
        Metric.anomaly_detection_for(metric(), std_devs=std_devs)
