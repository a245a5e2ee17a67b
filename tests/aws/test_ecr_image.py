import pytest
from botocore.loaders import Loader

from sm_tf.aws.ecr_image import DIGEST, REPOSITORY, REPOSITORY_PATTERN, TAG


def without_groups(pattern: str) -> str:
    return pattern.replace("(?:", "(").replace("\\/", "/")


def test_a_repository_name_is_what_botocore_says() -> None:
    shape = Loader().load_service_model("ecr", "service-2")["shapes"]["RepositoryName"]
    assert without_groups(REPOSITORY_PATTERN) == without_groups(shape["pattern"])
    assert REPOSITORY.pattern.startswith(f"(?=.{{{shape['min']},{shape['max']}}}$)")


@pytest.mark.parametrize("name", ["ab", "team/app", "a.b_c__d-e---f/g1", "a" * 256])
def test_repository_names(name: str) -> None:
    assert REPOSITORY.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    ["", "a", "App", "a..b", "a-.b", "a___b", "-a", "a-", "/a", "a/", "a//b", "a b", "a" * 257, "ab\n"],
)
def test_what_is_not_a_repository_name(name: str) -> None:
    assert not REPOSITORY.fullmatch(name)


def test_tags_and_digests() -> None:
    assert TAG.fullmatch("_1.0-gpu")
    assert TAG.fullmatch("a" * 128)
    assert not any(TAG.fullmatch(tag) for tag in ("", "-a", ".a", "a:b", "ä", "a" * 129))
    assert DIGEST.fullmatch(f"sha256:{'0f' * 32}")
    assert not any(DIGEST.fullmatch(digest) for digest in ("sha256:", f"sha256:{'0F' * 32}", "0f" * 32))
