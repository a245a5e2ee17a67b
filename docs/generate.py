"""Writes cli.md: the help of every command of sm-tf."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("cli.md")
_START = """\
# The command line

Exit codes: 0 done, 1 failed, 2 wrong usage or a conflict with existing files, 130 interrupted. The first line
of an error is the error itself, and further lines explain it; `--debug` shows the traceback. If your program
fails, the error names its line. Results go to standard output, everything else to standard error. On a
terminal, long steps show their progress. [json.md](json.md) has the forms of `--json`. `python -m sm_tf` is
the same command.

`python docs/generate.py` writes this page.
"""


def page() -> str:
    """The text of the page, from the commands themselves."""
    parts = [_START, _section("sm-tf", text := _help())]
    parts += [_section(f"sm-tf {name}", _help(name)) for name in _commands(text)]
    return "\n".join(parts)


def _help(*command: str) -> str:
    program = Path(sys.executable).with_name("sm-tf")
    environment = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [program, *command, "--help"], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def _commands(text: str) -> list[str]:
    return re.findall(r"^  (\S+)", text.split("Commands:\n")[1], re.MULTILINE)


def _section(title: str, text: str) -> str:
    return f"## `{title}`\n\n```console\n$ {title} --help\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page())
