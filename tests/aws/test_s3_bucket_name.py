import pytest

from sm_tf.aws.s3_bucket_name import BUCKET


@pytest.mark.parametrize("name", ["abc", "my.bucket-1", "1" * 63])
def test_bucket_names(name: str) -> None:
    assert BUCKET.fullmatch(name)


@pytest.mark.parametrize("name", ["", "ab", "Abc", "a_b", "-abc", "abc.", "a..b", "a" * 64, "abc\n"])
def test_what_is_not_a_bucket_name(name: str) -> None:
    assert not BUCKET.fullmatch(name)
