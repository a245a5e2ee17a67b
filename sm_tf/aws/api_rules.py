"""The rules of AWS's APIs for single values, as the APIs' own models have them.

The tables in the folder `api` are written by `make api-rules`, and hold the source and the date.
"""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPEN_SETS = {"ProductionVariantInferenceAmiVersion", "ProductionVariantInstanceType"}
"""Sets to which AWS adds members often, so a value that isn't among them may be right."""


@dataclass(frozen=True)
class Rule:
    """What an API takes for a value.

    `lowest` and `highest` are the bounds of a number, and of the length of a text, list or map. `pattern`
    matches a whole text, and `choices` has all texts of a closed set.
    """

    type: str
    lowest: float | None = None
    highest: float | None = None
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()

    def allows(self, text: str) -> bool:
        """Tell whether the API takes a text."""
        return (
            (self.lowest or 0) <= len(text)
            and (self.highest is None or len(text) <= self.highest)
            and (self.pattern is None or self.pattern.fullmatch(text) is not None)
            and (not self.choices or text in self.choices)
        )

    @property
    def bounds(self) -> str:
        """The bounds in words, such as `1 to 5`."""
        if self.lowest is None:
            return f"at most {self.highest}"
        return f"{self.lowest} or more" if self.highest is None else f"{self.lowest} to {self.highest}"


@functools.cache
def api_table(service: str) -> dict[str, Any]:
    """Return the shapes of a service by name, and those that its operations take."""
    read: dict[str, Any] = json.loads((Path(__file__).parent / "api" / f"{service}.json").read_text())
    return read


def shapes() -> list[tuple[str, str]]:
    """Return all shapes, each with its service."""
    services = (file.stem for file in (Path(__file__).parent / "api").glob("*.json"))
    return [(service, shape) for service in services for shape in api_table(service)["shapes"]]


@functools.cache
def rule_of(service: str, shape: str) -> Rule:
    """Return the rule of a shape, such as `VariantName` of `sagemaker`."""
    read = api_table(service)["shapes"][shape]
    pattern = read.get("pattern")
    return Rule(
        read["type"],
        read.get("min"),
        read.get("max"),
        _compiled(pattern) if pattern else None,
        () if shape in OPEN_SETS else tuple(read.get("enum", ())),
    )


def sagemaker(shape: str) -> Rule:
    """Return the rule of a shape of Amazon SageMaker."""
    return rule_of("sagemaker", shape)


def cloudwatch(shape: str) -> Rule:
    """Return the rule of a shape of Amazon CloudWatch."""
    return rule_of("cloudwatch", shape)


def autoscaling(shape: str) -> Rule:
    """Return the rule of a shape of Application Auto Scaling."""
    return rule_of("application-autoscaling", shape)


_JAVA = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r" \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    r"\p{Print}": "[ -~]",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010ffff",
}
"""What Python writes in another way."""


def _compiled(pattern: str) -> re.Pattern[str]:
    # Letters are those of all languages only where the pattern says so.
    flags = re.NOFLAG if r"\p{L}" in pattern else re.ASCII
    for java, python in _JAVA.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern, flags)
