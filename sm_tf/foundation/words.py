"""Hints about words that nobody knows."""

import re
from collections.abc import Collection
from typing import Any


def nearest(word: Any, known: Collection[str]) -> str:
    """Return which of the known words was meant, or all of them. AWS's `InstanceType` is `instance_type`."""
    from difflib import get_close_matches

    here = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(word)).lower()
    if near := get_close_matches(here, known, 1):
        return f"did you mean {near[0]!r}?"
    return f"it takes {', '.join(each for each in known if each != 'self') or 'none'}"
