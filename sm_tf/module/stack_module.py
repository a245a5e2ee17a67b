"""A synthesized stack as a Terraform module: its files in HCL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.bindings.engine import ASSETS
from sm_tf.bindings.module_mode import NAME
from sm_tf.module.block import Block, document
from sm_tf.module.comments import comments_of
from sm_tf.module.configuration import Configuration, Renaming
from sm_tf.module.expression import Raw
from sm_tf.module.layout import files_of
from sm_tf.module.locals import Locals
from sm_tf.module.naming import resource_names, snake_case
from sm_tf.module.outputs import Output, outputs_of
from sm_tf.module.schemas import Schemas
from sm_tf.module.validation import rules_of_variables
from sm_tf.module.variables import Variable, typed, variables_of
from sm_tf.project.stack_json import SynthesizedStackJson
from sm_tf.project.synthesis import SynthesizedStack

_OLDEST_TERRAFORM = ">= 1.4"
"""The first version with `terraform_data`."""


@dataclass(frozen=True, kw_only=True)
class StackModule:
    """A stack as a module.

    `files` are the texts in HCL by path. `provider_blocks` are those that the module leaves to its callers,
    and `aliases` the providers that they pass. `moved` has the old and new addresses of the resources.
    `named` are the arguments that begin with the module's name, and `fixed_names` the names that don't.
    """

    name: str
    files: Mapping[str, str]
    variables: Mapping[str, Variable]
    outputs: Mapping[str, Output]
    requirements: Mapping[str, Mapping[str, Any]]
    terraform_version: str
    resources: tuple[str, ...]
    moved: Mapping[str, str]
    provider_blocks: tuple[str, ...]
    aliases: tuple[str, ...]
    named: tuple[str, ...]
    fixed_names: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name of a call of the module."""
        return snake_case(self.name)


def stack_module(stack: SynthesizedStack, schemas: Schemas, *, root: bool) -> StackModule:
    """Return the module of a stack. A root module keeps the stack's names, providers and backend."""
    return _Writer(stack, schemas, root).module()


class _Writer:
    def __init__(self, stack: SynthesizedStack, schemas: Schemas, root: bool) -> None:
        self._stack = stack
        self._root = root
        self._json = SynthesizedStackJson(stack.directory)
        self._content = self._json.content
        self._paths = {address: self._json.path(address) for address in _addresses(self._content)}
        names = resource_names(self._paths)
        self._moved = {old: f"{old.rpartition('.')[0]}.{name}" for old, name in names.items()}
        variables = self._snake_case("variable")
        self._variable_names = variables
        self._locals = Locals()
        addresses = self._moved | {f"var.{id}": f"var.{name}" for id, name in variables.items()}
        self._write = Configuration(schemas, Renaming(addresses=addresses))

    def module(self) -> StackModule:
        content = self._with_places_in_module(self._locals.replace(self._content))
        resources = {self._moved[old]: block for old, block in self._resources(content)}
        for address, comment in comments_of(resources).items():
            resources[address].comment = comment
        variables = self._variables(content)
        outputs = self._outputs(content)
        terraform = content.get("terraform", {})
        files: dict[str, list[Block]] = {}
        for address, file in files_of({a: str(block) for a, block in resources.items()}).items():
            files.setdefault(file, []).append(resources[address])
        if self._locals.names:
            files["locals.tf"] = [self._locals.block()]
        plain = self._write.plain
        if variables:
            files["variables.tf"] = [
                plain("variable", (name,), v, "validation") for name, v in variables.items()
            ]
        if outputs:
            files["outputs.tf"] = [plain("output", (name,), o, "precondition") for name, o in outputs.items()]
        files["versions.tf"] = [self._versions(terraform)]
        providers = self._providers(content)
        if self._root:
            files["providers.tf"] = providers
            files["moved.tf"] = [
                Block("moved", (), {"from": Raw(old), "to": Raw(new)})
                for old, new in self._moved.items()
                if old != new and not old.startswith("data.")
            ]
        for name, values in content.get("module", {}).items():
            files.setdefault("main.tf", []).append(plain("module", (name,), values))
        return StackModule(
            name=self._stack.name,
            files={name: document(blocks) for name, blocks in sorted(files.items()) if blocks},
            variables=variables,
            outputs=outputs,
            requirements=_required_providers(terraform),
            terraform_version=terraform.get("required_version", _OLDEST_TERRAFORM),
            resources=tuple(resources),
            moved=self._moved,
            provider_blocks=tuple(str(block) for block in providers),
            aliases=tuple(_aliases(content)),
            named=tuple(
                f"{address}.{argument}"
                for address, argument, value in _names(resources)
                if value.startswith(f"{NAME}-") and value.count("${") == 1
            ),
            fixed_names=tuple(
                sorted({value for address, _, value in _names(resources) if "${" not in value})
            ),
        )

    def _resources(self, content: Mapping[str, Any]) -> Iterator[tuple[str, Block]]:
        for section, start in (("data", "data."), ("resource", "")):
            for type, named in sorted(content.get(section, {}).items()):
                for id, values in sorted(named.items()):
                    yield f"{start}{type}.{id}", self._write.resource(section, type, id, values)

    def _variables(self, content: Mapping[str, Any]) -> dict[str, Variable]:
        declared = content.get("variable", {})
        if self._root:
            return {self._variable_names[id]: typed(variable) for id, variable in sorted(declared.items())}
        rules = rules_of_variables(self._content.get("resource", {}))
        return variables_of(self._stack.name, declared, self._variable_names, rules)

    def _outputs(self, content: Mapping[str, Any]) -> dict[str, Output]:
        names = self._snake_case("output")
        ordered = ("description", "value", "sensitive", "ephemeral", "depends_on", "precondition")
        declared = {
            names[id]: {key: output[key] for key in ordered if output.get(key) is not None}
            for id, output in content.get("output", {}).items()
        }
        managed = {new: new.rpartition(".")[0] for new in self._moved.values() if not new.startswith("data.")}
        return declared if self._root else outputs_of(declared, managed)

    def _versions(self, terraform: Mapping[str, Any]) -> Block:
        aliases = [] if self._root else _aliases(self._content)
        requirements: dict[str, dict[str, Any]] = {}
        for name, requirement in _required_providers(terraform).items():
            requirements[name] = dict(requirement)
            if own := [Raw(alias) for alias in aliases if alias.startswith(f"{name}.")]:
                requirements[name]["configuration_aliases"] = own
        blocks = [Block("required_providers", (), requirements)] if requirements else []
        if self._root:
            for kind, values in terraform.get("backend", {}).items():
                blocks.append(self._write.plain("backend", (kind,), values, "workspaces"))
            if "cloud" in terraform:
                blocks.append(self._write.plain("cloud", (), terraform["cloud"], "workspaces"))
        version = terraform.get("required_version", _OLDEST_TERRAFORM)
        return Block("terraform", (), {"required_version": version}, blocks)

    def _providers(self, content: Mapping[str, Any]) -> list[Block]:
        return [
            self._write.provider(name, values)
            for name, configurations in sorted(content.get("provider", {}).items())
            for values in configurations
        ]

    def _snake_case(self, section: str) -> dict[str, str]:
        """The names of the stack's variables or outputs in the module, by id. A root module keeps them."""
        if self._root:
            return {id: id for id in self._content.get(section, {})}
        names: dict[str, str] = {}
        for id in sorted(self._content.get(section, {})):
            path = self._json.path(f"{section}.{id}")
            name = snake_case(path.partition("/")[2] if path else id)
            while name in names.values():
                name += "_"
            names[id] = name
        return names

    def _with_places_in_module(self, value: Any) -> Any:
        """Return a value in which the paths of assets begin at the module's folder."""
        match value:
            case str() if value.startswith(f"{ASSETS}/"):
                return f"${{path.module}}/{value}"
            case list():
                return [self._with_places_in_module(item) for item in value]
            case dict():
                return {name: self._with_places_in_module(item) for name, item in value.items()}
        return value


def _names(resources: Mapping[str, Block]) -> Iterator[tuple[str, str, str]]:
    """The arguments that name a resource in its account and region: address, argument and value."""
    for address, block in resources.items():
        if not address.startswith(("data.", "aws_appautoscaling_")):
            for argument in _NAMES:
                value = block.arguments.get(argument)
                if isinstance(value, str):
                    yield address, argument, value


_NAMES = ("name", "name_prefix", "alarm_name", "bucket", "bucket_prefix", "dashboard_name")


def _addresses(content: Mapping[str, Any]) -> Iterator[str]:
    for section, start in (("resource", ""), ("data", "data.")):
        for type, named in content.get(section, {}).items():
            yield from (f"{start}{type}.{id}" for id in named)


def _aliases(content: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}.{values['alias']}"
        for name, configurations in sorted(content.get("provider", {}).items())
        for values in configurations
        if "alias" in values
    ]


def _required_providers(terraform: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for name, requirement in sorted(terraform.get("required_providers", {}).items()):
        source = requirement["source"]
        full = source if "/" in source else f"hashicorp/{source}"
        found[name] = {**requirement, "source": full}
    return found
