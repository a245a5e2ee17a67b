"""The process of the embedded AWS: `python -m sm_tf.sandbox.aws.server HOME`.

It prints its port as one line of JSON, and then serves on loopback until its standard input is closed, which
happens when the process that started it ends in any way. Then it removes HOME, the sandbox's folder. After a
line `keep` on standard input it does not end with that process; `POST /_sandbox/stop` ends it.
"""

import json
import logging
import os
import secrets
import select
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from sm_tf.sandbox.aws import (
    application_autoscaling,
    cloudwatch,
    ec2,
    ecr,
    iam,
    requests,
    runtime,
    s3,
    sagemaker,
)
from sm_tf.sandbox.aws.record import Record
from sm_tf.sandbox.aws.registry import Registry, start_registry
from sm_tf.sandbox.aws.stand_in_resources import StandIns
from sm_tf.sandbox.control_token import TOKEN_FILE, TOKEN_HEADER

CONTROL = "/_sandbox/"
_CONTROL_OF_MOTO = "/moto-api"


class Server:
    """The AWS API, and the requests of the sandbox to the process itself."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.record = Record()
        self.registry: Registry | None = None
        self.port = 0
        self._token = secrets.token_urlsafe(32)
        self._ending = threading.Lock()
        load = runtime.Load()
        failures = sagemaker.EndpointFailures()
        for service in (application_autoscaling, cloudwatch, ec2, iam, s3):
            service.install()
        sagemaker.install(failures)
        ecr.install(lambda: self.registry)
        runtime.install(load)
        requests.install(self.record)
        aws: Any = DomainDispatcherApplication(create_backend_app)
        self._aws: WSGIApplication = aws
        self._control: dict[tuple[str, str], Callable[..., Any]] = {
            ("GET", "calls"): self.record.calls,
            ("GET", "home"): lambda: str(self.home),
            ("POST", "capacity"): load.set_capacity,
            ("POST", "failure"): failures.ask_for,
            ("POST", "registry"): self._start_registry,
            ("GET", "silent_failures"): sagemaker.silent_failures,
            ("POST", "stand_ins"): StandIns(os.environ["MOTO_ACCOUNT_ID"]).make,
            ("POST", "stop"): lambda: threading.Timer(0.1, self.end).start(),
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if refusal := self._refusal(path, environ):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [f"{refusal}\n".encode()]
        if not path.startswith(CONTROL):
            return self._aws(environ, start_response)
        handler = self._control.get((environ["REQUEST_METHOD"], path.removeprefix(CONTROL)))
        size = int(environ.get("CONTENT_LENGTH") or 0)
        arguments = json.loads(environ["wsgi.input"].read(size)) if size else {}
        status, answer = ("404 Not Found", None) if handler is None else ("200 OK", handler(**arguments))
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _refusal(self, path: str, environ: WSGIEnvironment) -> str | None:
        """Why a request is refused: a web page may have sent it, or somebody else on this machine."""
        own = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        if environ.get("HTTP_HOST") not in own:
            return "This AWS answers only requests to 127.0.0.1 or localhost, with its port."
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and origin.removeprefix("http://") not in own:
            return "This AWS answers no requests of web pages."
        given = environ.get(f"HTTP_{TOKEN_HEADER.upper().replace('-', '_')}", "")
        if path.startswith((CONTROL, _CONTROL_OF_MOTO)) and not secrets.compare_digest(
            given.encode(), self._token.encode()
        ):
            return "Only the owner of this AWS can control it."
        return None

    def write_token(self, port: int) -> None:
        """Write the token for requests to the process itself to the sandbox's folder."""
        self.port = port
        file = self.home / f"{TOKEN_FILE}{port}"
        file.touch(mode=0o600)
        file.write_text(self._token)

    def end(self) -> None:
        """End the process and remove its files."""
        if not self._ending.acquire(blocking=False):
            return
        if self.registry:
            self.registry.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        os._exit(0)

    def end_with_parent(self) -> None:
        """Return when the parent writes `keep`; end the process when the parent has ended."""
        parent = os.getppid()
        while os.getppid() == parent:
            if select.select([sys.stdin], [], [], 1.0)[0]:
                if sys.stdin.readline() == "keep\n":
                    return
                break
        self.end()

    def _start_registry(self) -> str | None:
        if self.registry is None:
            self.registry = start_registry(self.home / "registry")
        return self.registry.address if self.registry else None


class RequestHandler(MotoRequestHandler):
    """Sends headers and body together; if they are sent apart, the provider sometimes loses the body."""

    wbufsize = -1


def main() -> None:
    """Serve until the parent ends."""
    server = Server(Path(sys.argv[1]))
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.end())
    try:
        listener = socket.create_server(("127.0.0.1", 0))
    except OSError as error:
        sys.exit(f"it cannot listen on 127.0.0.1: {os.strerror(error.errno or 0)}.")
    listening = make_server(
        "127.0.0.1", 0, server, threaded=True, request_handler=RequestHandler, fd=listener.fileno()
    )
    server.write_token(listening.port)
    print(json.dumps({"port": listening.port}), flush=True)
    threading.Thread(target=server.end_with_parent, daemon=True).start()
    listening.serve_forever()


if __name__ == "__main__":
    main()
