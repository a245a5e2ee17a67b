import pytest

from sm_tf import InvalidPropsError, SmTfError, ToolError
from sm_tf.errors import checking


def test_every_error_is_an_smtf_error_and_a_value_error() -> None:
    assert issubclass(InvalidPropsError, SmTfError)
    assert issubclass(ToolError, SmTfError)
    assert issubclass(SmTfError, ValueError)


def test_one_problem_stands_behind_its_place() -> None:
    error = InvalidPropsError("stack/Model", ["too long"])
    assert str(error) == "stack/Model: too long"


def test_several_problems_are_a_list() -> None:
    def call() -> None:
        with checking("stack/Model") as check:
            check.require(False, "too long")
            check.require(True, "never told")
            check.require(False, "too short")

    with pytest.raises(InvalidPropsError) as caught:
        call()
    assert str(caught.value) == "stack/Model: \n  - too long\n  - too short"
    assert caught.value.where == "stack/Model"
    assert caught.value.problems == ["too long", "too short"]


def test_nothing_is_raised_when_nothing_is_wrong() -> None:
    with checking("stack/Model") as check:
        check.require(True, "never told")


def test_another_error_inside_the_block_comes_through() -> None:
    def call() -> None:
        with checking("stack/Model") as check:
            check.require(False, "too long")
            raise KeyError("x")

    with pytest.raises(KeyError):
        call()
