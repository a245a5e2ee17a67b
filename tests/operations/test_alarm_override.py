"""Changes to single recommended alarms."""

from datetime import timedelta

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import AlarmOverride, AlarmThresholds, InvalidPropsError, RecommendedAlarm

ALARM = "aws_cloudwatch_metric_alarm"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
RUNBOOK = "https://runbooks.example.com/cpu"


@pytest.fixture
def alarm(stack, synth, new_endpoint):
    """One alarm of an endpoint that scales to four instances, with an override."""

    def make(name, override, **options):
        endpoint = new_endpoint()
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=4)
        endpoint.add_recommended_alarms(overrides={name: override}, **options)
        return synth(stack).named(ALARM, f"Endpoint_Alarms_main-{name}_")

    return make


class TestThreshold:
    def test_of_a_percentage(self, alarm) -> None:
        changed = alarm(RecommendedAlarm.CPU, AlarmOverride(threshold=95.5))
        assert changed["threshold"] == 95.5
        assert changed["alarm_description"].endswith("the instances use 95.5% or more of their CPU.")

    def test_of_a_latency_is_a_duration(self, alarm) -> None:
        changed = alarm(RecommendedAlarm.MODEL_LATENCY, AlarmOverride(threshold=timedelta(milliseconds=250)))
        assert changed["threshold"] == 250_000
        assert changed["alarm_description"].endswith("the p99 model latency is 0.25 seconds or longer.")

    def test_of_instances_is_a_number(self, alarm) -> None:
        changed = alarm(RecommendedAlarm.CAPACITY_AT_MAXIMUM, AlarmOverride(threshold=3))
        assert changed["threshold"] == 3
        assert "at least 3 of 4 instances have been running for 15 minutes" in changed["alarm_description"]

    def test_may_be_known_to_terraform_alone(self, stack, alarm) -> None:
        cpu = TerraformVariable(stack, "cpu", type="number").number_value
        changed = alarm(RecommendedAlarm.CPU, AlarmOverride(threshold=cpu))
        assert changed["threshold"] == "${var.cpu}"
        assert "use ${var.cpu}% or more" in changed["alarm_description"]

    def test_overrides_the_one_of_all_alarms(self, alarm) -> None:
        changed = alarm(
            RecommendedAlarm.CPU, AlarmOverride(threshold=95), thresholds=AlarmThresholds(cpu_utilization=70)
        )
        assert changed["threshold"] == 95


class TestPeriods:
    @pytest.mark.parametrize(
        ("name", "periods", "datapoints"),
        [
            # Two of three, and so on.
            (RecommendedAlarm.ERROR_RATE_5XX, 1, 1),
            (RecommendedAlarm.ERROR_RATE_5XX, 2, 2),
            (RecommendedAlarm.ERROR_RATE_5XX, 6, 4),
            (RecommendedAlarm.CPU, 5, 5),
            # Twelve of fifteen.
            (RecommendedAlarm.CAPACITY_AT_MAXIMUM, 30, 24),
        ],
    )
    def test_the_share_that_must_breach_stays(self, alarm, name, periods, datapoints) -> None:
        changed = alarm(name, AlarmOverride(evaluation_periods=periods))
        assert (changed["evaluation_periods"], changed["datapoints_to_alarm"]) == (periods, datapoints)

    def test_a_period_holds_for_all_that_is_computed_with(self, alarm) -> None:
        changed = alarm(RecommendedAlarm.ERROR_RATE_5XX, AlarmOverride(period=timedelta(minutes=1)))
        periods = [query["metric"]["period"] for query in changed["metric_query"] if "metric" in query]
        assert periods == [60, 60]

    def test_the_description_tells_them(self, alarm, stack, synth, new_async_endpoint) -> None:
        longer = AlarmOverride(evaluation_periods=10, period=timedelta(minutes=2))
        changed = alarm(RecommendedAlarm.CAPACITY_AT_MAXIMUM, longer)
        assert changed["period"] == 120
        assert changed["alarm_description"].endswith("have been running for 20 minutes.")
        hourly = AlarmOverride(period=timedelta(hours=1), threshold=20)
        new_async_endpoint().add_recommended_alarms(overrides={RecommendedAlarm.FAILED_REQUESTS: hourly})
        failed = synth(stack).named(ALARM, "Async_Alarms_main-failed-requests_")
        assert failed["alarm_description"].endswith("20 or more requests failed within 60 minutes.")


def test_actions_instead_of_the_topic(stack, alarm) -> None:
    team = SnsTopic(stack, "Team")
    changed = alarm(RecommendedAlarm.CPU, AlarmOverride(actions=[team, TOPIC]), topic=TOPIC + "-all")
    assert changed["alarm_actions"] == changed["ok_actions"] == ["${aws_sns_topic.Team.arn}", TOPIC]


def test_no_actions(alarm) -> None:
    changed = alarm(RecommendedAlarm.CPU, AlarmOverride(actions=[]), topic=TOPIC)
    assert "alarm_actions" not in changed
    assert "ok_actions" not in changed


def test_a_runbook_is_linked_in_the_description(alarm) -> None:
    changed = alarm(RecommendedAlarm.CPU, AlarmOverride(runbook_url=RUNBOOK))
    assert changed["alarm_description"] == (
        "WARNING: endpoint demo-endpoint, variant main: the instances use 80% or more of their CPU. "
        f"Runbook: {RUNBOOK}"
    )


def test_the_longest_runbook_leaves_a_description_that_cloudwatch_takes(alarm) -> None:
    url = "https://example.com/".ljust(600, "x")
    assert len(alarm(RecommendedAlarm.CAPACITY_AT_MAXIMUM, AlarmOverride(runbook_url=url))) > 0


def test_one_that_is_left_out(stack, synth, new_endpoint) -> None:
    endpoint = new_endpoint()
    alarms = endpoint.add_recommended_alarms(overrides={RecommendedAlarm.CPU: AlarmOverride(enabled=False)})
    assert "main-cpu" not in alarms.alarms
    assert "main-memory" in alarms.alarms
    # It isn't missed at synth either.
    assert len(synth(stack).resources(ALARM)) == len(alarms.alarms)


def test_holds_for_every_variant_that_has_it(new_endpoint, new_serverless_endpoint) -> None:
    override = {RecommendedAlarm.MEMORY: AlarmOverride(threshold=99)}
    for endpoint in (new_endpoint(), new_serverless_endpoint()):
        assert endpoint.add_recommended_alarms(overrides=override).alarms["main-memory"].threshold == 99


def test_a_name_may_be_its_text(new_endpoint) -> None:
    alarms = new_endpoint().add_recommended_alarms(overrides={"cpu": AlarmOverride(threshold=99)})
    assert alarms.alarms["main-cpu"].threshold == 99


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"threshold": "80"}, "threshold '80' must be a number or a timedelta, such as"),
        ({"threshold": True}, "threshold True must be a number"),
        ({"evaluation_periods": 0}, "evaluation_periods 0 must be a whole number, 1 or more"),
        (
            {"evaluation_periods": "${var.n}"},
            "evaluation_periods '${var.n}' must be known at synth",
        ),
        ({"period": 60}, "period 60 must be a timedelta, such as"),
        ({"period": timedelta(seconds=90)}, "period datetime.timedelta(seconds=90) must be a timedelta"),
        ({"period": timedelta(days=2)}, "period datetime.timedelta(days=2) must be a timedelta, whole"),
        ({"actions": TOPIC}, f"actions is '{TOPIC}'; pass a list"),
        ({"runbook_url": "wiki/cpu"}, "runbook_url 'wiki/cpu' must be an http or https URL of at most 600"),
        ({"runbook_url": "https://a b"}, "runbook_url 'https://a b' must be an http or https URL"),
        ({"runbook_url": "https://".ljust(601, "x")}, "runbook_url 'https://xxx"),
        ({"runbook_url": 3}, "runbook_url 3 must be a string"),
        ({"enabled": "no"}, "enabled 'no' must be True or False"),
        (
            {"enabled": False, "threshold": 3, "runbook_url": RUNBOOK},
            "enabled=False leaves the alarm out, so threshold, runbook_url would have no effect",
        ),
    ],
)
def test_impossible_values_are_refused(given, problem) -> None:
    with pytest.raises(InvalidPropsError, match="AlarmOverride: ") as caught:
        AlarmOverride(**given)
    (told,) = caught.value.problems
    assert told.startswith(problem)


def test_all_mistakes_of_one_are_listed() -> None:
    with pytest.raises(InvalidPropsError) as caught:
        AlarmOverride(threshold="x", evaluation_periods=0, period=60, actions="x", runbook_url="x", enabled=1)
    assert len(caught.value.problems) == 6


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        ({"cpu-load": AlarmOverride()}, "a key of overrides 'cpu-load' must be one of 5xx-"),
        ({RecommendedAlarm.CPU: 80}, "overrides[<RecommendedAlarm.CPU: 'cpu'>] is 80; pass an AlarmOverride"),
        (
            {RecommendedAlarm.GPU: AlarmOverride(threshold=80)},
            "overrides['gpu']: no variant of this endpoint has this alarm with these thresholds; their "
            "alarms are 5xx-error-rate, model-latency, overhead-latency, memory, disk, cpu, capacity-at-m",
        ),
        # Left out by the thresholds.
        (
            {RecommendedAlarm.ERROR_RATE_4XX: AlarmOverride(threshold=80)},
            "overrides['4xx-error-rate']: no variant of this endpoint has this alarm with these thresholds",
        ),
        (
            {RecommendedAlarm.CPU: AlarmOverride(threshold=180)},
            "overrides['cpu']: threshold 180 must be a percentage above 0, at most 100",
        ),
        (
            {RecommendedAlarm.CPU: AlarmOverride(threshold=timedelta(1))},
            "overrides['cpu']: threshold datetime.timedelta(days=1) must be a percentage",
        ),
        (
            {RecommendedAlarm.MODEL_LATENCY: AlarmOverride(threshold=500)},
            "overrides['model-latency']: threshold 500 must be a timedelta, above 0",
        ),
        (
            {RecommendedAlarm.CAPACITY_AT_MAXIMUM: AlarmOverride(threshold=5)},
            "overrides['capacity-at-maximum']: threshold 5 must be a whole number, 1 to 4",
        ),
        (
            {RecommendedAlarm.CPU: AlarmOverride(evaluation_periods=289)},
            "overrides['cpu']: evaluation_periods 289 of 0:05:00 are longer than 1 day(s)",
        ),
        (
            {RecommendedAlarm.CPU: AlarmOverride(actions=["ops@example.com"])},
            "overrides['cpu']: actions: 'ops@example.com' must be an ARN, or a resource",
        ),
        (
            {RecommendedAlarm.CPU: AlarmOverride(actions=[f"{TOPIC}{number}" for number in range(6)])},
            "overrides['cpu']: actions has 6 actions; AWS takes at most 5",
        ),
        ([AlarmOverride()], "overrides is [AlarmOverride("),
    ],
)
def test_overrides_that_do_not_fit_are_refused(new_endpoint, overrides, problem) -> None:
    endpoint = new_endpoint()
    endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=4)
    with pytest.raises(InvalidPropsError, match="demo/Endpoint: ") as caught:
        endpoint.add_recommended_alarms(overrides=overrides, thresholds=AlarmThresholds(error_rate_4xx=None))
    (told,) = caught.value.problems
    assert told.startswith(problem)


def test_a_metric_that_is_1_or_0_has_no_threshold_to_set(new_async_endpoint) -> None:
    override = {RecommendedAlarm.BACKLOG_WITHOUT_CAPACITY: AlarmOverride(threshold=2)}
    with pytest.raises(InvalidPropsError, match="the metric is 1 or 0; set evaluation_periods instead"):
        new_async_endpoint().add_recommended_alarms(overrides=override)


def test_all_mistakes_of_all_overrides_are_listed(new_endpoint) -> None:
    with pytest.raises(InvalidPropsError) as caught:
        new_endpoint().add_recommended_alarms(
            overrides={
                RecommendedAlarm.CPU: AlarmOverride(threshold=180, evaluation_periods=1000, actions=["me"]),
                RecommendedAlarm.GPU: AlarmOverride(),
            },
            topic="me",
        )
    assert len(caught.value.problems) == 5
