"""Checks of texts. A text with references passes if some values of the references let it pass."""

import functools
import re
from collections.abc import Collection, Iterable
from itertools import takewhile
from typing import Any

from sm_tf.bindings.template import readable, split, unescaped
from sm_tf.bindings.tokens import is_known
from sm_tf.foundation.errors import Checks


def check_text(check: Checks, what: str, text: Any, pattern: re.Pattern[str], rule: str) -> None:
    """Check that a pattern matches a text, or can match it. `rule` says so in words. None passes."""
    if text is not None and not fits(pattern, text):
        told = readable(text) if isinstance(text, str) else repr(text)
        check.problem(f"{what} {told} {rule}".lstrip())


def is_one_of(choices: Collection[str], text: Any) -> bool:
    """Tell whether a text is one of the choices, or can be one for some values of its references."""
    if is_known(text):
        return text in choices
    return fits(re.compile("|".join(map(re.escape, choices))), text)


def fits(pattern: re.Pattern[str], text: Any) -> bool:
    """Tell whether the pattern matches the whole text, or can match it for some values of its references."""
    if not isinstance(text, str):
        return not is_known(text)
    literal, *rest = split(text)
    if not rest:
        return pattern.fullmatch(unescaped(literal)) is not None
    items: list[str | None] = list(unescaped(literal))
    for following in rest[1::2]:
        items += [None, *unescaped(following)]
    return _HalfKnown(items, pattern.flags).matches(pattern.pattern)


class _HalfKnown:
    """Matches a pattern from left to right with the set of all positions that it can have reached.

    A position is the index of the next character or reference. One character of the pattern moves a position
    past a character of the text, or leaves it at a reference (None), which may be as long as needed.
    """

    def __init__(self, items: list[str | None], flags: int, *, goes_on: bool = False) -> None:
        self._items = items
        self._flags = flags
        self._goes_on = goes_on
        self._any_case = bool(flags & re.IGNORECASE)

    def matches(self, pattern: str) -> bool:
        ends = self._after(_parsed(pattern, self._flags), {0})
        return len(self._items) in self._with_empty_references(ends)

    def _after(self, nodes: Iterable[tuple[Any, Any]], positions: set[int]) -> set[int]:
        for kind, value in nodes:
            positions = self._after_one(str(kind), value, positions)
        return positions

    def _after_one(self, kind: str, value: Any, positions: set[int]) -> set[int]:
        match kind:
            case "SUBPATTERN":
                return self._after(value[-1], positions)
            case "BRANCH":
                return set().union(*(self._after(nodes, positions) for nodes in value[1]))
            case "MAX_REPEAT" | "MIN_REPEAT":
                low, high, nodes = value
                return self._repeated(nodes, positions, low, int(high))
            case "ASSERT":
                return {position for position in positions if self._after(value[1], {position})}
            case "ASSERT_NOT" if value[0] < 0:
                return {position for position in positions if not self._surely_after(value[1], position)}
            case "ASSERT_NOT":
                return {position for position in positions if not self._surely_has(value[1], position)}
            case "AT":  # The end, `$`.
                if self._goes_on:
                    return set()
                return self._with_empty_references(positions) & {len(self._items)}
        ends = set()
        for position in self._with_empty_references(positions) - {len(self._items)}:
            character = self._items[position]
            if character is None:
                ends.add(position)
            elif self._takes(kind, value, character):
                ends.add(position + 1)
        return ends

    def _repeated(self, nodes: Any, positions: set[int], low: int, high: int) -> set[int]:
        for _ in range(low):
            positions = self._after(nodes, positions)
        ends = new = positions
        for _ in range(low, high):
            new = self._after(nodes, new) - ends
            if not new:
                break
            ends = ends | new
        return ends

    def _surely_has(self, nodes: Any, position: int) -> bool:
        """Tell whether the nodes match what follows, up to the next reference."""
        known = list(takewhile(lambda item: item is not None, self._items[position:]))
        goes_on = len(known) < len(self._items) - position
        return bool(_HalfKnown(known, self._flags, goes_on=goes_on)._after(nodes, {0}))

    def _surely_after(self, nodes: Any, position: int) -> bool:
        """Tell whether one character that the nodes match stands right before the position."""
        known = None not in self._items[max(position - 1, 0) : position + 1] and position > 0
        return known and position in self._after(nodes, {position - 1})

    def _with_empty_references(self, positions: set[int]) -> set[int]:
        found = set(positions)
        for position in sorted(positions):
            while self._items[position : position + 1] == [None]:
                position += 1
                found.add(position)
        return found

    def _takes(self, kind: str, value: Any, character: str) -> bool:
        cases = {character, character.swapcase()} if self._any_case else {character}
        return any(_is_in(kind, value, case) for case in cases)


@functools.cache
def _parsed(pattern: str, flags: int) -> Any:
    parser = re._parser  # type: ignore[attr-defined]  # Python has no public parser of patterns.
    return parser.parse(pattern, flags)


def _is_in(kind: str, value: Any, character: str) -> bool:
    code = ord(character)
    match kind:
        case "ANY":
            return character != "\n"
        case "LITERAL":
            return bool(code == value)
        case "NOT_LITERAL":
            return bool(code != value)
        case "RANGE":
            return bool(value[0] <= code <= value[1])
        case "CATEGORY":
            return re.match(_CATEGORIES[str(value)], character) is not None
        case "IN":
            negated = str(value[0][0]) == "NEGATE"
            return any(_is_in(str(kind), each, character) for kind, each in value[negated:]) != negated
    raise NotImplementedError(kind)


_CATEGORIES = {
    f"CATEGORY_{'NOT_' if letter.isupper() else ''}{name}": rf"\{letter}"
    for name, letters in {"DIGIT": "dD", "SPACE": "sS", "WORD": "wW"}.items()
    for letter in letters
}
