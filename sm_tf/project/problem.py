"""What Terraform finds wrong with a stack, in the words of the program that made it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.project.content import Content
from sm_tf.project.origins import Origin, Origins

# A longer line of the synthesized JSON says nothing to a reader.
_READABLE = 120


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An error or a warning of Terraform: where it is in Terraform's words, in the program's, and what it is.

    `origin` is the line of the program that made the construct at `path`; what is unknown is None.
    """

    severity: str
    summary: str
    detail: str
    address: str | None
    path: str | None
    origin: Origin | None
    code: str | None

    def __str__(self) -> str:
        lines = [f"{self.severity.capitalize()}: {self.summary}"]
        places = {
            "construct": self.path,
            "made at": self.origin,
            "Terraform": self.address,
            "code": self.code,
        }
        lines += [f"  {words:9}  {place}" for words, place in places.items() if place]
        lines += [f"  {line}".rstrip() for line in self.detail.splitlines()]
        return "\n".join(lines)


def problems(
    diagnostics: Iterable[Mapping[str, Any]], content: Content, origins: Origins
) -> tuple[Problem, ...]:
    """The problems that diagnostics of Terraform's JSON output tell of, each once, errors first."""
    found = {_problem(diagnostic, content, origins) for diagnostic in diagnostics}
    # Terraform's own order differs from run to run.
    return tuple(
        sorted(found, key=lambda p: (p.severity, p.path or "", p.address or "", p.summary, p.detail))
    )


def _problem(diagnostic: Mapping[str, Any], content: Content, origins: Origins) -> Problem:
    snippet = diagnostic.get("snippet") or {}
    address = diagnostic.get("address") or (snippet.get("context") or "").removeprefix("resource.") or None
    path = content.path(address) if address else None
    code = (snippet.get("code") or "").strip().removesuffix(",")
    return Problem(
        severity=diagnostic["severity"],
        summary=diagnostic["summary"],
        detail=diagnostic.get("detail", ""),
        address=address,
        path=path,
        origin=origins.of(path) if path else None,
        code=code if code.startswith('"') and len(code) <= _READABLE else None,
    )
