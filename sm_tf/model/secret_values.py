"""Tells values that look like secrets, which don't belong in a container's environment."""

import re

from sm_tf.bindings.tokens import is_known

_NAME = re.compile(
    r"(?:.*_)?(?:TOKEN|SECRET|SECRET_KEY|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)",
    re.IGNORECASE,
)
# Access keys of AWS, and tokens of Hugging Face, OpenAI, GitHub, GitLab and Slack; private keys and JWTs.
_VALUE = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|hf_[A-Za-z0-9]{30,}|sk-[\w-]{20,}|gh[opsu]_[A-Za-z0-9]{30,}"
    r"|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abpr]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----.*"
    r"|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
    re.DOTALL,
)
_NO_SECRET = re.compile(r"|true|false|none|null|\d{1,6}|arn:.*|(?:s3|https?|file)://.*|/.*", re.IGNORECASE)


def looks_like_secret(name: str, value: str) -> bool:
    """Whether a variable's name or its value is that of a secret."""
    if not is_known(value):
        return False
    if _VALUE.fullmatch(value.strip()):
        return True
    return _NAME.fullmatch(name) is not None and _NO_SECRET.fullmatch(value.strip()) is None
