"""Starts the embedded AWS and talks to it."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.foundation.signals import uninterrupted
from sm_tf.sandbox.control_token import TOKEN_FILE, TOKEN_HEADER

PREFIX = "sm-tf-sandbox-"
ACCESS_KEY = "sandbox"
ACCOUNT_ID = "123456789012"
_START_SECONDS = 60.0
_END_SECONDS = 20.0
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class EmbeddedAws:
    """An AWS API on a free port of 127.0.0.1, in a process that ends with this one.

    `home` is the sandbox's private folder. The process removes it when it ends, even if this process is
    killed.

    Raises:
        ToolError: a Python package is missing, or the process did not start.
    """

    def __init__(self) -> None:
        if missing := _missing_packages():
            raise ToolError(f"The sandbox needs {', '.join(missing)}: pip install 'sm-tf[sandbox]'")
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.log = self.home / "aws.log"
        try:
            with uninterrupted():
                self._process = self._start()
            self.port = self._read_port()
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise
        self.endpoint_url = f"http://127.0.0.1:{self.port}"

    def client(self, service: str, region: str) -> Any:
        """A boto3 client of the service."""
        return client(self.endpoint_url, service, region)

    def calls(self) -> list[dict[str, Any]]:
        """The write requests that were accepted so far: service, action and parameters."""
        answer = control(self.endpoint_url, "GET", "calls")
        assert isinstance(answer, list)
        return answer

    def start_registry(self) -> str | None:
        """Start the container registry for ECR's repositories, and return its `host:port`.

        Returns None if this machine has no registry program.
        """
        address: str | None = control(self.endpoint_url, "POST", "registry")
        return address

    def keep(self) -> None:
        """Let the AWS and its folder outlive this process."""
        assert self._process.stdin is not None
        self._process.stdin.write("keep\n")
        self._process.stdin.close()
        # If the AWS ends before this process, its exit code must be read.
        threading.Thread(target=self._process.wait, daemon=True).start()

    def close(self) -> None:
        """End the AWS and remove its folder."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[str]":
        with self.log.open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "sm_tf.sandbox.aws.server", str(self.home)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=_server_environment(),
                # Ctrl-C must not reach it: Terraform still needs the AWS to end well.
                start_new_session=True,
            )

    def _read_port(self) -> int:
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline() if select.select([stdout], [], [], _START_SECONDS)[0] else ""
        stdout.close()
        if not line:
            self._process.kill()
            self._process.communicate()
            *before, reason = self.log.read_text().strip().splitlines()[-15:] or ["it printed no reason."]
            raise ToolError("\n".join([f"The embedded AWS did not start: {reason}", *before]))
        port: int = json.loads(line)["port"]
        return port


def client(endpoint_url: str, service: str, region: str) -> Any:
    """A boto3 client for the embedded AWS at that address."""
    from botocore.config import Config  # type: ignore[import-untyped]

    return _session().client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        # The machine's proxy and certificates do not work for loopback.
        config=Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


@cache
def _session() -> Any:
    """One session for all clients, since a session reads large tables of the services."""
    import boto3  # type: ignore[import-untyped]

    return boto3.Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=ACCESS_KEY)


def control(endpoint_url: str, method: str, command: str, **arguments: Any) -> Any:
    """Send a request to the process of the AWS; raises `OSError` if the process has ended."""
    data = json.dumps(arguments).encode() if arguments else None
    request = urllib.request.Request(f"{endpoint_url}/_sandbox/{command}", data, method=method)
    request.add_header(TOKEN_HEADER, _token(endpoint_url))
    try:
        with _NO_PROXY.open(request, timeout=30) as answer:
            return json.load(answer)
    except HTTPException as error:
        raise ConnectionError(f"The embedded AWS at {endpoint_url} has ended.") from error


def _token(endpoint_url: str) -> str:
    """The token of a sandbox, from its folder, which only its owner can read."""
    port = endpoint_url.rpartition(":")[2]
    files = Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{TOKEN_FILE}{port}")
    own = (file for file in files if file.stat().st_uid == os.getuid())
    return next((file.read_text() for file in own), "")


def _missing_packages() -> list[str]:
    from importlib.util import find_spec

    return [name for name in ("moto", "flask", "flask_cors", "boto3", "rich") if find_spec(name) is None]


def _server_environment() -> dict[str, str]:
    # moto asks botocore for regions, and botocore would look up the user's profile.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    return kept | {
        "PYTHONWARNINGS": "ignore",
        "AWS_EC2_METADATA_DISABLED": "true",
        # A single account: after a role is assumed, the resources are the same.
        "MOTO_ACCOUNT_ID": ACCOUNT_ID,
    }
