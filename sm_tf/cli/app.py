"""The command line: its commands, and how errors end it."""

import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from sm_tf.cli import doctor, init, load_test, plan, sandbox, synth, update, validate, verify
from sm_tf.foundation.errors import SmTfError, UsageError

FAILED, USAGE, INTERRUPTED = 1, 2, 130


class _Commands(TyperGroup):
    """Typer loads pydantic, a tenth of a second, to check that a flag which nobody gave is a flag."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The group's own options; its flags are off unless they are given."""
        params = super().get_params(ctx)
        for param in params:
            if getattr(param, "is_flag", False) and param.default is None:
                param.default = False
        return list(params)


app = typer.Typer(
    name="sm-tf",
    cls=_Commands,
    help="Machine-learning models on Amazon SageMaker with Terraform.",
    no_args_is_help=True,
    # Rich would double the time that help takes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("update")(update.update)
app.command("synth")(synth.synth)
app.command("validate")(validate.validate)
app.command("plan")(plan.plan)
app.command("verify")(verify.verify)
app.command("sandbox")(sandbox.sandbox)
app.command("load-test")(load_test.load_test)
app.command("doctor")(doctor.doctor)


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command."""
    # main() has looked at it already: it holds wherever it stands.
    del debug


def main() -> NoReturn:
    """Run this process's command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    try:
        app(args=[argument for argument in arguments if argument != "--debug"], prog_name="sm-tf")
    except KeyboardInterrupt:
        if debug:
            raise
        _fail("Interrupted.", INTERRUPTED)
    except SmTfError as error:
        if debug:
            raise
        _fail(str(error), USAGE if isinstance(error, UsageError) else FAILED)
    except OSError as error:
        if debug:
            raise
        # A full disk, a folder that may not be written: the system's words say it.
        _fail(": ".join(str(part) for part in (error.filename, error.strerror) if part), FAILED)
    sys.exit(0)


def _terminate(number: int, _frame: Any) -> NoReturn:
    # Everything that is open is closed on the way out.
    sys.exit(128 + number)


def _fail(message: str, code: int) -> NoReturn:
    first, _, rest = message.partition("\n")
    typer.secho(first, fg=typer.colors.RED, err=True)
    if rest:
        typer.echo(rest, err=True)
    sys.exit(code)
