"""Writes the stacks of a project to folders that can be committed and applied with Terraform alone."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.bindings.engine import OUTDIR, STACK_FILE
from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.project.project import read_project
from sm_tf.project.stack_json import assets_of, read_stack
from sm_tf.project.synthesis import SynthesizedStack, synthesize
from sm_tf.project.terraform_runner import terraform_runner
from sm_tf.scaffold.owned_folder import OwnedFolder
from sm_tf.scaffold.render import File
from sm_tf.vcs.lock_file import LOCK_FILE, lock

MARKER = ".sm-tf-vcs.json"

_IGNORED = """\
# What a run doesn't need. HCP Terraform reads this file at the top of what it is given.
.git/
.terraform/
*.tfstate
*.tfstate.*
"""
_DROPPED = ("AWS_", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG")


@dataclass(frozen=True, kw_only=True)
class CommittedStack:
    """A stack's folder, and what its reader should know about it."""

    name: str
    directory: Path
    files: tuple[str, ...]
    warnings: tuple[str, ...]


def write_stacks(
    project: Path,
    directory: Path,
    *,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> list[CommittedStack]:
    """Synthesize the project, and write each of its stacks to a folder of its own below `directory`.

    The files are the same on every machine. They have no backend: where they run, it is known.

    Raises:
        UsageError: there is no project, the folder holds something else, or a stack reads another one's state
            from a file.
        ToolError: the program or Terraform failed, or the stack has an absolute path.
    """
    read_project(project)
    folder = OwnedFolder(directory, MARKER, "stack")
    folder.check()
    files: dict[str, File] = {".terraformignore": File(_IGNORED.encode())}
    written: list[CommittedStack] = []
    with terraform_runner(without=_DROPPED) as terraform:
        on_step("synthesizing")
        stacks = synthesize(project, terraform.folder / OUTDIR, on_output=on_output)
        contents = [_content(stack, project) for stack in stacks]
        for stack, content in zip(stacks, contents, strict=True):
            own = {STACK_FILE: File(f"{json.dumps(content, indent=2)}\n".encode())}
            own |= {path: File.read(file) for path, file in assets_of(stack.directory).items()}
            on_step(f"{stack.name}: locking the providers")
            committed = directory / stack.name / LOCK_FILE
            locked = lock(terraform, stack.name, own[STACK_FILE], committed)
            if locked.file:
                own[LOCK_FILE] = locked.file
            files |= {f"{stack.name}/{path}": file for path, file in own.items()}
            told = [f"{each.path}: {each.message}" for each in stack.annotations if each.level == "warn"]
            warnings = (*told, *locked.warnings, *_warnings(stack, content))
            written.append(
                CommittedStack(
                    name=stack.name,
                    directory=directory / stack.name,
                    files=tuple(sorted(own)),
                    warnings=warnings,
                )
            )
    on_step("writing")
    folder.write(files)
    return written


def _content(stack: SynthesizedStack, project: Path) -> dict[str, Any]:
    content = read_stack(stack.directory)
    for block in ("backend", "cloud"):
        content.get("terraform", {}).pop(block, None)
    metadata = content.get("//", {}).get("metadata", {})
    metadata.pop("backend", None)
    for name, state in content.get("data", {}).get("terraform_remote_state", {}).items():
        if state.get("backend") == "local":
            raise UsageError(
                f"Stack {stack.name} reads {name} from a state file, which isn't where the stack runs. Give "
                "the stacks a backend that all of them can read, such as CloudBackend, or pass the values as "
                "TerraformVariables."
            )
    for where, text in _texts(content, ""):
        if found := _path_of_this_machine(text, project.resolve(), stack.directory.parent):
            raise ToolError(
                f"Stack {stack.name}: {where} has the path {found} of this machine, which others lack. Pass "
                "a relative path, or an asset."
            )
    return content


def _path_of_this_machine(text: str, project: Path, synthesized: Path) -> str | None:
    """A path in the text that leads into the project or what was synthesized. A container may have such a
    path too, so what doesn't exist here passes.
    """
    for folder in (project, synthesized):
        for found in re.findall(rf"{re.escape(str(folder))}/[^\s\"']*", text):
            if Path(found).exists():
                return str(found)
    return None


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield where, value
        case list():
            for index, each in enumerate(value):
                yield from _texts(each, f"{where}[{index}]")
        case dict():
            for name, each in value.items():
                if name != "//":
                    yield from _texts(each, f"{where}.{name}".lstrip("."))


def _warnings(stack: SynthesizedStack, content: dict[str, Any]) -> Iterator[str]:
    for name, data in content.get("resource", {}).get("terraform_data", {}).items():
        for provisioner in data.get("provisioner", []):
            if "local-exec" in provisioner:
                yield (
                    f"Stack {stack.name}: {name} runs a program of the machine that applies it. If it builds "
                    "an image, that machine needs docker, podman or finch; HCP Terraform's own has none, so "
                    "run `sm-tf publish` before."
                )
                break
