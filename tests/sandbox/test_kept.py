from collections.abc import Iterator
from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox, UsageError
from sm_tf.sandbox.kept import KeptSandbox, find_kept, keep, kept_sandboxes

pytestmark = pytest.mark.slow


@pytest.fixture
def kept(temporary_folder: Path) -> Iterator[KeptSandbox]:
    aws = Sandbox(region="eu-west-1")
    sandbox = keep(aws, temporary_folder)
    aws.close()
    yield sandbox
    sandbox.stop()


def test_a_kept_sandbox_is_found_again_and_ended(kept: KeptSandbox, temporary_folder: Path) -> None:
    assert kept.alive()
    assert kept_sandboxes() == [kept]
    assert find_kept([]) == find_kept([kept.id]) == [kept]
    assert "export AWS_REGION=eu-west-1\n" in kept.environment_file.read_text()
    kept.stop()
    assert not kept.alive()
    assert kept_sandboxes() == []
    assert list(temporary_folder.iterdir()) == []


def test_an_id_that_is_not_known_is_wrong_usage(kept: KeptSandbox) -> None:
    with pytest.raises(UsageError, match=f"id nope; running: {kept.id}"):
        find_kept(["nope"])


def test_what_is_left_of_a_sandbox_that_died_is_removed(kept: KeptSandbox, temporary_folder: Path) -> None:
    note = (kept.home / "kept.json").read_text()
    kept.stop()
    kept.home.mkdir()
    (kept.home / "kept.json").write_text(note)
    assert kept_sandboxes() == []
    assert list(temporary_folder.iterdir()) == []
    with pytest.raises(UsageError, match="none is running"):
        find_kept([])
