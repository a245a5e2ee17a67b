"""Finds a template: a built-in one by its name, a folder, or a git repository."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.template import DESCRIPTION, Template, builtin_folder, builtin_templates, read_template

_GIT_URL = re.compile(r"(?:git\+)?((?:https?|ssh|git|file)://.+|[\w.-]+@[\w.-]+:.+)")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


def is_git_url(source: str) -> bool:
    """Whether the source is the URL of a git repository."""
    return _GIT_URL.fullmatch(source) is not None


def is_path(source: str) -> bool:
    """Whether the source is the path of a folder."""
    return not is_git_url(source) and ("/" in source or source in (".", "..") or os.sep in source)


@contextmanager
def open_template(source: str, *, relative_to: Path | None = None) -> Iterator[Template]:
    """The template that `source` names; a fetched repository is removed at the end of the block.

    Args:
        source: the name of a built-in template, the path of a folder (`./mine`), or the URL of a git
            repository with the template at its top. `@` and a branch, tag or commit may follow the URL.
        relative_to: the folder that relative paths start from. Defaults to the current folder.

    Raises:
        UsageError: no template has this name, or there is no such folder.
        ToolError: template.json is missing or malformed, or git is missing or fails.
    """
    if is_git_url(source):
        with tempfile.TemporaryDirectory(prefix="sm-tf-template-") as folder:
            _fetch(source, Path(folder))
            if not (Path(folder) / DESCRIPTION).is_file():
                raise ToolError(
                    f"{without_credentials(source)} is not a template: it has no {DESCRIPTION} at its top."
                )
            yield read_template(Path(folder))
    elif is_path(source):
        folder_of = (relative_to or Path.cwd()) / Path(source).expanduser()
        if not folder_of.is_dir():
            raise UsageError(f"{source} is not a folder: name a template's folder, or one of {_names()}.")
        yield read_template(folder_of.resolve())
    else:
        folder_of = builtin_folder() / source
        if source.startswith("_") or not (folder_of / DESCRIPTION).is_file():
            raise UsageError(
                f"No template is named {source}. Name one of {_names()}, the path of a folder such as "
                "./mine, or the URL of a git repository."
            )
        yield read_template(folder_of)


def _names() -> str:
    return ", ".join(template.name for template in builtin_templates())


def _fetch(source: str, folder: Path) -> None:
    git = find_git("to fetch a template from a repository")
    url, ref = split_ref(source)
    if ref is not None and not _REF.fullmatch(ref):
        raise UsageError(f"{ref!r} is not the name of a branch, tag or commit.")
    commands = (
        ["init", "--quiet"],
        ["fetch", "--quiet", "--depth=1", "--", url, ref or "HEAD"],
        ["-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD"],
    )
    # git must not ask for a password: there may be nobody to answer.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_DIR")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    for command in commands:
        done = subprocess.run(
            [git, "-C", str(folder), *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode != 0:
            problem = done.stderr.strip().replace(url, without_credentials(url))
            raise ToolError(f"Template {without_credentials(source)} cannot be fetched.\n{problem}")


def split_ref(source: str) -> tuple[str, str | None]:
    """Split a URL from the branch, tag or commit that follows it."""
    found = _GIT_URL.fullmatch(source)
    url = found[1] if found else source
    if ".git@" in url:
        url, ref = url.split(".git@", 1)
        return f"{url}.git", ref
    path, slash, last = url.rpartition("/")
    # An @ before the last slash is a part of the host.
    if slash and not path.endswith("/") and "@" in last:
        last, ref = last.rsplit("@", 1)
        return f"{path}/{last}", ref
    return url, None


def without_credentials(source: str) -> str:
    """The URL without user and password."""
    return re.sub(r"^((?:git\+)?https?://)[^/]*@(?=[^/]*/)", r"\1", source)


def find_git(purpose: str) -> str:
    """The path of git; `purpose` completes the error message "git is needed …"."""
    git = shutil.which("git")
    if git is None:
        raise ToolError(f"git is not on PATH. It is needed {purpose}: install it.")
    return git
