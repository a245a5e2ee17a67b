import subprocess
import sys
from collections.abc import Callable

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


def test_an_error_has_a_traceback_only_on_request(sm_tf: Run) -> None:
    plain = sm_tf("sandbox", "nope")
    assert plain.returncode == 2
    assert "Traceback" not in plain.stderr
    assert "No stack is named nope: the program has app, hosting." in plain.stderr
    assert "Traceback" in sm_tf("sandbox", "nope", "--debug").stderr
