"""The problems that Terraform finds in a stack, with the places of the program that made them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.source_lines import SourceLine, SourceLines
from sm_tf.project.stack_json import SynthesizedStackJson

# A longer line of the synthesized JSON does not help a reader.
_READABLE = 120
# Terraform names the resource only in this text.
_PREVENT_DESTROY = re.compile(r"Resource (\S+) has lifecycle\.prevent_destroy set")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An error or a warning of Terraform.

    `address` is the resource's in Terraform, `path` is its construct's, and `source` is the line of the
    program that made the construct; each is None if it is not known.
    """

    severity: str
    summary: str
    detail: str
    address: str | None
    path: str | None
    source: SourceLine | None
    code: str | None

    def __str__(self) -> str:
        lines = [f"{self.severity.capitalize()}: {self.summary}"]
        places = {
            "construct": self.path,
            "made at": self.source,
            "Terraform": self.address,
            "code": self.code,
        }
        lines += [f"  {words:9}  {place}" for words, place in places.items() if place]
        lines += [f"  {line}".rstrip() for line in self.detail.splitlines()]
        return "\n".join(lines)


class TerraformError(ToolError):
    """Terraform failed; `problems` are its errors."""

    def __init__(self, sentence: str, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join((sentence, "\n\n".join(str(problem) for problem in problems))))


def read_problems(
    diagnostics: Iterable[Mapping[str, Any]], stack: SynthesizedStackJson, lines: SourceLines
) -> tuple[Problem, ...]:
    """The problems in the diagnostics of Terraform's JSON output, each once, errors first."""
    found = {_problem(diagnostic, stack, lines) for diagnostic in diagnostics}
    # Terraform's own order differs from run to run.
    return tuple(
        sorted(found, key=lambda p: (p.severity, p.path or "", p.address or "", p.summary, p.detail))
    )


def _problem(diagnostic: Mapping[str, Any], stack: SynthesizedStackJson, lines: SourceLines) -> Problem:
    snippet = diagnostic.get("snippet") or {}
    if protected := _PREVENT_DESTROY.match(diagnostic.get("detail", "")):
        return _refusal(protected[1], stack, lines)
    address = diagnostic.get("address") or (snippet.get("context") or "").removeprefix("resource.") or None
    path = stack.path(address) if address else None
    code = (snippet.get("code") or "").strip().removesuffix(",")
    return Problem(
        severity=diagnostic["severity"],
        summary=diagnostic["summary"],
        detail=diagnostic.get("detail", ""),
        address=address,
        path=path,
        source=lines.of(path) if path else None,
        code=code if code.startswith('"') and len(code) <= _READABLE else None,
    )


def _refusal(address: str, stack: SynthesizedStackJson, lines: SourceLines) -> Problem:
    path = stack.path(address)
    is_endpoint = address.startswith("aws_sagemaker_endpoint.")
    protection = "deletion_protection=True" if is_endpoint else "prevent_destroy in its lifecycle"
    return Problem(
        severity="error",
        summary=f"{path or address} is protected, and the plan would destroy it",
        detail=f"It has {protection}. Undo the change, or remove the protection if it may be destroyed.",
        address=address,
        path=path,
        source=lines.of(path) if path else None,
        code=None,
    )
