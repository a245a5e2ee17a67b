"""Tags of AWS resources."""

from collections.abc import Mapping
from typing import Annotated, Any

from sm_tf.aws.api_rules import sagemaker
from sm_tf.bindings.tokens import is_map_token
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.forms import TEXT, WRONG, Form, mapping_of, shown
from sm_tf.foundation.rules import check_count_rule, check_text_rule

_RULE = "letters, digits, spaces and _ . : / = + - @"

_MAPPING = mapping_of(TEXT, TEXT)


def _convert(what: str, value: Any, problems: list[str]) -> Any:
    before = len(problems)
    tags = _MAPPING.convert(what, value, problems)
    if tags is WRONG or len(problems) > before or is_map_token(tags):
        return tags
    check = Checks()
    check_count_rule(check, what, len(tags), sagemaker("TagList"), "tags")
    for key, text in tags.items():
        check_text_rule(check, f"{what}: the key", key, sagemaker("TagKey"), f"must be 1 to 128 {_RULE}")
        if key.lower().startswith("aws:"):
            problems.append(f"{what}: the key {shown(key)} begins with 'aws:', which only AWS may use")
        value, must = f"{what}[{shown(key)}]", f"must be at most 256 {_RULE}"
        check_text_rule(check, value, text, sagemaker("TagValue"), must)
    problems += check.problems
    return tags


Tags = Annotated[Mapping[str, str], Form("a mapping of keys to values, such as {'team': 'ml'}", _convert)]
"""Tags by their keys.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
"""
