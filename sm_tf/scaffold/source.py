"""Finds a template: a built-in one by its name, a folder, or a git repository."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.git import find_git, run_git
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
        with tempfile.TemporaryDirectory(prefix="sm-tf-template-") as parent:
            # A template may extend one beside it, and there is none.
            folder = Path(parent) / "template"
            folder.mkdir()
            _fetch(source, folder)
            if not (folder / DESCRIPTION).is_file():
                raise ToolError(
                    f"{without_credentials(source)} is not a template: it has no {DESCRIPTION} at its top."
                )
            yield read_template(folder)
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
    url, ref = split_ref(source)
    if ref is not None and not _REF.fullmatch(ref):
        raise UsageError(f"{ref!r} is not the name of a branch, tag or commit.")
    commands = (
        ["init", "--quiet"],
        ["fetch", "--quiet", "--depth=1", "--", url, ref or "HEAD"],
        ["-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD"],
    )
    git = find_git("to fetch a template from a repository")
    for command in commands:
        done = run_git(git, *command, folder=folder)
        if done.returncode != 0:
            problem = done.stderr.decode(errors="replace").strip().replace(url, without_credentials(url))
            raise ToolError(f"Template {without_credentials(source)} cannot be fetched.\n{problem}")
    # It knows the URL, perhaps with a password.
    shutil.rmtree(folder / ".git")


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
