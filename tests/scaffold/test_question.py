import pytest

from sm_tf.foundation.errors import UsageError
from sm_tf.scaffold.question import Question

GOOD = {
    "text": ["anything goes", "ünïcode"],
    "integer": ["0", "-3", "17"],
    "name": ["a", "A-1", "a" * 63],
    "region": ["eu-west-1", "us-gov-west-1", "cn-north-1"],
    "email": ["oncall@example.com", "a.b+c@mail.example.co.uk"],
    "image": [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app",
        f"registry.example.com:5000/app@sha256:{'0' * 64}",
        "localhost:5000/app:1",
        "huggingface-pytorch-inference:2.6.0-transformers4.49.0-cpu-py312-ubuntu22.04",
    ],
    "instance-type": ["ml.m5.large", "ml.p4d.24xlarge", "ml.trn1-n.32xlarge"],
    "bucket": ["abc", "my.bucket-1"],
    "s3-uri": ["s3://bucket/key", "s3://bucket/prefix/"],
    "s3-archive": ["s3://bucket/key.tar.gz", "s3://bucket/a/b/model.tar.gz"],
}
BAD = {
    "text": ["two\nlines", "bell\a"],
    "integer": ["one", "1.5", "1e3", "", "٣"],
    "name": ["", "-a", "a-", "a_b", "a b", "a" * 64, "../x", "ä"],
    "region": ["", "eu-west", "EU-WEST-1", "mars-north-1"],
    "email": [
        "",
        "oncall",
        "oncall@",
        "@example.com",
        "a@b",
        "a b@example.com",
        'a"@example.com',
        "${a}@example.com",
    ],
    "image": ["", "app", "team/app:1", "app:", "https://example.com/app", "example.com/app:1 2", "A:1"],
    "instance-type": ["", "m5.large", "ml.m5", "ml.m5.large "[:-1] + "!"],
    "bucket": ["", "ab", "Bucket", "a" * 64, "-abc", "s3://bucket"],
    "s3-uri": [
        "",
        "bucket/key",
        "s3://bucket",
        "s3://bucket/",
        "s3://Bucket/key",
        "s3://bucket/a b",
        "s3://bucket/${a}",
    ],
    "s3-archive": ["", "s3://bucket/key", "s3://bucket/key.zip", 's3://bucket/".tar.gz'],
}


def cases(table):
    return [(type, text) for type, texts in table.items() for text in texts]


@pytest.mark.parametrize(("type", "text"), cases(GOOD))
def test_an_allowed_answer_is_taken_as_it_is(type, text):
    answer = Question(name="it", prompt="It", type=type).parse(f" {text} ")
    assert answer == (int(text) if type == "integer" else text)


@pytest.mark.parametrize(("type", "text"), cases(BAD))
def test_another_answer_is_refused_with_what_is_allowed(type, text):
    question = Question(name="it", prompt="It", type=type)
    with pytest.raises(UsageError) as caught:
        question.parse(text)
    assert str(caught.value) == f"it {text!r} must be {question.allowed}."


def test_the_regions_are_named():
    with pytest.raises(UsageError, match=r"one of af-south-1, .*eu-west-1, .*us-west-2\."):
        Question(name="region", prompt="Region", type="region").parse("mars-north-1")


def test_the_choices_are_named():
    question = Question(name="ci", prompt="CI", choices=("github", "none"))
    assert question.parse("none") == "none"
    with pytest.raises(UsageError, match=r"ci 'jenkins' must be one of github, none\."):
        question.parse("jenkins")


def test_the_bounds_of_a_number_are_named():
    question = Question(name="percent", prompt="Percent", type="integer", minimum=1, maximum=99)
    assert [question.parse("1"), question.parse(99)] == [1, 99]
    for wrong in ("0", "100"):
        with pytest.raises(UsageError, match=rf"percent '{wrong}' must be a whole number from 1 to 99\."):
            question.parse(wrong)


def test_a_pattern_narrows_a_type_and_its_rule_explains_it():
    question = Question(
        name="type", prompt="Type", type="instance-type", pattern=r"ml\.m5\..*", rule="one of ml.m5"
    )
    assert question.parse("ml.m5.large") == "ml.m5.large"
    for wrong in ("ml.c5.large", "m5.large"):
        with pytest.raises(UsageError, match=r"must be one of ml\.m5\."):
            question.parse(wrong)
    plain = Question(name="code", prompt="Code", pattern="[a-z]{3}")
    with pytest.raises(UsageError, match=r"must be text on one line that matches \[a-z\]\{3\}\."):
        plain.parse("ABC")


def test_an_optional_answer_may_be_empty():
    question = Question(name="mail", prompt="Mail", type="email", optional=True)
    assert question.parse("") == ""
    with pytest.raises(UsageError, match=r"an e-mail address such as oncall@example\.com, or empty\."):
        question.parse("nobody")


def test_a_question_is_asked_after_the_answers_that_it_needs():
    question = Question(name="bucket", prompt="Bucket", when={"backend": "s3"})
    assert question.applies({"backend": "s3"})
    assert not question.applies({"backend": "local"})
    assert not question.applies({})
