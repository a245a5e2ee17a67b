"""What a registry says of an image."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sm_tf.foundation.errors import ToolError
from sm_tf.publish.registry import Registry

MANIFEST = b'{"schemaVersion": 2}'
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


class Answers(BaseHTTPRequestHandler):
    """Has one image, `/v2/team/models/manifests/1`."""

    told = DIGEST

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Basic {base64.b64encode(b'AWS:password').decode()}"
        code = 401 if not allowed else 200 if self.path == "/v2/team/models/manifests/1" else 404
        self.send_response(code)
        self.send_header("Docker-Content-Digest", self.told)
        self.end_headers()
        self.wfile.write(MANIFEST)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    # It isn't asked for what is on this machine.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def registry(url: str, password: bytes = b"password") -> Registry:
    return Registry(url=url, authorization=base64.b64encode(b"AWS:" + password).decode())


def test_an_image_has_the_digest_of_its_manifest(url: str) -> None:
    assert registry(url).digest("team/models", "1") == DIGEST
    assert registry(url).digest("team/models", "2") is None
    assert registry(url).password == "password"


def test_a_wrong_password_is_said_but_not_shown(url: str) -> None:
    wrong = registry(url, b"wrong")
    with pytest.raises(ToolError, match=r"^http://.* refuses to show team/models:1: 401 Unauthorized\.$"):
        wrong.digest("team/models", "1")
    assert base64.b64encode(b"AWS:wrong").decode() not in repr(wrong)


def test_another_manifest_than_promised_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "told", "sha256:other")
    with pytest.raises(ToolError, match=rf"says that team/models:1 is sha256:other, but sends {DIGEST}\.$"):
        registry(url).digest("team/models", "1")


def test_a_registry_that_is_not_there_is_named() -> None:
    with pytest.raises(ToolError, match=r"^http://127\.0\.0\.1:1 cannot be reached: .*refused"):
        registry("http://127.0.0.1:1").digest("team/models", "1")
