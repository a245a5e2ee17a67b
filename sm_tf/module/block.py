"""Blocks of HCL."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sm_tf.module.expression import Value, expression, indented, quoted

_INDENT = "  "
_COMMENT_WIDTH = 98


@dataclass
class Block:
    """A block: type and labels, arguments, the blocks inside, the arguments behind them, and a comment above.

    Arguments that take several lines follow those that take one.
    """

    type: str
    labels: Sequence[str] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)
    blocks: Sequence["Block"] = ()
    last: Mapping[str, Value] = field(default_factory=dict)
    comment: str | None = None

    def __str__(self) -> str:
        head = " ".join([self.type, *(quoted(label) for label in self.labels)])
        parts = [_written(self.arguments), *map(str, self.blocks), _written(self.last)]
        body = "\n".join(filter(None, parts))
        comment = "".join(f"# {line}\n" for line in textwrap.wrap(self.comment or "", _COMMENT_WIDTH))
        if not body:
            return f"{comment}{head} {{}}\n"
        return f"{comment}{head} {{\n{_INDENT}{indented(body.rstrip())}\n}}\n"


def _written(arguments: Mapping[str, Value]) -> str:
    written = [f"{name} = {expression(value)}\n" for name, value in arguments.items()]
    return "".join(sorted(written, key=lambda text: text.count("\n") > 1))


def document(blocks: Sequence[Block]) -> str:
    """Return the text of a file."""
    return "\n".join(str(block) for block in blocks)
