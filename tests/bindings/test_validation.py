import pytest

from sm_tf.bindings.core import Construct
from sm_tf.bindings.validation import validate_at_synth


def test_problems_fail_the_synthesis_with_the_path(stack, synth) -> None:
    validate_at_synth(Construct(stack, "Thing"), lambda: ["one", "two"])
    with pytest.raises(RuntimeError, match=r"\[demo/Thing\] one\s+\[demo/Thing\] two"):
        synth(stack)


def test_they_are_looked_for_when_the_program_has_run(stack, synth) -> None:
    problems = ["one"]
    validate_at_synth(Construct(stack, "Thing"), lambda: problems)
    problems.clear()
    assert synth(stack).content
