from sm_tf.sandbox.aws.capacity import Capacity, Turns


def waits(capacity: Capacity, *times: float, instances: int = 1) -> list[float | None]:
    turns = Turns()
    return [turns.wait(capacity, instances, time) for time in times]


def test_a_request_waits_for_those_before_it() -> None:
    capacity = Capacity(requests_per_second=2)
    assert waits(capacity, 0.0, 0.0, 0.25, 9.0) == [0.0, 0.5, 0.75, 0.0]


def test_two_instances_bear_twice_as_much() -> None:
    capacity = Capacity(requests_per_second=2)
    assert waits(capacity, 0.0, 0.0, 0.0, instances=2) == [0.0, 0.25, 0.5]


def test_who_would_wait_too_long_is_refused_and_takes_no_turn() -> None:
    capacity = Capacity(requests_per_second=2, max_wait=0.75)
    assert waits(capacity, 0.0, 0.0, 0.0, 0.25) == [0.0, 0.5, None, 0.75]


def test_without_a_rate_nobody_waits() -> None:
    assert waits(Capacity(latency=3.0), 0.0, 0.0) == [0.0, 0.0]
