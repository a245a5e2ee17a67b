"""Writes cli.md: what every command of sm-tf says with --help."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("cli.md")
_START = """\
# The command line

Exit codes: 0 done, 1 failed, 2 wrong usage or a conflict with what is there, 130 interrupted. An error is
told in one line, what follows explains it; `--debug` shows the traceback. Results go to standard output, all
else to standard error; on a terminal, what takes longer shows its progress.

This page is written by `python docs/generate.py`.
"""


def page() -> str:
    """The text of the page, from the commands themselves."""
    parts = [_START, _section("sm-tf", said := _help())]
    parts += [_section(f"sm-tf {name}", _help(name)) for name in _commands(said)]
    return "\n".join(parts)


def _help(*command: str) -> str:
    program = Path(sys.executable).with_name("sm-tf")
    environment = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [program, *command, "--help"], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def _commands(said: str) -> list[str]:
    return re.findall(r"^  (\S+)", said.split("Commands:\n")[1], re.MULTILINE)


def _section(title: str, said: str) -> str:
    return f"## `{title}`\n\n```console\n$ {title} --help\n{said.rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page())
