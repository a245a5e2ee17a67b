from datetime import timedelta

import pytest

from sm_tf import AlarmThresholds, InvalidPropsError


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"error_rate_5xx": 0}, "error_rate_5xx 0 must be a percentage above 0, at most 100, or None"),
        ({"error_rate_4xx": 101}, "error_rate_4xx 101 must be a percentage above 0, at most 100, or None"),
        ({"cpu_utilization": "80"}, "cpu_utilization '80' must be a number"),
        ({"memory_utilization": True}, "memory_utilization True must be a number"),
        ({"disk_utilization": float("nan")}, "disk_utilization nan must be a number"),
        ({"gpu_utilization": 400}, "gpu_utilization 400 must be a percentage"),
        ({"gpu_memory_utilization": -1}, "gpu_memory_utilization -1 must be a percentage"),
        ({"serverless_concurrency": 0}, "serverless_concurrency 0 must be a percentage"),
        ({"model_cache_hit_rate": 200}, "model_cache_hit_rate 200 must be a percentage"),
        ({"failed_requests": 0}, "failed_requests 0 must be a whole number, 1 or more, or None"),
        ({"expired_requests": 1.5}, "expired_requests 1.5 must be a whole number"),
        ({"spillover_requests": "1"}, "spillover_requests '1' must be a whole number"),
        ({"minimum_requests": 0}, "minimum_requests 0 must be a whole number, 1 or more"),
        ({"minimum_requests": None}, "minimum_requests None must be a whole number"),
        (
            {"minimum_requests": "${var.requests}"},
            r"minimum_requests '\${var.requests}' must be a whole number",
        ),
        ({"model_latency": 100_000}, "model_latency 100000 must be a timedelta, such as"),
        (
            {"async_model_latency": timedelta(0)},
            "async_model_latency .* must be a timedelta, above 0, or None",
        ),
        ({"overhead_latency": timedelta(-1)}, "overhead_latency .* must be a timedelta, above 0, or None"),
        ({"age_of_oldest_request": 900}, "age_of_oldest_request 900 must be a timedelta, such as"),
        (
            {"capacity_at_maximum": timedelta(seconds=90)},
            "capacity_at_maximum .* must be a timedelta, whole minutes up to a day, or None",
        ),
        (
            {"backlog_without_capacity": timedelta(days=2)},
            "backlog_without_capacity .* must be a timedelta, whole minutes up to a day, or None",
        ),
    ],
)
def test_impossible_thresholds_are_refused(given, problem):
    with pytest.raises(InvalidPropsError, match=problem):
        AlarmThresholds(**given)


def test_all_mistakes_are_listed():
    with pytest.raises(InvalidPropsError) as error:
        AlarmThresholds(error_rate_5xx=0, failed_requests=0, model_latency=1)
    assert len(error.value.problems) == 3
    assert error.value.where == "AlarmThresholds"


def test_none_and_what_terraform_knows_are_taken():
    thresholds = AlarmThresholds(error_rate_5xx=None, model_latency=None, cpu_utilization="${var.cpu}")
    assert thresholds.cpu_utilization == "${var.cpu}"
