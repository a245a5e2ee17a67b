import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_tf.bindings.template import groups, literal_length, mistake_in, readable, split, unescaped

TOKEN = "${TfToken[TOKEN.12]}"
REFERENCES = [
    "${var.x}",
    TOKEN,
    '${lookup(var.m, "}")}',
    '${"a${var.x}b"}',
    '${"$${"}',
    '${{ for k, v in var.m : k => "${v}}" }}',
    r'${replace(var.x, "\"}", "")}',
    "#{TfToken[3]}",
]
literals = st.text(alphabet="ab/:.-}\"' ", max_size=8)
references = st.sampled_from(REFERENCES)


class TestSplit:
    @given(st.text(alphabet='ab$%#&{}"\\ TfToken[1].', max_size=40))
    def test_the_parts_of_any_text_join_to_it(self, text) -> None:
        assert "".join(split(text)) == text

    @given(st.lists(st.tuples(literals, references), max_size=4), literals)
    def test_literals_and_references_are_found_wherever_they_are(self, pairs, last) -> None:
        parts = [part for pair in pairs for part in pair] + [last]
        assert split("".join(parts)) == parts

    @pytest.mark.parametrize(
        "text", ["", "a", "$", "{}", "$${a}", "$$${a}", "%%{ if }", "a$", "100%", "}", '"', "$ {a}"]
    )
    def test_a_text_without_references_is_one_literal(self, text) -> None:
        assert split(text) == [text]

    def test_what_is_between_directives_is_not_literal(self) -> None:
        directives = "%{ if var.x }a%{ else }${var.b}%{ endif }"
        assert split(f"x-{directives}-y") == ["x-", directives, "-y"]

    def test_without_its_end_a_reference_is_the_rest(self) -> None:
        assert split("a${var.x-b") == ["a", "${var.x-b", ""]


class TestMistakeIn:
    @pytest.mark.parametrize("text", ["a${var.x", "${", 'a-${"}', "${var.a}-${var.b", "%{ if true"])
    def test_a_reference_without_its_end(self, text) -> None:
        assert "without its '}'; close the reference, or write" in (mistake_in(text) or "")

    def test_a_dollar_sign_before_a_token(self) -> None:
        assert "leave the '$' out" in (mistake_in(f"s3://${TOKEN}/a") or "")

    @pytest.mark.parametrize("text", [*REFERENCES, "", "a", "$${a", "%%{", "$", "a$b"])
    def test_none(self, text) -> None:
        assert mistake_in(text) is None


@pytest.mark.parametrize(
    ("text", "groups_of_it"),
    [
        ("s3://a/b/c", ("a", "b/c")),
        ("s3://${var.a}/b/${var.c}", ("${var.a}", "b/${var.c}")),
        ('s3://x-${split("/", var.a)[0]}/b', ('x-${split("/", var.a)[0]}', "b")),
        ("s3://${var.a}${var.b}/c", ("${var.a}${var.b}", "c")),
        ("${var.a}/b", None),
        ("s3://${var.a}", None),
    ],
)
def test_a_pattern_takes_a_text_apart_without_cutting_references(text, groups_of_it) -> None:
    assert groups(re.compile("s3://([^/]+)/(.+)"), text) == groups_of_it


def test_an_escape_is_one_sign_in_aws() -> None:
    assert unescaped("a$${b}%%{c}$") == "a${b}%{c}$"
    assert literal_length("a$${b}-${var.x}") == len("a${b}-")


def test_tokens_are_not_readable() -> None:
    assert readable(f"s3://{TOKEN}/${{var.x}}") == "'s3://${…}/${var.x}'"
