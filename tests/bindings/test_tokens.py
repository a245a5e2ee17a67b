import json
import math
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cdktf import Fn, TerraformOutput, TerraformVariable, Token
from cdktf_cdktf_provider_aws.iam_role import IamRole
from hypothesis import given
from hypothesis import strategies as st

from sm_tf.bindings.tokens import (
    as_list,
    as_map,
    as_number,
    as_token,
    as_written,
    is_known,
    tokens_within,
)


@pytest.fixture
def variables(stack):
    return {kind: TerraformVariable(stack, kind, type=kind) for kind in ("string", "number", "list", "map")}


class TestIsKnown:
    @pytest.mark.parametrize(
        "value",
        [
            "text",
            "$",
            "{}",
            "",
            0,
            -1,
            1.5,
            -1e300,
            True,
            None,
            math.nan,
            math.inf,
            -math.inf,
            [],
            ["a"],
            {"a": 1},
            Decimal("1"),
            Path("x"),
            timedelta(1),
            object(),
        ],
    )
    def test_plain_values_are(self, value) -> None:
        assert is_known(value)

    @pytest.mark.parametrize(
        "value",
        ["${var.x}", "a-${var.x}", ["a", "${var.x}"], {"${var.x}": "a"}, {"a": ["${var.x}"]}],
    )
    def test_hand_written_expressions_are_not(self, value) -> None:
        assert not is_known(value)

    def test_tokens_of_cdktf_are_not(self, variables) -> None:
        text = variables["string"]
        for value in (
            text.string_value,
            text.value,
            variables["number"].number_value,
            variables["list"].list_value,
            Token.as_string_map(variables["map"].value),
            Fn.upper(text.string_value),
            Fn.length_of(["a"]),
            Fn.merge([variables["map"].value]),
            Token.as_list("${var.list}"),
            Token.as_number("${var.number}"),
        ):
            assert not is_known(value), value

    @given(st.floats() | st.integers())
    def test_plain_numbers_are_never_taken_for_expressions(self, value) -> None:
        assert is_known(value)


class TestConversions:
    def outputs(self, stack, synth, **values):
        for name, value in values.items():
            TerraformOutput(stack, name, value=value)
        return {name: output["value"] for name, output in synth(stack).content["output"].items()}

    def test_numbers(self, stack, synth, variables) -> None:
        assert as_number(3) == 3
        assert as_number(None) is None
        number = variables["number"]
        assert self.outputs(
            stack,
            synth,
            token=as_number(number.number_value),
            resolvable=as_number(number.value),
            written=as_number("${var.number}"),
            text=as_number(variables["string"].string_value),
        ) == {
            "token": "${var.number}",
            "resolvable": "${var.number}",
            "written": "${var.number}",
            "text": "${var.string}",
        }

    def test_lists(self, stack, synth, variables) -> None:
        assert as_list(("a", "b")) == ["a", "b"]
        assert self.outputs(
            stack,
            synth,
            token=as_list(variables["list"].list_value),
            resolvable=as_list(variables["list"].value),
            written=as_list("${var.list}"),
            mixed=as_list(["a", "${var.x}"]),
        ) == {
            "token": "${var.list}",
            "resolvable": "${var.list}",
            "written": "${var.list}",
            "mixed": ["a", "${var.x}"],
        }

    def test_maps(self, stack, synth, variables) -> None:
        assert as_map({"a": "1"}) == {"a": "1"}
        assert self.outputs(
            stack,
            synth,
            token=as_map(Token.as_string_map(variables["map"].value)),
            resolvable=as_map(variables["map"].value),
            written=as_map("${var.map}"),
        ) == dict.fromkeys(("token", "resolvable", "written"), "${var.map}")

    def test_hand_written_expressions_survive_cdktfs_functions(self, stack, synth) -> None:
        assert self.outputs(
            stack,
            synth,
            single=Fn.upper(as_token('${var.map["a"]}')),
            mixed=Fn.upper(as_token("${var.a}-${var.b}")),
            known=Fn.upper(as_token("text")),
        ) == {
            "single": '${upper(var.map["a"])}',
            "mixed": '${upper("${var.a}-${var.b}")}',
            "known": '${upper("text")}',
        }


def test_as_written_returns_the_text_that_terraform_reads(stack, variables) -> None:
    role = IamRole(stack, "Role", assume_role_policy="{}")
    assert as_written(stack, f"a/{role.arn}/{variables['string'].string_value}") == (
        "a/${aws_iam_role.Role.arn}/${var.string}"
    )
    assert as_written(stack, "text") == "text"
    assert as_written(stack, "${var.x}") == "${var.x}"


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ('"${var.x}"', r'"\"${var.x}\""'),
        ('${var.x["a"]} and ${f({a = "b"})}\n', r'"${var.x["a"]} and ${f({a = "b"})}\n"'),
        ("$${var.x}", '"$${var.x}"'),
    ],
)
def test_the_text_around_expressions_is_encoded_as_json(stack, text, encoded) -> None:
    assert as_written(stack, json.dumps(tokens_within(text))) == encoded
