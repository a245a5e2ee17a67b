"""Constructs are asked again only after somebody could have changed something."""

from typing import Any

import jsii
import pytest
from cdktf import App, IAnyProducer, Lazy, LocalBackend, TerraformOutput, TerraformStack

from sm_tf.bindings import messages
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.errors import Checks


class Asked(SmTfConstruct):
    """Counts how often it is checked."""

    times = 0

    def _check_at_synth(self, check: Checks) -> None:
        self.times += 1
        check.require(self.times < 100, "too often")


@jsii.implements(IAnyProducer)
class Program:
    """A part of a program that runs while the stack is synthesized, and could change anything."""

    @jsii.member(jsii_name="produce")
    def produce(self, _: object) -> str:
        return "value"


@pytest.fixture
def asked(app: App) -> Asked:
    stack = TerraformStack(app, "demo")
    LocalBackend(stack, path="terraform.tfstate")
    return Asked(stack, "Asked")


def test_once_in_a_synthesis(app: App, asked: Asked) -> None:
    app.synth()
    assert asked.times == 1


def test_again_after_the_program_ran(app: App, asked: Asked) -> None:
    TerraformOutput(TerraformStack.of(asked), "output", value=Lazy.any_value(Program()))
    app.synth()
    assert asked.times == 2


def test_at_each_synthesis(asked: Asked, synth: Any) -> None:
    for times in (1, 2):
        synth(TerraformStack.of(asked))
        assert asked.times == times


def test_stacks_do_not_disturb_each_other(app: App, asked: Asked) -> None:
    others = []
    for name in ("one", "two"):
        stack = TerraformStack(app, name)
        LocalBackend(stack, path=f"{name}.tfstate")
        others.append(Asked(stack, "Asked"))
    app.synth()
    assert [each.times for each in (asked, *others)] == [1, 1, 1]


def test_always_where_messages_are_not_counted(
    app: App, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_counts", False)
    app.synth()
    assert asked.times == 2


def test_an_unknown_engine_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from jsii._kernel.providers import process

    with monkeypatch.context() as patch:
        patch.delattr(process, "_NodeProcess")
        assert messages._count_what_is_sent() is False


def test_numbers_differ_after_other_messages(app: Any) -> None:
    numbers = []
    for others in (0, 0, 1):
        for _ in range(others):
            app.to_string()
        with messages.answering() as number:
            app.to_string()  # A question of ours.
        app.to_string()  # The answer.
        numbers.append(number)
    assert numbers[0] == numbers[1] != numbers[2]
