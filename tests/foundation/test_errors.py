import pytest

from sm_tf import InvalidPropsError, SmTfError, ToolError
from sm_tf.foundation.errors import UsageError, checking


@pytest.mark.parametrize("error", [InvalidPropsError, ToolError, UsageError])
def test_every_error_is_an_smtf_error(error: type[Exception]) -> None:
    assert issubclass(error, SmTfError)


def test_wrong_values_alone_are_value_errors() -> None:
    assert issubclass(InvalidPropsError, ValueError)
    assert not issubclass(SmTfError, ValueError)
    assert not issubclass(ToolError, ValueError)
    assert not issubclass(UsageError, ValueError)


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
