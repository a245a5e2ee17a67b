"""Values that look like secrets."""

import pytest

from sm_tf import ContainerDefinition, ContainerImage, Model
from sm_tf.model.secret_values import looks_like_secret

URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_TOKEN", "abc"),
        ("HUGGING_FACE_HUB_TOKEN", "hf_" + "a" * 34),
        ("DB_PASSWORD", "hunter2"),
        ("password", "x"),
        ("OPENAI_API_KEY", "sk-123"),
        ("AWS_SECRET_ACCESS_KEY", "x" * 40),
        ("ANYTHING", "AKIA" + "A" * 16),
        ("ANYTHING", "hf_" + "b" * 34),
        ("ANYTHING", "ghp_" + "c" * 36),
        ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----\nabc"),
    ],
)
def test_a_secret_is_a_warning_that_doesnt_show_it(stack, name, value) -> None:
    container = ContainerDefinition(image=ContainerImage.from_image_uri(URI), environment={name: value})
    model = Model(stack, "Model", containers=[container])
    (warning,) = [entry.data for entry in model.node.metadata]
    assert f"environment['{name}'] looks like a secret" in warning
    assert value not in warning.replace(name, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_MODEL_ID", "Qwen/Qwen3-8B"),
        ("MAX_TOTAL_TOKENS", "4096"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("USE_TOKEN", "true"),
        ("EOS_TOKEN", "2"),
        ("HF_TOKEN", ""),
        ("HF_TOKEN", "${data.aws_secretsmanager_secret_version.token.secret_string}"),
        ("DB_SECRET", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"),
        ("SECRET_NAME", "db"),
        ("TOKEN_FILE", "token.txt"),
        ("ANYTHING", "hf_short"),
    ],
)
def test_what_is_no_secret(name, value) -> None:
    assert not looks_like_secret(name, value)
