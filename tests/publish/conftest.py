"""An AWS with a gate in front of it, and projects with something to publish."""

import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sm_tf.sandbox.embedded_aws import ACCESS_KEY, EmbeddedAws
from sm_tf.sandbox.embedded_aws import client as client_at

REGION = "eu-west-1"
SM_TF = Path(sys.executable).with_name("sm-tf")

MAIN = """\
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import ContainerDefinition, ContainerImage, Model, ModelData

app = App()
for name in {stacks}:
    stack = TerraformStack(app, name)
    LocalBackend(stack, path="terraform.tfstate")
    AwsProvider(stack, "aws", region="eu-west-1")
    containers = [
        ContainerDefinition(image={image}, model_data=data, container_hostname=f"c{{number}}")
        for number, data in enumerate([{data}])
    ]
    Model(stack, "Model", containers=containers)
app.synth()
"""


@dataclass
class Gate:
    """Passes requests on to the embedded AWS, and records them.

    `refusals` answers requests whose line contains a text, such as `partNumber=2`. `held` tells which
    requests get no answer.
    """

    url: str = ""
    behind: str = ""
    requests: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    held: Callable[[str], bool] = lambda _: False
    closed: threading.Event = field(default_factory=threading.Event)

    def seen(self, *texts: str) -> list[str]:
        """The requests whose line contains these texts."""
        return [line for line in self.requests if all(text in line for text in texts)]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        if len(body) < size:  # The client was killed while it sent.
            handler.close_connection = True
            return
        line = f"{handler.command} {handler.path} {body[:200]!r}"
        self.requests.append(line)
        self._answer(handler, line, body)
        if not self.held(line):
            self.done.append(line)

    def answered(self, text: str) -> list[str]:
        """The requests that got their answer whose line contains this text."""
        return [line for line in self.done if text in line]

    def _answer(self, handler: BaseHTTPRequestHandler, line: str, body: bytes) -> None:
        if self.held(line):
            self.closed.wait(60)
        elif refusal := next((answer for text, answer in self.refusals.items() if text in line), None):
            code, content = refusal
            self._send(handler, code, {"Content-Type": "application/xml"}, content.encode())
        else:
            self._pass_on(handler, body)

    def _pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        headers = {name: value for name, value in handler.headers.items() if name not in ("Expect", "Host")}
        with closing(HTTPConnection(self.behind.removeprefix("http://"), timeout=60)) as connection:
            connection.request(handler.command, handler.path, body, headers)
            found = connection.getresponse()
            self._send(handler, found.status, dict(found.headers), found.read())

    def _send(
        self, handler: BaseHTTPRequestHandler, code: int, headers: dict[str, str], content: bytes
    ) -> None:
        handler.send_response(code)
        # Of a file for which HEAD asks, this is the size.
        length = headers.get("Content-Length") if handler.command == "HEAD" else None
        for name, value in headers.items():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", length or str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws()
    yield aws
    aws.close()


@pytest.fixture
def gate(embedded_aws: EmbeddedAws) -> Iterator[Gate]:
    gate = Gate(behind=embedded_aws.endpoint_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            # Clients that are killed go without a word.
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", lambda handler: gate.answer(handler))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    gate.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield gate
    gate.closed.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def s3(gate: Gate) -> Iterator[Any]:
    client = client_at(gate.url, "s3", REGION)
    yield client
    client.close()


@pytest.fixture
def bucket(s3: Any) -> str:
    """A bucket that no other test uses."""
    name = f"models-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


@pytest.fixture
def environment(gate: Gate, tmp_path: Path) -> dict[str, str]:
    """What `sm-tf publish` needs to find the AWS."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        "AWS_ENDPOINT_URL": gate.url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def archive() -> Callable[..., Path]:
    """Writes a gzipped tar archive of about this size, which nothing makes smaller."""

    def write(path: Path, size: int = 100) -> Path:
        content = path.with_suffix(".bin")
        content.write_bytes(os.urandom(size))
        with tarfile.open(path, "w:gz", compresslevel=1) as tar:
            tar.add(content, "weights.bin")
        content.unlink()
        return path

    return write


@pytest.fixture
def project(tmp_path: Path, archive: Callable[..., Path]) -> Callable[..., Path]:
    """Makes a project whose models have this image and these data, with the archives of these sizes."""

    def make(
        *,
        stacks: tuple[str, ...] = ("scorer",),
        image: str = 'ContainerImage.from_ecr_repository("serving", "1")',
        data: str | None = None,
        **archives: int,
    ) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        archives = archives or {"model": 100}
        for name, size in archives.items():
            archive(folder / f"{name}.tar.gz", size)
        each = ", ".join(f'ModelData.from_asset("{name}.tar.gz")' for name in archives)
        (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        (folder / "main.py").write_text(MAIN.format(stacks=stacks, image=image, data=data or each))
        return folder

    return make


@pytest.fixture
def publish(environment: dict[str, str]) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs `sm-tf publish` in a project."""

    def run(
        project: Path, *arguments: str, before: Callable[[], None] | None = None, **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [SM_TF, "publish", *arguments],
            cwd=project,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=before,
        )

    return run
