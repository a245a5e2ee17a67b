import pytest

from sm_tf.foundation.foreign import is_printable, parse_json, printable

STEERING = {
    "\x1b[2J": r"\x1b[2J",
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "\x9b31m": r"\x9b31m",
    "a\rb": r"a\rb",
    "a\x7f": r"a\x7f",
    "\u202eabc": r"\u202eabc",
    "\u2066a": r"\u2066a",
    "\u2028": r"\u2028",
    "\x00": r"\x00",
}


@pytest.mark.parametrize(("text", "shown"), STEERING.items(), ids=repr)
def test_what_steers_a_terminal_is_shown_as_an_escape(text, shown):
    assert printable(text) == shown
    assert not is_printable(text)


@pytest.mark.parametrize("text", ["plain", "two\nlines\tand a tab", "Größe 模型 😀", "non\u00a0breaking", ""])
def test_other_texts_stay(text):
    assert printable(text) == text
    assert is_printable(text)


def test_json_is_read():
    assert parse_json('{"a": [1]}') == {"a": [1]}


def test_json_may_have_200_levels():
    value = parse_json("[" * 200 + "]" * 200)
    for _ in range(199):
        [value] = value
    assert value == []


@pytest.mark.parametrize("levels", [201, 900, 2000, 100_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_json_with_more_levels_is_a_value_error(levels, start, end):
    with pytest.raises(ValueError, match="it is nested too deeply: more than 200 levels"):
        parse_json(start * levels + "1" + end * levels)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"a":' * 100_000, "", "1" * 10_000])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_json(text)
