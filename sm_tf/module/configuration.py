"""The blocks of a stack in HCL, for its resources, data sources, variables and outputs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sm_tf.bindings.template import split
from sm_tf.foundation.errors import ToolError
from sm_tf.module.block import Block
from sm_tf.module.expression import Raw, Value
from sm_tf.module.schemas import Schema, Schemas

_FIRST = ("provider", "count", "for_each")
_NAMES = ("name", "name_prefix", "alarm_name", "dashboard_name", "bucket", "identifier")
_LAST = ("tags",)
_BLOCKS = ("connection", "lifecycle", "provisioner")
_ADDRESSES = ("depends_on", "provider", "ignore_changes", "replace_triggered_by", "when", "on_failure")
"""Arguments that take addresses or words, not expressions."""


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """The new addresses of what has another address in the stack."""

    addresses: Mapping[str, str]

    def __call__(self, value: Value) -> Value:
        """Return a value with the new addresses in its references."""
        match value:
            case Raw():
                return Raw(self.in_code(value))
            case str():
                parts = split(value)
                parts[1::2] = [self.in_code(code) for code in parts[1::2]]
                return "".join(parts)
            case list():
                return [self(item) for item in value]
            case dict():
                return {self(name): self(item) for name, item in value.items()}
        return value

    def in_code(self, code: str) -> str:
        """Return an expression with the new addresses."""
        return _ADDRESS.sub(lambda found: self.addresses.get(found[0], found[0]), code)


_ADDRESS = re.compile(r"(?<![\w.-])(?:data\.[\w-]+|[a-z][\w-]*)\.[A-Za-z_][\w-]*")


class Configuration:
    """Writes the blocks of a stack.

    Args:
        schemas: Those of the stack's providers.
        renaming: The addresses that the blocks get.
    """

    def __init__(self, schemas: Schemas, renaming: Renaming) -> None:
        self._schemas = schemas
        self._renaming = renaming

    def resource(self, section: str, type: str, id: str, values: Mapping[str, Value]) -> Block:
        """Return the block of a resource or, in the section `data`, of a data source."""
        old = f"{'data.' if section == 'data' else ''}{type}.{id}"
        name = self._renaming.addresses.get(old, old).rpartition(".")[2]
        return self._block(section, (type, name), values, self._schemas.of(section, type))

    def provider(self, name: str, values: Mapping[str, Value]) -> Block:
        """Return the block of a provider."""
        return self._block("provider", (name,), values, self._schemas.of("provider", name))

    def plain(self, type: str, labels: Sequence[str], values: Mapping[str, Value], *blocks: str) -> Block:
        """Return a block in which only `blocks` are blocks."""
        schema: Schema = {"block_types": {name: {"block": {}} for name in blocks}}
        return self._block(type, labels, values, schema, ordered=False)

    def _block(
        self,
        type: str,
        labels: Sequence[str],
        values: Mapping[str, Value],
        schema: Schema,
        *,
        ordered: bool = True,
    ) -> Block:
        arguments: dict[str, Value] = {}
        blocks: list[Block] = []
        for name in sorted(values, key=_place) if ordered else values:
            value = values[name]
            if name == "//" or value is None:
                continue
            if name in _BLOCKS and name not in schema.get("attributes", {}):
                blocks += self._meta(name, value)
            elif name == "dynamic":
                blocks += self._dynamic(value, schema)
            elif inside := schema.get("block_types", {}).get(name):
                blocks += [self._block(name, (), each, inside["block"]) for each in _each(name, value)]
            else:
                arguments[name] = self._addresses(value) if name in _ADDRESSES else self._renaming(value)
        blocks.sort(key=lambda block: block.type in _BLOCKS)
        last = {name: arguments.pop(name) for name in ("depends_on",) if name in arguments}
        return Block(type, labels, arguments, blocks, last)

    def _meta(self, name: str, value: Value) -> Iterator[Block]:
        for each in _each(name, value):
            if name == "provisioner":
                for kind, values in each.items():
                    yield self.plain(name, (kind,), values, "connection")
            else:
                yield self.plain(name, (), each, "precondition", "postcondition")

    def _dynamic(self, value: Value, schema: Schema) -> Iterator[Block]:
        for name, parts in (
            (name, parts) for each in _each("dynamic", value) for name, parts in each.items()
        ):
            inside = schema["block_types"][name]["block"]
            for part in _each(name, parts):
                arguments = {key: self._renaming(item) for key, item in part.items() if key != "content"}
                if "iterator" in arguments:
                    arguments["iterator"] = Raw(arguments["iterator"])
                contents = [self._block("content", (), each, inside) for each in _each(name, part["content"])]
                yield Block("dynamic", (name,), arguments, contents)

    def _addresses(self, value: Value) -> Value:
        if isinstance(value, str):
            code = value[2:-1] if value.startswith("${") else value
            return Raw(self._renaming.in_code(code))
        return [self._addresses(each) for each in value]


def _each(name: str, value: Value) -> list[dict[str, Any]]:
    if isinstance(value, Mapping):
        return [dict(value)]
    if isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
        return [each for each in value if each is not None]
    raise ToolError(f"The block {name} is {value!r}, which only Terraform knows; HCL has no such block.")


def _place(name: str) -> tuple[int, int | str]:
    for order, names in enumerate((_FIRST, _NAMES)):
        if name in names:
            return order, names.index(name)
    if name in _LAST:
        return 3, _LAST.index(name)
    return 2, name
