"""Reads the Terraform expressions of a stack whose values are known before Terraform runs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sm_tf.aws.partitions import dns_suffix, partition_of

Json = dict[str, Any]

# A reference without an index or a function around it.
_REFERENCE = re.compile(r"\$\{([a-z_]\w*(?:\.[\w-]+)+)\}")
_DEEPEST = 10


class Expressions:
    """The values of a stack's variables, its locals, and the literal arguments of its data sources.

    Everything else stays an expression.

    Args:
        content: the stack's cdk.tf.json.
        variables: the values of its variables.
        region: the region of a provider that names none.
        account: the AWS account.
    """

    def __init__(
        self, content: Mapping[str, Any], variables: Mapping[str, Any], region: str, account: str
    ) -> None:
        self._content = content
        self._variables = variables
        self._account = account
        self._default_region = region
        self._regions: dict[str, str] = {}
        self._regions = dict(self._providers())

    def resolve(self, value: Any, depth: int = 0) -> Any:
        """The value with what is known put in."""
        if isinstance(value, Mapping):
            return {key: self.resolve(inner, depth) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolve(inner, depth) for inner in value]
        if not isinstance(value, str) or "${" not in value or depth > _DEEPEST:
            return value
        if whole := _REFERENCE.fullmatch(value):
            return self._value(whole[1], value, depth)

        def text(found: re.Match[str]) -> str:
            known = self._value(found[1], found[0], depth)
            return str(known) if isinstance(known, str | int) and not isinstance(known, bool) else found[0]

        return _REFERENCE.sub(text, value)

    def region(self, block: Mapping[str, Any]) -> str:
        """The region of a resource or data source: its own, or its provider's."""
        own = self.resolve(block.get("region"))
        if isinstance(own, str) and is_known(own):
            return own
        return self._regions.get(str(block.get("provider", "aws")), self._default_region)

    def _providers(self) -> Iterator[tuple[str, str]]:
        for name, blocks in self._content.get("provider", {}).items():
            for block in blocks if isinstance(blocks, list) else [blocks]:
                region = self.resolve(block.get("region"))
                if isinstance(region, str) and is_known(region):
                    yield ".".join(filter(None, (name, block.get("alias")))), region

    def _value(self, reference: str, unknown: str, depth: int) -> Any:
        section, name, *rest = reference.split(".")
        found = None
        if section == "var" and not rest:
            found = self._variables.get(name)
        elif section == "local" and not rest:
            found = self._content.get("locals", {}).get(name)
        elif section == "data" and len(rest) == 2:
            found = self._of_data_source(name, *rest)
        return unknown if found is None else self.resolve(found, depth + 1)

    def _of_data_source(self, type: str, name: str, attribute: str) -> Any:
        block = self._content.get("data", {}).get(type, {}).get(name)
        if block is None or "count" in block or "for_each" in block:
            return None
        region = self.region(block)
        match type, attribute:
            case "aws_caller_identity", "account_id" | "id":
                return self._account
            case "aws_region", "name" | "region" | "id":
                return region
            case "aws_partition", "partition" | "id":
                return partition_of(region)
            case "aws_partition", "dns_suffix":
                return dns_suffix(region)
        return block.get(attribute)


def is_known(value: Any) -> bool:
    """Whether no part of a resolved value is left to Terraform."""
    if isinstance(value, Mapping):
        return all(is_known(inner) for inner in value.values())
    if isinstance(value, list):
        return all(is_known(inner) for inner in value)
    return value is not None and not (isinstance(value, str) and ("${" in value or "%{" in value))
