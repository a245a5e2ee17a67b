"""The name of a model: AWS can't change a model, so each content has a name of its own."""

import hashlib
import json
from typing import Any

from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Call, Join
from sm_tf.bindings.tokens import as_token, is_known, is_list_token, is_map_token, split_tokens
from sm_tf.foundation.naming import readable_name

_HASH_LENGTH = 8


def name_by_content(model: Construct, content: dict[str, Any]) -> str | Join:
    """The model's path, and a hash of its content, by Terraform where only Terraform knows it."""
    prefix = readable_name(model, limit=63 - _HASH_LENGTH - 1)
    tokens: list[Any] = []
    known = json.dumps(_known_part(content, tokens), sort_keys=True)
    digest = hashlib.sha256(known.encode()).hexdigest()
    if not tokens:
        return f"{prefix}-{digest[:_HASH_LENGTH]}"
    hashed = Call("sha256", Call("jsonencode", [digest[:16], *tokens]))
    return Join(prefix, "-", Call("substr", hashed, 0, _HASH_LENGTH))


def _known_part(value: Any, tokens: list[Any]) -> Any:
    """The value without its tokens, which are added to `tokens`."""
    if is_known(value):
        return value
    if isinstance(value, str):
        literals, inside = split_tokens(as_token(value))
        tokens.extend(inside)
        return literals
    if isinstance(value, list) and not is_list_token(value):
        return [_known_part(item, tokens) for item in value]
    if isinstance(value, dict) and not is_map_token(value):
        known_names = sorted(name for name in value if is_known(name))
        names = [*known_names, *(name for name in value if name not in known_names)]
        return [[_known_part(name, tokens), _known_part(value[name], tokens)] for name in names]
    tokens.append(Call("jsonencode", value))
    return None
