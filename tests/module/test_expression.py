"""Expressions in HCL have the value that Terraform's JSON syntax gives them."""

import json
from pathlib import Path
from typing import Any

import pytest

from sm_tf.module.block import Block, document
from sm_tf.module.expression import Raw, expression
from sm_tf.project.terraform_runner import terraform_runner


def test_a_reference_alone_stands_without_a_template() -> None:
    assert expression("${aws_iam_role.model.arn}") == "aws_iam_role.model.arn"
    assert expression("${ aws_iam_role.model.arn }/*") == '"${ aws_iam_role.model.arn }/*"'


def test_json_becomes_jsonencode() -> None:
    policy = '{"Version": "2012-10-17", "Statement": [{"Resource": "${aws_s3_bucket.models.arn}/*"}]}'
    assert expression(policy) == (
        "jsonencode({\n"
        '  Version = "2012-10-17"\n'
        "  Statement = [{\n"
        '    Resource = "${aws_s3_bucket.models.arn}/*"\n'
        "  }]\n"
        "})"
    )


def test_text_of_several_lines_becomes_a_heredoc() -> None:
    assert expression("a\n  b\n") == "<<-EOT\n  a\n    b\nEOT"


def test_words_that_are_no_values_stay() -> None:
    assert expression([Raw("name"), Raw("tags")]) == "[name, tags]"


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="is not a value of Terraform's JSON syntax"):
        expression(object())


VALUES: dict[str, Any] = {
    "plain": "text",
    "empty": "",
    "quotes": 'say "hi"',
    "backslash": "a\\d+\\n",
    "control": "tab\tbell\x07delete\x7f",
    "unicode": "é ∑ 😀 \u2028",
    "dollar": "costs $5, $${not.a.reference} and $$ or $",
    "percent": "100% of %%{not} a %",
    "reference": "${local.word}",
    "joined": "a-${local.word}-b",
    "function": '${join(",", ["a", "b"])}',
    "nested": '${"inner ${local.word} \\"quoted\\""}',
    "condition": '${local.word == "word" ? 1 : 2}',
    "directive": "%{ if true }yes%{ else }no%{ endif }",
    "number": 1.5,
    "large": 2**53,
    "small": 1e-7,
    "negative": -3,
    "yes": True,
    "nothing": None,
    "list": ["a", 1, True, None, []],
    "long_list": [f"item-{number}-of-a-long-list" for number in range(12)],
    "map": {"key": 1, "a b": 2, "${local.word}": 3, "9": 4, "a.b": {}, "$${x}": 5},
    "maps": [{"a": 1}, {"b": {"c": [1, {"d": 2}]}}],
    "lines": "first\n  second\n\nthird",
    "ending": "first\nsecond\n",
    "endings": "first\nsecond\n\n\n",
    "indented": "  first\n  second\n",
    "spaces": "first\n   \nsecond\n",
    "trailing": "first  \nsecond\n",
    "script": '#!/bin/sh\necho "$HOME" $${x} \\\n  | sed "s/a/b/"\n',
    "marker": "EOT\nEOT\n",
    "lines_and_reference": "first ${local.word}\n%{ if true }second%{ endif }\n",
    "return": "first\r\nsecond\r\n",
    "policy": '{"a": ["${local.word}/*", 1.50, null, true], "$${literal}": "say \\"hi\\" \\n ${local.word}"}',
    "json_list": '[{"a": {}}, []]',
    "json_number": '{"large": 12345678901234567890, "small": 0.1}',
    "almost_json": '{"a": ${local.word}}',
    "braces": "{not json}",
    "encoded": '${jsonencode({"a" = 1})}',
}


def known(value: Any) -> Any:
    """Texts of JSON count as what they hold, since its spaces mean nothing."""
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value
    except ValueError:
        return value


@pytest.mark.terraform
def test_terraform_reads_the_same_values(tmp_path: Path) -> None:
    written = {
        "locals": {"word": "word"},
        "output": {f"json_{name}": {"value": value} for name, value in VALUES.items()},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps(written))
    outputs = [Block("output", (f"hcl_{name}",), {"value": value}) for name, value in VALUES.items()]
    (tmp_path / "outputs.tf").write_text(document(outputs))
    with terraform_runner() as terraform:
        applied = terraform.run(tmp_path, "apply", "-json", "-auto-approve")
        assert applied.code == 0, applied.problems()
        assert terraform.run(tmp_path, "fmt").code == 0
        assert terraform.run(tmp_path, "plan", "-json", "-detailed-exitcode").code == 0
        found = json.loads(terraform.run(tmp_path, "output", "-json").text)
    values = {name: known(output["value"]) for name, output in found.items()}
    in_json = {name: values.get(f"json_{name}") for name in VALUES}
    assert {name: values.get(f"hcl_{name}") for name in VALUES} == in_json
