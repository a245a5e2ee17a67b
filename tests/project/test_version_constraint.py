import pytest

from sm_tf.project.version_constraint import allows, version_key


@pytest.mark.parametrize(
    "constraint",
    [
        "5.100.0",
        "= 5.100.0",
        ">= 5.100.0, < 7.0.0",
        "~> 5.100",
        "~> 5.99",
        "~> 5.100.0",
        "> 5.99",
        "<= 5.100",
        "",
    ],
)
def test_constraints_that_allow_5_100_0(constraint: str) -> None:
    assert allows(constraint, "5.100.0")


@pytest.mark.parametrize(
    "constraint", ["6.25.0", ">= 6.0.0", "~> 6.0", "~> 5.99.0", "!= 5.100.0", ">= 5.0.0, < 5.100.0", "< 5"]
)
def test_constraints_that_refuse_5_100_0(constraint: str) -> None:
    assert not allows(constraint, "5.100.0")


def test_a_condition_that_is_not_understood_is_left_to_terraform() -> None:
    assert allows("something new", "5.100.0")


def test_versions_sort_by_number() -> None:
    assert sorted(["5.100.0", "5.9.1", "6.0"], key=version_key) == ["5.9.1", "5.100.0", "6.0"]
