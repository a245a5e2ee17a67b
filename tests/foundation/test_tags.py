"""Tags, by AWS's rules."""

import pytest

from sm_tf import ContainerDefinition, ContainerImage, InvalidPropsError, Model

URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scorer:1"


@pytest.fixture
def tagged(stack, synth):
    def make(tags):
        container = ContainerDefinition(image=ContainerImage.from_image_uri(URI))
        Model(stack, "Model", containers=[container], tags=tags)
        return synth(stack).only("aws_sagemaker_model").get("tags")

    return make


@pytest.mark.parametrize(
    "tags",
    [
        {"team": "ml"},
        {"empty": ""},
        {"k" * 128: "v" * 256},
        {"a b_c.d:e/f=g+h-i@j": "a b_c.d:e/f=g+h-i@j"},
        {"größe": "数字 ٣"},
        {"my:aws:tag": "x"},
        {f"key-{number}": "x" for number in range(50)},
        {"owner": "${var.owner}"},
        {"team-${var.suffix}": "ml"},
    ],
)
def test_what_aws_takes(tagged, tags) -> None:
    assert tagged(tags) == tags


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"": "x"}, "the key '' must be 1 to 128"),
        ({"k" * 129: "x"}, "AWS takes at most 128"),
        ({"team": "v" * 257}, "AWS takes at most 256"),
        ({"team!": "x"}, "the key 'team!' must be"),
        ({"team": "a, b"}, r"tags\['team'\] 'a, b' must be"),
        ({"team": "line\nbreak"}, r"tags\['team'\] 'line.* must be"),
        ({"aws:owner": "x"}, "begins with 'aws:', which only AWS may use"),
        ({"AWS:owner": "x"}, "begins with 'aws:', which only AWS may use"),
        ({"aws:${var.owner}": "x"}, "begins with 'aws:', which only AWS may use"),
        ({f"key-{number}": "x" for number in range(51)}, "has 51 tags; AWS takes at most 50"),
        ({"team": 1}, r"tags\['team'\] 1 must be a string"),
        ({1: "x"}, "a key of tags 1 must be a string"),
        ({"team": None}, r"tags\['team'\] None must be a string"),
        ([{"Key": "team", "Value": "ml"}], r"is a list of names and values; pass a mapping: {'team': 'ml'}"),
        ([{"key": "team", "value": "ml"}], r"is a list of names and values; pass a mapping: {'team': 'ml'}"),
        (["team=ml"], "pass a mapping"),
        ("team=ml", "pass a mapping"),
        ({"team"}, "pass a mapping"),
    ],
)
def test_what_aws_refuses(tagged, tags, told) -> None:
    with pytest.raises(InvalidPropsError, match=told):
        tagged(tags)
