import io

import pytest
from rich.console import Console

from sm_tf.cli.report import LineReporter, TerminalReporter
from sm_tf.sandbox.inventory import Row

NAME = "a-name-that-is-longer-than-a-narrow-terminal-" + "x" * 60


def row(stack: str, name: str = NAME) -> Row:
    return Row(stack=stack, address="aws_sagemaker_model.m", kind="model", name=name, state="image:1")


@pytest.fixture(params=["lines", "live"])
def reporter(request: pytest.FixtureRequest) -> LineReporter:
    if request.param == "lines":
        return LineReporter(with_table=True)
    return TerminalReporter(
        with_table=True, console=Console(file=io.StringIO(), force_terminal=True, width=40)
    )


def test_names_stay_whole_where_the_table_is_not_on_a_terminal(
    reporter: LineReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter.table([row("demo")])
    assert capsys.readouterr().out.splitlines() == [
        f"what   {'name in AWS':{len(NAME)}}  state in AWS",
        f"model  {NAME}  image:1",
    ]


def test_several_stacks_are_named(reporter: LineReporter, capsys: pytest.CaptureFixture[str]) -> None:
    reporter.table([row("demo", "m"), row("other", "m")])
    assert capsys.readouterr().out.splitlines() == [
        "stack  what   name in AWS  state in AWS",
        "demo   model  m            image:1",
        "other  model  m            image:1",
    ]


def test_a_table_may_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    LineReporter(with_table=False).table([row("demo")])
    assert capsys.readouterr().out == ""


def test_a_step_is_one_line_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    with LineReporter(with_table=True).step("demo", "plan") as step:
        step.finish("2 to create")
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err.startswith("demo             plan         2 to create (")
