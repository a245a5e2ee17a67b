"""Collections of policy statements, without repetition."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sm_tf.access.iam import PolicyStatement
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import as_written, split_tokens


class Statements:
    """Statements, each once. Their references are read in `scope`."""

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._given: dict[str, PolicyStatement] = {}
        self._rendered: dict[str, dict[str, Any]] = {}
        self._alike: dict[tuple[str, ...], list[str]] = defaultdict(list)

    def __iter__(self) -> Iterator[PolicyStatement]:
        return iter(self._given.values())

    def add(self, statement: PolicyStatement) -> None:
        """Add a statement, unless it is there already."""
        rendered = statement.to_json()
        text = json.dumps(rendered)
        if text in self._given:
            return
        # Every use of a reference is a new token, so equal statements may differ in their tokens.
        alike = self._alike[tuple(split_tokens(text)[0])]
        if alike:
            written = as_written(self._scope, text)
            if any(as_written(self._scope, other) == written for other in alike):
                return
        alike.append(text)
        self._given[text] = statement
        self._rendered[text] = rendered

    def to_json(self) -> list[dict[str, Any]]:
        """Return the statements in the policy language."""
        return list(self._rendered.values())

    def merged(self) -> list[dict[str, Any]]:
        """Return the statements in the policy language, those that differ in resources alone as one."""
        merged: dict[str, dict[str, Any]] = {}
        for statement in self._rendered.values():
            alike = json.dumps({**statement, "Resource": None})
            known = merged.setdefault(alike, {**statement, "Resource": []})
            known["Resource"] += [each for each in statement["Resource"] if each not in known["Resource"]]
        return list(merged.values())

    def written(self) -> list[dict[str, Any]]:
        """Return the merged statements, with references as Terraform reads them."""

        def write(value: Any) -> Any:
            match value:
                case str():
                    return as_written(self._scope, value)
                case dict():
                    return {name: write(item) for name, item in value.items()}
                case list() | tuple():
                    return [write(item) for item in value]
            return value

        return [write(statement) for statement in self.merged()]
