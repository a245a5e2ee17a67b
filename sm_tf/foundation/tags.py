"""Tags of AWS resources."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from sm_tf.bindings.tokens import is_map_token
from sm_tf.foundation.forms import TEXT, WRONG, Form, mapping_of, shown
from sm_tf.foundation.texts import fits

MAX_TAGS = 50

# Letters, numbers and spaces of all languages, and some signs.
_CHARACTER = r"(?:[\w.:/=+\-@]|[^\S\t-\r\x1c-\x1f\x85])"
_KEY = re.compile(_CHARACTER + "{1,128}")
_VALUE = re.compile(_CHARACTER + "{0,256}")
_RULE = "letters, digits, spaces and _ . : / = + - @"

_MAPPING = mapping_of(TEXT, TEXT)


def _convert(what: str, value: Any, problems: list[str]) -> Any:
    before = len(problems)
    tags = _MAPPING.convert(what, value, problems)
    if tags is WRONG or len(problems) > before or is_map_token(tags):
        return tags
    if len(tags) > MAX_TAGS:
        problems.append(f"{what} has {len(tags)} tags; AWS takes at most {MAX_TAGS}")
    for key, text in tags.items():
        if not fits(_KEY, key):
            problems.append(f"{what}: the key {shown(key)} must be 1 to 128 {_RULE}")
        if key.lower().startswith("aws:"):
            problems.append(f"{what}: the key {shown(key)} begins with 'aws:', which only AWS may use")
        if not fits(_VALUE, text):
            problems.append(f"{what}: the value {shown(text)} of {shown(key)} must be at most 256 {_RULE}")
    return tags


Tags = Annotated[Mapping[str, str], Form("a mapping of keys to values, such as {'team': 'ml'}", _convert)]
"""Tags by their keys.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
"""
