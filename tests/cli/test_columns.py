import io

import pytest

from sm_tf.cli.columns import columns, fit

TABLE = [
    ("name", "state"),
    ("a-name-without-any-space", "is in service, with half of the traffic"),
    ("b", "fails"),
]


def test_columns_are_as_wide_as_their_texts() -> None:
    assert list(columns(TABLE, None)) == [
        "name                      state",
        "a-name-without-any-space  is in service, with half of the traffic",
        "b                         fails",
    ]
    assert list(columns(TABLE, 200)) == list(columns(TABLE, None))


def test_a_narrow_terminal_wraps_between_words() -> None:
    assert list(columns(TABLE, 45)) == [
        "name                      state",
        "a-name-without-any-space  is in service, with",
        "                          half of the traffic",
        "b                         fails",
    ]


@pytest.mark.parametrize("width", [1, 10, 30])
def test_no_word_is_cut(width: int) -> None:
    text = "\n".join(columns(TABLE, width))
    assert set(text.split()) == {word for line in TABLE for cell in line for word in cell.split()}


def test_wrapped_lines_keep_their_indent() -> None:
    assert list(columns([("  one two", "x")], 8)) == ["  one  x", "  two"]
    assert list(columns([("  one", "x y")], 1)) == ["  one  x", "       y"]


class Stream(io.StringIO):
    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def test_text_is_wrapped_between_words_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = "a first line that is long\n  and-a-word-that-is-longer"
    assert fit(text, Stream(False)) == text
    assert fit(text, Stream(True)) == "a first line that is\nlong\n  and-a-word-that-is-longer"
