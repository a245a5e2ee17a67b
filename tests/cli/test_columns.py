import pytest

from sm_tf.cli.columns import columns

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
