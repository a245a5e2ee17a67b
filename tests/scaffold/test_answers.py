from pathlib import Path

import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.answers import MissingAnswersError, collect
from sm_tf.scaffold.template import read_template

QUESTIONS = [
    {"name": "name", "prompt": "Name", "type": "name", "default": "{{ directory }}"},
    {"name": "backend", "prompt": "Backend", "choices": ["local", "s3"], "default": "local"},
    {
        "name": "bucket",
        "prompt": "Bucket",
        "type": "bucket",
        "default": "{{ name | lower }}-state",
        "when": {"backend": "s3"},
    },
    {"name": "count", "prompt": "Count", "type": "integer", "minimum": 1, "default": 2},
    {"name": "mail", "prompt": "Mail", "type": "email", "optional": True},
]
HERE = Path("/projects/Demo")


@pytest.fixture
def template(new_template):
    return read_template(new_template({}, questions=QUESTIONS))


def test_defaults_are_made_of_the_folder_and_of_earlier_answers(template):
    answers = collect(template, {"backend": "s3"}, directory=HERE, defaults=True)
    assert answers == {"name": "Demo", "backend": "s3", "bucket": "demo-state", "count": 2, "mail": ""}


@pytest.mark.parametrize(("folder", "name"), [("my project!", "my-project"), ("---", "my-endpoint")])
def test_a_folder_gives_a_name_that_is_allowed(template, folder, name):
    assert collect(template, {}, directory=Path("/projects") / folder, defaults=True)["name"] == name


def test_what_is_given_wins(template):
    answers = collect(template, {"name": "other", "count": "5"}, directory=HERE, defaults=True)
    assert (answers["name"], answers["count"]) == ("other", 5)


def test_a_question_that_does_not_apply_has_an_empty_answer(template):
    assert collect(template, {"bucket": ""}, directory=HERE, defaults=True)["bucket"] == ""
    with pytest.raises(UsageError, match=r"^bucket is used only with backend s3\.$"):
        collect(template, {"bucket": "mine"}, directory=HERE, defaults=True)


def test_all_wrong_answers_are_told_at_once(template):
    with pytest.raises(UsageError) as caught:
        collect(template, {"colour": "red", "backend": "ftp", "count": "0"}, directory=HERE)
    assert str(caught.value).splitlines() == [
        "Template mine does not ask for colour; it asks for name, backend, bucket, count, mail.",
        "backend 'ftp' must be one of local, s3.",
        "count '0' must be a whole number from 1.",
    ]


def test_open_questions_are_told_at_once(template):
    with pytest.raises(MissingAnswersError) as caught:
        collect(template, {"count": 1, "backend": "s3"}, directory=HERE)
    assert [question.name for question in caught.value.missing] == ["name", "bucket", "mail"]


def test_a_question_without_default_stays_open(new_template):
    folder = new_template({}, questions=[{"name": "team", "prompt": "Team"}])
    with pytest.raises(MissingAnswersError, match="team"):
        collect(read_template(folder), {}, directory=HERE, defaults=True)


def test_open_questions_are_asked_with_their_defaults(template):
    asked = []

    def ask(question, default):
        asked.append((question.name, default))
        return "s3" if question.name == "backend" else default

    answers = collect(template, {"count": 3}, directory=HERE, ask=ask)
    assert asked == [("name", "Demo"), ("backend", "local"), ("bucket", "demo-state"), ("mail", "")]
    assert answers["bucket"] == "demo-state"


def test_recorded_answers_are_taken_where_they_still_fit(template):
    recorded = {"name": "old", "backend": "s3", "bucket": "state-of-old", "count": 4, "mail": "", "gone": "x"}
    assert collect(template, {}, directory=HERE, recorded=recorded) == {
        "name": "old", "backend": "s3", "bucket": "state-of-old", "count": 4, "mail": "",
    }  # fmt: skip
    # The bucket isn't asked for any more.
    assert collect(template, {"backend": "local"}, directory=HERE, recorded=recorded)["bucket"] == ""
    # Now it is, and was not before.
    with pytest.raises(MissingAnswersError, match="bucket"):
        collect(template, {"backend": "s3"}, directory=HERE, recorded={**recorded, "bucket": ""})


def test_a_recorded_answer_that_is_not_allowed_any_more_is_told(template):
    with pytest.raises(UsageError, match="count '0' must be"):
        collect(template, {}, directory=HERE, recorded={"count": 0}, defaults=True)
