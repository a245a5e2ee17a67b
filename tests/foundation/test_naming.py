import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_tf import InvalidPropsError
from sm_tf.aws.api_rules import sagemaker
from sm_tf.bindings.core import App, Construct, TerraformStack
from sm_tf.foundation.errors import checking
from sm_tf.foundation.naming import check_name, readable_name

AWS_PATTERN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
ODD_IDS = ["Modèle", "模型", "a b\tc", "__x__", "UPPER", "x" * 200, "-" * 70, "é", "1.2.3", "a:b@c"]


def construct(*path: str) -> Construct:
    scope: Construct = TerraformStack(App(), "stack")
    for id in path:
        scope = Construct(scope, id)
    return scope


def test_the_name_is_the_path_in_lower_case() -> None:
    assert readable_name(construct("Team", "Chat Model"), limit=63) == "stack-team-chat-model"


def test_a_suffix_counts_towards_the_limit() -> None:
    name = readable_name(construct("x" * 60), limit=40, suffix="-serverless")
    assert len(name) <= 40
    assert name.endswith("x-serverless")


def test_a_long_path_keeps_its_end_behind_a_hash_of_the_whole() -> None:
    one, other = (readable_name(construct("a" * 80, end, "Endpoint"), limit=63) for end in ("b", "c"))
    assert re.fullmatch(r"[0-9a-f]{8}-a+-b-endpoint", one)
    assert len(one) == 63
    assert one[:8] != other[:8]


@pytest.mark.parametrize("limit", [36, 37, 54, 63, 128, 255])
@pytest.mark.parametrize("id", ODD_IDS)
def test_every_path_gives_a_name_inside_the_limit(id: str, limit: int) -> None:
    name = readable_name(construct(id, "Model"), limit=limit)
    assert len(name) <= limit
    assert AWS_PATTERN.fullmatch(name)


def test_equal_text_of_different_paths_gives_different_names() -> None:
    stack = TerraformStack(App(), "stack")
    first, folder = Construct(stack, "a-b"), Construct(stack, "a")
    names = [
        readable_name(found, limit=63) for found in (first, Construct(folder, "b"), Construct(stack, "A-B"))
    ]
    assert names[0] == "stack-a-b"
    assert all(name.endswith("-stack-a-b") for name in names[1:])
    assert len(set(names)) == 3
    assert readable_name(first, limit=63) == "stack-a-b"


def test_only_the_path_decides() -> None:
    assert readable_name(construct("x" * 80), limit=63) == readable_name(construct("x" * 80), limit=63)


@given(st.from_regex(r"[a-zA-Z0-9](-{0,3}[a-zA-Z0-9]){0,15}", fullmatch=True))
def test_names_of_awss_pattern_pass(name: str) -> None:
    with checking("here") as check:
        check_name(check, "model_name", name)


@given(st.text(max_size=70).filter(lambda text: not (len(text) <= 63 and AWS_PATTERN.fullmatch(text))))
def test_all_other_names_are_refused(name: str) -> None:
    if "${" in name:
        return
    with (
        pytest.raises(InvalidPropsError, match="must be 1 to 63 letters, digits and hyphens"),
        checking("x") as check,
    ):
        check_name(check, "model_name", name)


def test_hyphens_inside_a_name_count_too() -> None:
    assert sagemaker("EndpointName").allows("a" + "-" * 61 + "b")
    assert not sagemaker("EndpointName").allows("a" + "-" * 62 + "b")


@pytest.mark.parametrize("name", [12, 1.5, b"x"])
def test_a_name_must_be_text(name: object) -> None:
    with pytest.raises(InvalidPropsError), checking("x") as check:
        check_name(check, "model_name", name)  # type: ignore[arg-type]
