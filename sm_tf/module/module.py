"""Turns a stack of a project into a Terraform module in HCL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from sm_tf.bindings.engine import OUTDIR
from sm_tf.bindings.module_mode import VARIABLE
from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.module.documents import examples, readme, tests
from sm_tf.module.schemas import read_schemas
from sm_tf.module.stack_module import StackModule, stack_module
from sm_tf.project.project import read_project
from sm_tf.project.stack_json import assets_of, read_stack
from sm_tf.project.synthesis import SynthesizedStack, only, synthesize
from sm_tf.project.terraform_runner import TerraformRunner, terraform_runner
from sm_tf.scaffold.owned_folder import OwnedFolder
from sm_tf.scaffold.render import File

_DROPPED = ("AWS_", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG")
_LICENSE = "LICENSE"
MARKER = ".sm-tf-module.json"


@dataclass(frozen=True, kw_only=True)
class WrittenModule:
    """The module of a stack, the files of its folder, and what a reader should know about it."""

    stack: str
    module: StackModule
    files: tuple[str, ...]
    warnings: tuple[str, ...]


def write_module(
    project: Path,
    directory: Path,
    *,
    stack: str | None = None,
    root: bool = False,
    on_step: Callable[[str], None] = lambda _: None,
    on_output: Callable[[str], None] | None = None,
) -> WrittenModule:
    """Synthesize the project, and write the module of one of its stacks to `directory`.

    Args:
        project: the folder of the project.
        directory: the module's folder: a new or an empty one, or one that has been written before.
        stack: the stack's name. May be left out if the program has one stack only.
        root: write a root module with the stack's own names, providers and backend.
        on_step: gets a text when a step begins.
        on_output: gets what the program printed.

    Raises:
        UsageError: there is no such project or stack, several stacks, or the folder holds something else.
        ToolError: the program or Terraform failed.
    """
    read_project(project)
    folder = OwnedFolder(directory, MARKER, "module")
    folder.check()
    with terraform_runner(without=_DROPPED) as terraform:
        on_step("synthesizing")
        variables = {} if root else {VARIABLE: "1"}
        stacks = synthesize(project, terraform.folder / OUTDIR, variables=variables, on_output=on_output)
        chosen = _chosen(stacks, stack)
        on_step("reading the providers' schemas")
        requirements = read_stack(chosen.directory).get("terraform", {}).get("required_providers", {})
        module = stack_module(chosen, read_schemas(terraform, chosen.name, requirements), root=root)
        on_step("writing")
        texts = dict(module.files)
        if not root:
            texts |= {"README.md": readme(module, _source(directory)), **examples(module), **tests(module)}
        files = _formatted(terraform, texts)
        files |= {path: File.read(file) for path, file in assets_of(chosen.directory).items()}
        if not root:
            files[_LICENSE] = File(_license(project))
    folder.write(files)
    return WrittenModule(
        stack=chosen.name, module=module, files=tuple(sorted(files)), warnings=tuple(_warnings(module, root))
    )


def _chosen(stacks: list[SynthesizedStack], name: str | None) -> SynthesizedStack:
    if name is None and len(stacks) > 1:
        names = ", ".join(stack.name for stack in stacks)
        raise UsageError(f"The program has several stacks: {names}. Name one with --stack.")
    chosen = only(stacks, [name] if name else [])[0]
    if chosen.dependencies:
        raise UsageError(
            f"Stack {chosen.name} reads from {', '.join(chosen.dependencies)}, whose state a module can't "
            "know. Make a TerraformVariable of each value that it reads."
        )
    return chosen


def _formatted(terraform: TerraformRunner, texts: dict[str, str]) -> dict[str, File]:
    folder = terraform.folder / "module"
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    done = terraform.run(folder, "fmt", "-recursive")
    if done.code != 0:
        raise ToolError(f"terraform fmt failed.\n{done.problems()}")
    return {path: File((folder / path).read_bytes()) for path in texts}


def _license(project: Path) -> bytes:
    """The project's license, else Apache-2.0, the license of most modules in the registry."""
    own = project / _LICENSE
    if own.is_file():
        return own.read_bytes()
    text = distribution("sm-tf").read_text(f"licenses/{_LICENSE}")
    if text is None:
        raise ToolError(f"sm_tf was installed without its {_LICENSE}: install it again.")
    return text.encode()


def _source(directory: Path) -> str:
    return f"./{directory.name}"


def _warnings(module: StackModule, root: bool) -> Iterator[str]:
    if root:
        return
    if module.fixed_names:
        yield (
            f"{', '.join(module.fixed_names)}: fixed names, which a second call of the module can't create. "
            "Leave them out, or pass a TerraformVariable."
        )
    for name, variable in module.variables.items():
        if not variable.get("description"):
            yield f"variable {name} has no description."
    for name, output in module.outputs.items():
        if not output.get("description"):
            yield f"output {name} has no description."
