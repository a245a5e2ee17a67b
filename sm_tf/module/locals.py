"""Local values for long objects inside expressions, such as the accounts of a registry by region."""

import re
from dataclasses import dataclass, field

from sm_tf.module.block import Block
from sm_tf.module.expression import Raw, Value

# CDKTF writes maps in references on one line; only maps of text are looked for.
_MAP = re.compile(r'\{(?:"[^"]*" = "[^"]*"(?:, )?)+\}')
_ENTRY = re.compile(r'"([^"]*)" = "([^"]*)"')
_SHORT = 80
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")


@dataclass
class Locals:
    """The local values of a module, by the map that they replace."""

    names: dict[str, str] = field(default_factory=dict)

    def replace(self, value: Value) -> Value:
        """Return a value in which references to local values are in the place of long maps."""
        match value:
            case str():
                return _MAP.sub(self._reference, value) if "${" in value else value
            case list():
                return [self.replace(item) for item in value]
            case dict():
                return {name: self.replace(item) for name, item in value.items()}
        return value

    def block(self) -> Block:
        """Return the block that defines them."""
        maps = {name: dict(_ENTRY.findall(text)) for text, name in self.names.items()}
        return Block("locals", (), maps)

    def _reference(self, found: re.Match[str]) -> str:
        text = found[0]
        if len(text) <= _SHORT:
            return text
        if text not in self.names:
            keys = [key for key, _ in _ENTRY.findall(text)]
            name = "registry_accounts" if all(map(_REGION.fullmatch, keys)) else "map"
            number = sum(known.startswith(name) for known in self.names.values())
            self.names[text] = f"{name}_{number + 1}" if number else name
        return Raw(f"local.{self.names[text]}")
