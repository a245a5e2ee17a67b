import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.sandbox.embedded_aws import EmbeddedAws

pytestmark = pytest.mark.slow

PARENT = """\
import sys
from sm_tf.sandbox.embedded_aws import EmbeddedAws

aws = EmbeddedAws()
print(aws.port, aws.home, flush=True)
sys.stdin.read()
"""


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_parent_however_that_ends(
    start: Callable[..., Any],
    wait_until: Callable[[Callable[[], object]], None],
    number: signal.Signals,
) -> None:
    parent = start(sys.executable, "-c", PARENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port, home = parent.stdout.readline().split()
    assert answers(int(port))
    parent.send_signal(number)
    wait_until(lambda: not answers(int(port)) and not Path(home).exists())


def test_closing_leaves_nothing_behind(temporary_folder: Path) -> None:
    aws = EmbeddedAws()
    assert aws.home.parent == temporary_folder
    aws.close()
    assert not answers(aws.port)
    assert list(temporary_folder.iterdir()) == []


def test_several_do_not_meet() -> None:
    first, second = EmbeddedAws(), EmbeddedAws()
    try:
        first.client("sns", "eu-west-1").create_topic(Name="only-in-the-first")
        assert len(first.client("sns", "eu-west-1").list_topics()["Topics"]) == 1
        assert second.client("sns", "eu-west-1").list_topics()["Topics"] == []
        first.close()
        assert second.client("sns", "eu-west-1").list_topics()["Topics"] == []
    finally:
        first.close()
        second.close()


def test_busy_ports_are_left_alone() -> None:
    """The system chooses a port that nobody listens on: there is none that could be taken."""
    with contextlib.ExitStack() as stack:
        busy = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(100)]
        sandboxes = [EmbeddedAws(), EmbeddedAws()]
        for aws in sandboxes:
            stack.callback(aws.close)
            assert aws.client("sns", "eu-west-1").list_topics()["Topics"] == []
        ports = [listener.getsockname()[1] for listener in busy] + [aws.port for aws in sandboxes]
        assert len(set(ports)) == len(ports)


def test_a_server_that_cannot_start_is_quoted(
    temporary_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "moto.py").write_text("raise ImportError('this moto is broken')")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with pytest.raises(ToolError, match=r"^The embedded AWS did not start: .*this moto is broken\nTraceback"):
        EmbeddedAws()
    assert list(temporary_folder.iterdir()) == []


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "moto" else object())
    with pytest.raises(ToolError, match=r"needs moto: pip install 'sm-tf\[sandbox\]'"):
        EmbeddedAws()


def test_a_proxy_of_the_machine_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    aws = EmbeddedAws()
    try:
        assert aws.client("sqs", "eu-west-1").list_queues().get("QueueUrls") is None
        assert aws.calls() == []
    finally:
        aws.close()


def test_its_files_are_the_users_alone() -> None:
    aws = EmbeddedAws()
    try:
        assert aws.home.stat().st_mode & 0o077 == 0
        assert aws.home.stat().st_uid == os.getuid()
    finally:
        aws.close()
