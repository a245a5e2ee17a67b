"""A synthesized stack in the sandbox: a private copy that real Terraform works in."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.problem import TerraformError, read_problems
from sm_tf.project.source_lines import SourceLines
from sm_tf.project.stack_json import SynthesizedStackJson, read_stack
from sm_tf.project.terraform import Completed, Event, Terraform
from sm_tf.project.terraform_plan import Plan, plan_from
from sm_tf.project.variables import StackVariables, VariableOptions
from sm_tf.sandbox import override
from sm_tf.sandbox.image_builds import image_builds
from sm_tf.sandbox.override import Pin, provider_pin

_PLAN = "sandbox.tfplan"
_STATE_VERSION = 4
_KEPT = (".terraform", ".terraform.lock.hcl", override.STATE)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A managed resource in the state: its address, type and attributes as Terraform read them."""

    address: str
    type: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SandboxContext:
    """The parts of a sandbox that its stacks share."""

    terraform: Terraform
    environment: Mapping[str, str]
    endpoint_url: str
    provider_versions: tuple[str, ...]
    state_files: Callable[[], Mapping[str, str]]
    prepare_image_builds: Callable[[], bool]
    prepare_plan: Callable[[], None]


class Stack:
    """A copy of a stack that plans, applies and destroys against the embedded AWS.

    Each method runs one Terraform command in `directory`. If it fails, it raises `ToolError` with Terraform's
    own messages and, if they are known, the constructs and the lines of the program that made them. Set
    `on_event` to get the lines of Terraform's JSON output as they come. `pin` names the provider version that
    the stack asks for if this machine does not have it.
    """

    def __init__(
        self,
        name: str,
        directory: Path,
        source: Path,
        context: SandboxContext,
        *,
        lines: SourceLines | None = None,
        variables: VariableOptions | None = None,
    ) -> None:
        self.name = name
        self.directory = directory
        self.on_event: Callable[[Event], None] | None = None
        self.pin: Pin | None = None
        self._context = context
        self._lines = lines or SourceLines(directory / "none", directory)
        self._variables = variables or VariableOptions()
        self._initialized: str | None = None
        directory.mkdir(parents=True)
        self.update_from(source)

    def update_from(self, source: Path | str) -> None:
        """Take a newly synthesized folder of the same stack; applied resources stay."""
        source = Path(source)
        content = read_stack(source)
        for old in self.directory.iterdir():
            if old.name not in _KEPT:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(source, self.directory, ignore=_without_state, dirs_exist_ok=True)
        self._content = content
        self.write_override()

    def write_override(self) -> None:
        """Write the file that leads the stack to the embedded AWS."""
        shared = self._context
        self.pin = provider_pin(self._content, shared.provider_versions)
        siblings = {name: path for name, path in shared.state_files().items() if name != self.name}
        builds = self.image_builds
        content = override.override(
            self._content,
            endpoint_url=shared.endpoint_url,
            pin=self.pin,
            siblings=siblings,
            skipped=[] if not builds or shared.prepare_image_builds() else builds,
        )
        (self.directory / override.FILE).write_text(json.dumps(content, indent=2))

    @property
    def variables(self) -> StackVariables:
        """The stack's variables."""
        return StackVariables(
            name=self.name, directory=self.directory, content=self._content, options=self._variables
        )

    @property
    def image_builds(self) -> list[str]:
        """The names of the resources that build a container image."""
        return image_builds(self._content)

    @property
    def region(self) -> str | None:
        """The region of the default provider, None if the stack has no literal one."""
        providers = self._content.get("provider", {}).get("aws", [])
        for provider in providers if isinstance(providers, list) else [providers]:
            region = provider.get("region")
            if "alias" not in provider and isinstance(region, str) and "${" not in region:
                return region
        return None

    def init(self) -> None:
        """Install providers and modules; every other method does this first if needed."""
        self._run("init", "-input=false", "-no-color")
        self._initialized = self._requirements()

    def validate(self) -> None:
        """Let Terraform and the provider check the stack."""
        self._ensure_initialized()
        done = self._terraform("validate", "-json")
        if done.code != 0:
            try:
                diagnostics = json.loads(done.text)["diagnostics"]
            except (ValueError, KeyError):
                raise self._error("validate", done) from None
            events = tuple({"type": "diagnostic", "diagnostic": found} for found in diagnostics)
            raise self._error("validate", Completed(code=1, events=events, text="", errors=""))

    def plan(self, *, destroy: bool = False) -> Plan:
        """Compare the program with what exists."""
        self._ensure_initialized()
        self._context.prepare_plan()
        options = ("-destroy",) if destroy else ()
        given = self.variables.arguments
        done = self._run("plan", "-json", "-input=false", f"-out={_PLAN}", *options, *given)
        return plan_from(done.events, self.directory / _PLAN)

    def apply(self, plan: Plan | None = None) -> Plan:
        """Apply the plan, or what Terraform plans now; returns the changes that were made."""
        self._ensure_initialized()
        if plan is not None:
            if plan.file is None or not plan.file.exists():
                raise ToolError(
                    f"Stack {self.name}: this plan was not saved or was applied before; plan again."
                )
            self._run("apply", "-json", "-input=false", plan.file.name)
            plan.file.unlink()
            return plan
        self._context.prepare_plan()
        given = self.variables.arguments
        return plan_from(self._run("apply", "-json", "-input=false", "-auto-approve", *given).events)

    def destroy(self) -> Plan:
        """Destroy all resources, and return the changes."""
        self._ensure_initialized()
        given = self.variables.arguments
        return plan_from(self._run("destroy", "-json", "-input=false", "-auto-approve", *given).events)

    def outputs(self) -> dict[str, Any]:
        """The values of the stack's outputs by name, including sensitive ones."""
        return {name: output["value"] for name, output in self._state().get("outputs", {}).items()}

    def resources(self) -> list[Resource]:
        """The managed resources that exist according to the state."""
        found = []
        for resource in self._state().get("resources", []):
            if resource["mode"] != "managed":
                continue
            base = ".".join(filter(None, (resource.get("module"), resource["type"], resource["name"])))
            for instance in resource["instances"]:
                key = instance.get("index_key")
                address = base if key is None else f"{base}[{json.dumps(key)}]"
                found.append(
                    Resource(address=address, type=resource["type"], attributes=instance["attributes"])
                )
        return found

    def _state(self) -> dict[str, Any]:
        file = self.directory / override.STATE
        if not file.exists():
            return {}
        state: dict[str, Any] = json.loads(file.read_text())
        if state["version"] != _STATE_VERSION:
            raise ToolError(
                f"Stack {self.name}: Terraform's state has an unknown version, {state['version']}."
            )
        return state

    def _requirements(self) -> str:
        """The requirements that `init` installs; it is repeated only if they change."""
        parts = {key: self._content.get(key) for key in ("terraform", "module")}
        providers = sorted(self._content.get("provider", {}))
        types = {kind.split("_")[0] for part in ("resource", "data") for kind in self._content.get(part, {})}
        return json.dumps([parts, providers, sorted(types)], sort_keys=True)

    def _ensure_initialized(self) -> None:
        if self._initialized != self._requirements():
            self.init()

    def _run(self, command: str, *arguments: str) -> Completed:
        done = self._terraform(command, *arguments)
        if done.code != 0:
            raise self._error(command, done)
        return done

    def _terraform(self, *arguments: str) -> Completed:
        shared = self._context
        return shared.terraform.run(
            self.directory, *arguments, environment=shared.environment, on_event=self.on_event
        )

    def _error(self, command: str, done: Completed) -> ToolError:
        sentence = f"Stack {self.name}: terraform {command} failed."
        # The user knows nothing of the private copy.
        diagnostics = [
            json.loads(self._without_folder(json.dumps(found))) for found in done.error_diagnostics
        ]
        if not diagnostics:
            return ToolError(f"{sentence}\n{self._without_folder(done.problems())}")
        stack = SynthesizedStackJson(self.directory)
        return TerraformError(sentence, read_problems(diagnostics, stack, self._lines))

    def _without_folder(self, text: str) -> str:
        return text.replace(f"{self.directory}/", "").replace(str(self.directory), ".")


def _without_state(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".terraform") or ".tfstate" in name]
