import importlib
import pkgutil
import re
from typing import Any

import pytest
from cdktf import TerraformVariable
from hypothesis import given
from hypothesis import strategies as st

import sm_tf
from sm_tf import InvalidPropsError
from sm_tf.aws.api_rules import rule_of, shapes
from sm_tf.aws.ecr_image import REPOSITORY
from sm_tf.aws.s3_bucket_name import BUCKET, S3_LOCATION
from sm_tf.cloudwatch.metric import _STATISTIC
from sm_tf.foundation.arn import arn_form
from sm_tf.foundation.errors import checking
from sm_tf.foundation.texts import check_text, fits, is_one_of

SAGEMAKER_NAME = re.compile(r"(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*")

PATTERNS = {
    "name": SAGEMAKER_NAME,
    "bucket": BUCKET,
    "repository": REPOSITORY,
    "location": S3_LOCATION,
    "statistic": _STATISTIC,
    "arn": arn_form("sagemaker", "model/[a-z-]+"),
}


def patterns_of(module: Any) -> list[re.Pattern[str]]:
    values = [found for name, found in vars(module).items() if not name.startswith("__")]
    values += [each for found in values if isinstance(found, dict) for each in found.values()]
    return [found for found in values if isinstance(found, re.Pattern) and isinstance(found.pattern, str)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", "my--model-7"),
        ("bucket", "weights.of-mine"),
        ("repository", "team/app__x/a.b--c"),
        ("location", "s3://weights.of-mine/a//b c"),
        ("statistic", "TM(10.5%:90%)"),
        ("statistic", "pr(:300)"),
        ("arn", "arn:aws-cn:sagemaker:cn-north-1:123456789012:model/my-model"),
    ],
)
@given(data=st.data())
def test_whatever_a_reference_stands_for_may_be_one(name, text, data) -> None:
    """A text that matches still fits with any of its pieces replaced by references."""
    pattern = PATTERNS[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for kept in (0, 1):
        half = "".join("${var.x}" if index % 2 == kept else each for index, each in enumerate(pieces))
        assert fits(pattern, half), half


@given(
    before=st.sampled_from(["", "a", "a-b", "${var.x}", "${var.x}-a", "a${var.y}"]),
    wrong=st.sampled_from([" ", "_", "a b", "ä", "/", "$${x}", ".", "x" * 64]),
    after=st.sampled_from(["", "b", "${var.z}", "-b${var.z}", "${var.z}-${var.u}c"]),
)
def test_what_no_name_has_is_found_before_between_and_after_references(before, wrong, after) -> None:
    assert not fits(SAGEMAKER_NAME, before + wrong + after)


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("name", ["${x}", "a-${x}", "${x}-a", "${x}${y}"], ["-${x}", "${x}-", "a" * 60 + "${x}" + "b" * 4]),
        ("bucket", ["a.${x}", "${x}.a"], ["a..${x}", "A${x}", "${x}-", "${x}_${y}"]),
        ("repository", ["a/${x}", "${x}__b", "a${x}"], ["/${x}", "${x}//b", "${x}:b", "A${x}"]),
        ("location", ["${x}", "s3://${x}", "s3://${x}/a", "${x}/a"], ["https://${x}", "s3:a${x}", "/a${x}"]),
        ("statistic", ["p${x}", "TM(${x}%:90%)", "tm(:${x}%)", "${x}um"], ["x${x}", "p${x}%", "${x}(:)"]),
        (
            "arn",
            ["arn:aws:sagemaker:${r}:${a}:model/x", "${base}/x", "arn:${x}", "arn:aws:sagemaker:${rest}"],
            [
                "arn:aws:s3:${r}:${a}:model/x",
                "arn:aws:sagemaker:${r}:${a}:endpoint/x",
                "arn:aws:sagemaker:EU:${a}:model/x",
                "arn:aws:sagemaker:${r}:12:model/${x}",
                "${base}/x y",
                "arn:aws:sagemaker:${r}/${x}:x",
            ],
        ),
    ],
)
def test_a_text_fits_if_some_values_make_it_match(pattern, right, wrong) -> None:
    assert [text for text in right if not fits(PATTERNS[pattern], text)] == []
    assert [text for text in wrong if fits(PATTERNS[pattern], text)] == []


def test_every_pattern_of_the_package_is_understood() -> None:
    names = [module.name for module in pkgutil.walk_packages(sm_tf.__path__, "sm_tf.")]
    kinds = "aws", "access", "artifacts", "autoscaling", "cloudwatch", "configuration", "images", "model"
    modules = [importlib.import_module(name) for name in names if name.split(".")[1] in kinds]
    checked = {pattern for module in modules for pattern in patterns_of(module) if "^" not in pattern.pattern}
    assert len(checked) > 20
    rules = [rule_of(*shape) for shape in shapes()]
    checked |= {rule.pattern for rule in rules if rule.pattern and "^" not in rule.pattern.pattern}
    assert len(checked) > 60
    for pattern in checked:
        fits(pattern, "${var.x}")


@pytest.mark.parametrize(
    ("text", "fits_it"), [("${var.x}", True), (" ${var.x}", True), (" ", False), ("a ", True), ("", False)]
)
def test_an_end_that_is_unknown_is_none(text: str, fits_it: bool) -> None:
    assert fits(re.compile(r"(?!\s*$).+"), text) == fits_it


@pytest.mark.parametrize(
    ("text", "fits_it"),
    [
        ("a-b", True),
        ("a-b-", False),
        ("a-b-/1", False),
        ("a-${var.x}", True),
        ("${var.x}-", False),
        ("${var.x}/1", True),
        ("${var.x}-/1", False),
    ],
)
def test_what_stands_before_counts(text: str, fits_it: bool) -> None:
    assert fits(re.compile(r"[a-z]([a-z-])*(?<!-)(/\d)?"), text) == fits_it


@pytest.mark.parametrize("given", ["a$${b", "a$$${b}"])
def test_an_escape_is_a_literal(given) -> None:
    assert fits(re.compile(r"a\$?\$\{b\}?"), given)
    assert not fits(SAGEMAKER_NAME, given)


def test_objects_that_only_terraform_knows_fit(stack) -> None:
    variable = TerraformVariable(stack, "x", type="string")
    assert fits(SAGEMAKER_NAME, variable.string_value)
    assert fits(SAGEMAKER_NAME, variable.value)
    assert not fits(SAGEMAKER_NAME, 7)


def test_a_choice_may_have_references() -> None:
    choices = ("Europe/Berlin", "UTC")
    assert all(is_one_of(choices, text) for text in ("UTC", "Europe/${var.city}", "${var.zone}"))
    assert not any(is_one_of(choices, text) for text in ("utc", "Asia/${var.city}"))


def test_the_message_shows_the_literals() -> None:
    told = "x: name 'a b-${…}' must be a name"
    with pytest.raises(InvalidPropsError, match=re.escape(told)), checking("x") as check:
        check_text(check, "name", "a b-${TfToken[TOKEN.1]}", SAGEMAKER_NAME, "must be a name")
