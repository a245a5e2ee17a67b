"""Splits texts into literals and references, which only Terraform can resolve.

References are `${…}` and `%{…}`, written by hand or as CDKTF tokens. `$${` and `%%{` are literals: Terraform
reads them as `${` and `%{`.
"""

import re

_BEGINNING = re.compile(r"(?<!\$)\$\{|(?<!%)%\{|[$#&]\{TfToken\[")
# The steps to a reference's end: escapes, beginnings of nested references, braces and quotes.
_STEP = re.compile(r'\\.|([$%])\1\{|[$%]?\{|[}"]', re.DOTALL)
_ESCAPED = re.compile(r"([$%])(\1\{)")
_TOKEN = re.compile(r"[$#&]\{TfToken\[[^\]]+\]\}")
_FIRST_PLACEHOLDER = 0xE000  # Of Unicode's private use area.


def split(text: str) -> list[str]:
    """Return the text's literals and the references between them: literal, reference, literal, …

    The parts join to the text. A reference without an end is the rest of the text.
    """
    if "{" not in text:
        return [text]
    parts, at = [], 0
    while found := _BEGINNING.search(text, at):
        end = _end(text, found.start()) or len(text)
        parts += [text[at : found.start()], text[found.start() : end]]
        at = end
    parts.append(text[at:])
    # Terraform takes or repeats the literals between two directives, such as %{ if … } and %{ endif }.
    directives = [index for index in range(1, len(parts), 2) if parts[index].startswith("%")]
    if directives:
        first, after = directives[0], directives[-1] + 1
        parts[first:after] = ["".join(parts[first:after])]
    return parts


def unescaped(literal: str) -> str:
    """Return a literal part as AWS gets it."""
    return _ESCAPED.sub(r"\2", literal)


def literal_length(text: str) -> int:
    """Return the least length that the text can have."""
    return sum(len(unescaped(literal)) for literal in split(text)[::2])


def readable(text: str) -> str:
    """Return the text as Python writes it, with `${…}` for CDKTF's tokens."""
    return repr(_TOKEN.sub("${…}", text))


def mistake_in(text: str) -> str | None:
    """Return what is wrong with the text's references, whatever they refer to."""
    if "{" not in text:
        return None
    parts = split(text)
    for literal, reference in zip(parts[::2], parts[1::2], strict=False):
        if _end(reference, 0) is None:
            sign = reference[0]
            return (
                f"has a '{sign}{{' without its '}}'; close the reference, or write '{sign}{sign}{{' for a "
                f"literal '{sign}{{'"
            )
        if literal.endswith("$") and reference.startswith("${TfToken["):
            return "has a '$' right before a reference, which Terraform would read as text; leave the '$' out"
    return None


def groups(pattern: re.Pattern[str], text: str) -> tuple[str, ...] | None:
    """Return the groups of a text that the pattern matches, or None. To the pattern, a reference is one
    character, which `[^/]` matches but `[a-z]` doesn't.
    """
    parts = split(text)
    references = parts[1::2]
    parts[1::2] = [chr(_FIRST_PLACEHOLDER + index) for index in range(len(references))]
    found = pattern.fullmatch("".join(parts))
    if found is None:
        return None
    by_placeholder = {_FIRST_PLACEHOLDER + index: reference for index, reference in enumerate(references)}
    return tuple(group.translate(by_placeholder) for group in found.groups(""))


def _end(text: str, start: int) -> int | None:
    """Return the index after the reference that begins at `start`, or None if it has no end."""
    closers, at = ["}"], start + 2
    while found := _STEP.search(text, at):
        step, at = found[0], found.end()
        if step == closers[-1]:
            closers.pop()
            if not closers:
                return at
        elif step == '"' or (step.endswith("{") and not found[1] and (closers[-1] == "}" or step != "{")):
            closers.append('"' if step == '"' else "}")
    return None
