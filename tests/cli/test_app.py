import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest

import sm_tf as sm_tf_package

pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_help_is_quick_to_come() -> None:
    """It loads none of the heavy packages."""
    program = (
        "import sys\nfrom sm_tf.cli import main\n"
        "sys.argv = ['sm-tf', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'cdktf', 'jsii', 'moto', 'boto3', 'flask'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "sandbox" in done.stdout


def test_an_unknown_command_is_wrong_usage(sm_tf: Run) -> None:
    done = sm_tf("nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr


@pytest.mark.parametrize("command", [["sm-tf"], [sys.executable, "-m", "sm_tf"]], ids=["sm-tf", "module"])
def test_the_version_is_that_of_the_package(command: list[str]) -> None:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"sm-tf {version('sm-tf')}\n")
    assert sm_tf_package.__version__ == version("sm-tf")


@pytest.mark.parametrize("arguments", [("-h",), ("synth", "-h")])
def test_h_is_help(sm_tf: Run, arguments: tuple[str, ...]) -> None:
    done = sm_tf(*arguments)
    assert done.returncode == 0
    assert done.stdout == sm_tf(*arguments[:-1], "--help").stdout
    assert done.stdout.startswith("Usage: sm-tf")


@pytest.mark.parametrize(
    ("command", "cdktf", "terraform"),
    [("deploy", "deploy", "apply"), ("apply", "deploy", "apply"), ("destroy", "destroy", "destroy")],
)
def test_commands_of_others_are_named(sm_tf: Run, command: str, cdktf: str, terraform: str) -> None:
    done = sm_tf(command, "--auto-approve")
    assert done.returncode == 2
    assert done.stderr == (
        f"sm-tf has no command {command}: run `cdktf {cdktf}` or, after `sm-tf synth`, "
        f"`terraform -chdir=cdktf.out/stacks/STACK init` and "
        f"`terraform -chdir=cdktf.out/stacks/STACK {terraform}`.\n"
    )


def test_an_error_has_a_traceback_only_on_request(sm_tf: Run) -> None:
    plain = sm_tf("sandbox", "nope")
    assert plain.returncode == 2
    assert "Traceback" not in plain.stderr
    assert "No stack is named nope: the program has app, hosting." in plain.stderr
    assert "Traceback" in sm_tf("sandbox", "nope", "--debug").stderr
