"""The command line: its commands, and the errors that end them."""

import signal
import sys
import traceback
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

import sm_tf
from sm_tf.bindings.engine import CLI, OUTDIR, STACKS
from sm_tf.cli import (
    doctor,
    init,
    load_test,
    module,
    permissions,
    plan,
    publish,
    sandbox,
    synth,
    update,
    validate,
    verify,
)
from sm_tf.cli.failure import print_json, report
from sm_tf.cli.interruption import Interrupted
from sm_tf.foundation.errors import SmTfError, UsageError
from sm_tf.foundation.foreign import printable
from sm_tf.project.program_error import ProgramError

FAILED, USAGE, INTERRUPTED = 1, 2, 130

# Click's UsageError, which Typer does not export.
_ClickUsageError: type[Any] = typer.BadParameter.__bases__[0]
# The commands that others do.
_ELSEWHERE = {
    "deploy": ("deploy", "apply"),
    "apply": ("deploy", "apply"),
    "destroy": ("destroy", "destroy"),
}


class _Commands(TyperGroup):
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Name the command of CDKTF or Terraform that the user looks for."""
        if args and args[0] in _ELSEWHERE:
            of_cli, of_terraform = _ELSEWHERE[args[0]]
            raise UsageError(
                f"sm-tf has no command {args[0]}: run `{CLI} {of_cli}` or, after `sm-tf synth`, "
                f"`terraform -chdir={OUTDIR}/{STACKS}/STACK init` and "
                f"`terraform -chdir={OUTDIR}/{STACKS}/STACK {of_terraform}`."
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an interruption gets past Typer, which would say nothing."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted("Interrupted.") from None


app = typer.Typer(
    name="sm-tf",
    cls=_Commands,
    help="Machine-learning models on Amazon SageMaker with Terraform.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Rich would double the time that help takes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("update")(update.update)
app.command("synth")(synth.synth)
app.command("validate")(validate.validate)
app.command("plan")(plan.plan)
app.command("module")(module.module)
app.command("publish")(publish.publish)
app.command("permissions")(permissions.permissions)
app.command("verify")(verify.verify)
app.command("sandbox")(sandbox.sandbox)
app.command("load-test")(load_test.load_test)
app.command("doctor")(doctor.doctor)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"sm-tf {sm_tf.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command."""
    # main() has read it already, at any place.
    del version, debug


def main() -> NoReturn:
    """Run the command line of this process and exit.

    Exit codes: 0 done, 1 failed, 2 wrong usage or a conflict with existing files, 130 interrupted.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        code = app(args=arguments, prog_name="sm-tf", standalone_mode=False)
    except _ClickUsageError as error:
        error.show()
        _end(error, USAGE)
    except (Interrupted, typer.Abort) as error:
        report(error)
        _end(error, INTERRUPTED)
    except (SmTfError, OSError) as error:
        if "--debug" in sys.argv:
            typer.echo(_traceback(error), err=True)
        report(error)
        if isinstance(error, ProgramError) and "--debug" not in sys.argv:
            typer.echo("  sm-tf --debug shows the traceback.", err=True)
        _end(error, USAGE if isinstance(error, UsageError) else FAILED)
    sys.exit(code or 0)


def _traceback(error: Exception) -> str:
    """The traceback of the user's program if that failed, else of this one."""
    if isinstance(error, ProgramError):
        return error.traceback
    return printable("".join(traceback.format_exception(error)))


def _end(error: Exception, code: int) -> NoReturn:
    if "--json" in sys.argv:
        print_json(error)
    sys.exit(code)


def _terminate(number: int, _frame: Any) -> NoReturn:
    # Everything that is open is closed on the way out.
    sys.exit(128 + number)
