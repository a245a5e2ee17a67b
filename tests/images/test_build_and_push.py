"""The script that builds and pushes: its commands, where it finds credentials, what it says when it fails."""

import base64
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from sm_tf.images.build_script import SCRIPT
from sm_tf.images.context import BuildContext

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
IMAGE = f"{REGISTRY}/team/models:0a1b"
PASSWORD = "the-registry-password"
SECRETS = (
    "SECRETKEY/+=1",
    "SESSIONTOKEN/+==",
    PASSWORD,
    base64.b64encode(f"AWS:{PASSWORD}".encode()).decode(),
)
CREDENTIALS = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": SECRETS[0], "Token": SECRETS[1]}


@dataclass(kw_only=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class AwsApi:
    """Answers like ECR, STS, a container's credentials endpoint and an instance's metadata service."""

    url: str = ""
    refuses: bool = False
    busy: int = 0
    """How many requests it is too busy for, first."""
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> tuple[int, str]:
        self.requests.append(request)
        if self.busy:
            self.busy -= 1
            return 503, "busy"
        if request.path == "/latest/api/token":
            return 200, "METADATATOKEN"
        if request.path == "/latest/meta-data/iam/security-credentials/":
            return 200, "the-role"
        if request.path in ("/latest/meta-data/iam/security-credentials/the-role", "/container"):
            return 200, json.dumps({"Code": "Success", **CREDENTIALS, "Expiration": "2030"}, indent=2)
        if b"AssumeRoleWithWebIdentity" in request.body:
            if self.refuses:
                return 403, "<Error><Code>AccessDenied</Code>\n<Message>no such trust</Message></Error>"
            keys = (
                ("AccessKeyId", "AccessKeyId"),
                ("SecretAccessKey", "SecretAccessKey"),
                ("SessionToken", "Token"),
            )
            return 200, "<Credentials>" + "\n".join(f"<{tag}>{CREDENTIALS[key]}</{tag}>" for tag, key in keys)
        if self.refuses:
            return 400, '{"__type":"AccessDeniedException","message":"not authorized to perform"}'
        return 200, json.dumps(
            {"authorizationData": [{"authorizationToken": SECRETS[3], "expiresAt": 1.8e9}]}
        )

    @property
    def token_request(self) -> Request:
        (found,) = [r for r in self.requests if "GetAuthorizationToken" in r.headers.get("x-amz-target", "")]
        return found


@pytest.fixture
def api() -> Iterator[AwsApi]:
    api = AwsApi()

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, text = api.answer(
                Request(method=self.command, path=self.path, headers=headers, body=body)
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield api
    server.shutdown()
    thread.join(10)
    server.server_close()


@dataclass
class Script:
    """The script beside a context, with the environment that Terraform gives it."""

    folder: Path
    environment: dict[str, str]
    bin: Any
    shell: str = "sh"

    @property
    def logins(self) -> list[Path]:
        """The folders with passwords."""
        return list(Path(self.environment["TMPDIR"]).iterdir())

    def run(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [self.shell, str(self.folder / "build_and_push.sh")],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self._no_secret_shows(done.stdout + done.stderr)
        assert sorted(file.name for file in self.folder.iterdir()) == ["build_and_push.sh", "image.tar"]
        assert self.logins == []
        return done

    def _no_secret_shows(self, output: str) -> None:
        """Neither a command line nor the output ever has a secret: checked after every run of every test."""
        for secret in SECRETS:
            assert secret not in output
            assert secret not in "\n".join(self.bin.lines())

    def fails(self, **environment: str) -> str:
        """The one line that says why."""
        done = self.run(**environment)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr.strip().splitlines()[-1]

    def passes(self, **environment: str) -> str:
        done = self.run(**environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def record(self, what: str) -> str:
        return Path(f"{self.bin.record}.{what}").read_text()


@pytest.fixture
def script(tmp_path: Path, folder: Path, api: AwsApi, bin_folder: Any) -> Script:
    asset = tmp_path / "the stack" / "asset"
    asset.mkdir(parents=True)
    shutil.copy(SCRIPT, asset)
    BuildContext(folder).archive(asset / "image.tar")
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "temporary").mkdir()
    environment = {
        "TMPDIR": str(tmp_path / "temporary"),
        "PATH": str(bin_folder.path),
        "HOME": str(home),
        "RECORD": str(bin_folder.record),
        "FAKE_VERSION": "Docker version 28.2.2, build e6534b4",
        "REPOSITORY_URL": f"{REGISTRY}/team/models",
        "TAG": "0a1b",
        "REGION": "eu-west-1",
        "PLATFORM": "linux/amd64",
        "TARGET": "",
        "BUILD_ARGS": "",
        "AWS_ENDPOINT_URL": api.url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Script(asset, environment, bin_folder)


KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRETS[0]}
SESSION = {**KEYS, "AWS_SESSION_TOKEN": SECRETS[1]}
BUILD = "[build] [--platform] [linux/amd64] [--file] [Dockerfile] [--tag] [" + IMAGE + "]"

# ---- The builder's commands


def test_docker_builds_and_pushes(script: Script) -> None:
    script.bin.fake("docker")
    assert f"Pushed {IMAGE}." in script.passes(**KEYS)
    assert script.bin.lines("docker") == [
        "docker [info]",
        "docker [--version]",
        "docker [context] [inspect] [--format] [{{.Endpoints.docker.Host}}]",
        f"docker [login] [--username] [AWS] [--password-stdin] [{REGISTRY}]",
        f"docker [manifest] [inspect] [{IMAGE}]",
        f"docker {BUILD} [context]",
        f"docker [push] [{IMAGE}]",
    ]
    assert script.record("stdin") == PASSWORD
    environment = script.record("build-env").splitlines()
    assert "BUILDX_NO_DEFAULT_ATTESTATIONS=1" in environment
    assert "DOCKER_HOST=unix:///run/user/1000/docker.sock" in environment
    assert not [line for line in environment if line.startswith("DOCKER_CONFIG=")]
    assert "./context/model.py" in script.record("files").splitlines()


def test_podman_gets_the_ignore_file_by_name(script: Script) -> None:
    script.bin.fake("podman")
    script.passes(**KEYS, FAKE_VERSION="podman version 4.3.1")
    assert f"podman {BUILD} [--ignorefile] [Dockerfile.dockerignore] [context]" in script.bin.lines()
    assert not script.bin.lines("podman [context]")
    assert "BUILDAH_FORMAT=docker" in script.record("build-env").splitlines()


def test_podman_under_docker_s_name_is_recognized(script: Script) -> None:
    script.bin.fake("docker")
    script.passes(**KEYS, FAKE_VERSION="podman version 5.2.0")
    assert script.bin.lines(f"docker {BUILD} [--ignorefile]")


def test_finch_builds_and_pushes(script: Script) -> None:
    script.bin.fake("finch")
    script.passes(**KEYS, FAKE_VERSION="finch version v1.8.0")
    assert script.bin.lines("finch")[2:] == [
        f"finch [login] [--username] [AWS] [--password-stdin] [{REGISTRY}]",
        f"finch [manifest] [inspect] [{IMAGE}]",
        f"finch {BUILD} [context]",
        f"finch [push] [{IMAGE}]",
        f"finch [logout] [{REGISTRY}]",
    ]


def test_target_and_build_arguments_are_passed_as_they_are(script: Script) -> None:
    script.bin.fake("docker")
    value = "two words 'single' \"double\" $HOME `id` \\ *"
    script.passes(
        **KEYS, TARGET="serve", BUILD_ARGS="A B", BUILD_ARG_A="", BUILD_ARG_B=value, PLATFORM="linux/arm64"
    )
    expected = f"[--target] [serve] [--build-arg] [A=] [--build-arg] [B={value}] [context]"
    assert script.bin.lines("docker [build]")[0].endswith(expected)


def test_image_that_the_registry_has_is_not_built_again(script: Script) -> None:
    script.bin.fake("docker")
    Path(f"{script.bin.record}.pushed").touch()
    assert script.passes(**KEYS) == f"{IMAGE} is already in the registry.\n"
    assert not script.bin.lines("docker [build]")
    assert not script.bin.lines("docker [push]")


@pytest.mark.parametrize("builder", ["docker", "podman"])
def test_user_s_own_logins_stay_untouched(script: Script, tmp_path: Path, builder: str) -> None:
    script.bin.fake(builder)
    config = tmp_path / "home" / ".docker" / "config.json"
    config.parent.mkdir()
    config.write_text('{"auths": {"example.com": {}}}')
    script.passes(**KEYS, FAKE_VERSION=f"{builder} version 1")
    assert config.read_text() == '{"auths": {"example.com": {}}}'


@pytest.mark.parametrize("broken", ["docker", "podman"])
def test_builder_that_does_not_work_is_passed_over(script: Script, broken: str) -> None:
    script.bin.fake(broken, "exit 1")
    script.bin.fake("finch")
    script.passes(**KEYS, FAKE_VERSION="finch version v1.8.0")


def test_builder_can_be_chosen(script: Script) -> None:
    script.bin.fake("docker")
    script.bin.fake("my-podman")
    script.passes(**KEYS, SM_TF_CONTAINER_BUILDER="my-podman", FAKE_VERSION="podman version 5.2.0")
    assert not script.bin.lines("docker")


def test_missing_builder_is_one_clear_line(script: Script) -> None:
    line = script.fails(**KEYS)
    assert line == (
        "Error: no container builder works here (tried: docker, podman, finch). "
        "Install one or start its daemon, and apply again; or set SM_TF_CONTAINER_BUILDER to another builder."
    )


def test_push_that_fails_is_told_with_the_permissions(script: Script) -> None:
    script.bin.fake("docker")
    line = script.fails(**KEYS, FAKE_PUSH_FAILS="1")
    assert line.startswith(f"Error: docker could not push {IMAGE}.")
    assert "ecr:InitiateLayerUpload" in line


def test_push_that_another_run_was_faster_with_is_fine(script: Script) -> None:
    script.bin.fake(
        "docker", 'case "$1" in push) : >"$RECORD.pushed"; exit 1;; manifest) [ -e "$RECORD.pushed" ];; esac'
    )
    script.passes(**KEYS)


def test_build_that_fails_is_told(script: Script) -> None:
    script.bin.fake(
        "docker", 'case "$1" in build) echo "step 3 failed" >&2; exit 7;; manifest) exit 1;; esac'
    )
    assert script.fails(**KEYS).startswith(f"Error: docker could not build {IMAGE}; see its messages above.")


@pytest.fixture
def building(
    script: Script, start: Callable[..., Any], wait_until: Callable[..., None]
) -> Callable[..., Any]:
    """Starts the script in a shell, and returns its process when the builder builds."""
    script.bin.fake(
        "docker", 'case "$1" in build) : >"$RECORD.building"; exec sleep 60;; manifest) exit 1;; esac'
    )
    (script.bin.path / "sleep").symlink_to(str(shutil.which("sleep")))

    def run(shell: str) -> Any:
        command = [str(shutil.which(shell)), str(script.folder / "build_and_push.sh")]
        process = start(*command, env=script.environment | KEYS)
        wait_until(Path(f"{script.bin.record}.building").exists)
        return process

    return run


@pytest.mark.needs("dash", "bash")
@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTERM]
)
def test_a_build_that_a_signal_ends_leaves_nothing_behind(
    script: Script, building: Callable[..., Any], shell: str, number: signal.Signals
) -> None:
    process = building(shell)
    assert len(script.logins) == 1
    os.killpg(process.pid, number)
    assert process.wait(60) == 128 + number
    assert script.logins == []
    assert sorted(file.name for file in script.folder.iterdir()) == ["build_and_push.sh", "image.tar"]


def test_the_next_run_removes_what_a_killed_one_left(script: Script, building: Callable[..., Any]) -> None:
    process = building("sh")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)
    assert len(script.logins) == 1
    script.bin.fake("docker")
    script.passes(**KEYS)


def test_a_run_beside_another_leaves_its_login_alone(script: Script, tmp_path: Path) -> None:
    script.bin.fake("docker")
    other = tmp_path / "temporary" / f"sm-tf-login.{os.getpid()}.abcdef"
    other.mkdir()
    subprocess.run(
        ["sh", str(script.folder / "build_and_push.sh")],
        env=script.environment | KEYS,
        check=True,
        timeout=60,
    )
    assert script.logins == [other]


def test_login_that_fails_is_told(script: Script) -> None:
    script.bin.fake("docker", 'case "$1" in login) cat >/dev/null; echo "denied"; exit 1;; esac')
    assert script.fails(**KEYS) == f"Error: docker could not log in to {REGISTRY}."


# ---- Credentials


def signature_is_right(request: Request, url: str, token: str | None) -> bool:
    """Recompute the signature with AWS's own SDK."""
    authorization = request.headers["authorization"]
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    fields = dict(part.strip().split("=", 1) for part in authorization.partition(" ")[2].split(","))
    signed = fields["SignedHeaders"].split(";")
    expected = {"host", "x-amz-date", "x-amz-target"} | ({"x-amz-security-token"} if token else set())
    assert expected <= set(signed)
    assert request.headers.get("x-amz-security-token") == token
    copy = AWSRequest(
        "POST", url + "/", data=request.body, headers={name: request.headers[name] for name in signed}
    )
    copy.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", SECRETS[0], token), "ecr", "eu-west-1")
    string_to_sign = signer.string_to_sign(copy, signer.canonical_request(copy))
    return bool(signer.signature(string_to_sign, copy) == fields["Signature"])


@pytest.fixture
def docker(script: Script) -> Script:
    script.bin.fake("docker")
    return script


def test_environment_is_asked_first(docker: Script, api: AwsApi) -> None:
    docker.passes(**KEYS, AWS_PROFILE="other")
    assert signature_is_right(api.token_request, api.url, None)
    assert api.token_request.body == b"{}"
    assert api.token_request.headers["content-type"] == "application/x-amz-json-1.1"


def test_a_service_that_is_busy_is_asked_again(docker: Script, api: AwsApi) -> None:
    api.busy = 1
    docker.passes(**KEYS)
    assert len(api.requests) == 2


def test_session_token_is_signed(docker: Script, api: AwsApi) -> None:
    docker.passes(**SESSION)
    assert signature_is_right(api.token_request, api.url, SECRETS[1])


def test_web_identity_comes_next(docker: Script, api: AwsApi, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ey.J&=+.x\n")
    docker.passes(
        AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"), AWS_ROLE_ARN="arn:aws:iam::123456789012:role/ci"
    )
    asked = parse_qs(api.requests[0].body.decode())
    assert asked == {
        "Action": ["AssumeRoleWithWebIdentity"],
        "Version": ["2011-06-15"],
        "RoleArn": ["arn:aws:iam::123456789012:role/ci"],
        "RoleSessionName": ["sm-tf-image"],
        "WebIdentityToken": ["ey.J&=+.x"],
    }
    assert "authorization" not in api.requests[0].headers
    assert "ey.J" not in "\n".join(docker.bin.lines())
    assert signature_is_right(api.token_request, api.url, SECRETS[1])


def test_web_identity_that_is_refused_is_told(docker: Script, api: AwsApi, tmp_path: Path) -> None:
    api.refuses = True
    (tmp_path / "token").write_text("ey")
    role = "arn:aws:iam::123456789012:role/ci"
    line = docker.fails(AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"), AWS_ROLE_ARN=role)
    assert line == f"Error: AWS STS refused to assume {role}: no such trust"


@pytest.mark.parametrize("profile", [None, "ci"])
@pytest.mark.parametrize("file", ["credentials", "config"])
def test_profile_of_the_shared_files(
    docker: Script, api: AwsApi, tmp_path: Path, profile: str | None, file: str
) -> None:
    aws = tmp_path / "home" / ".aws"
    aws.mkdir()
    section = f"profile {profile}" if profile and file == "config" else profile or "default"
    (aws / file).write_text(
        "[before]\naws_access_key_id = WRONG\naws_secret_access_key = WRONG\n"
        f"[{section}]\r\naws_access_key_id=AKIDEXAMPLE\n# comment\naws_secret_access_key =  {SECRETS[0]} \n"
        f"aws_session_token = {SECRETS[1]}\n\n[after]\naws_access_key_id = WRONG\n"
    )
    docker.passes(**({"AWS_PROFILE": profile} if profile else {}))
    assert signature_is_right(api.token_request, api.url, SECRETS[1])


def test_files_of_the_profile_can_lie_elsewhere(docker: Script, api: AwsApi, tmp_path: Path) -> None:
    (tmp_path / "c").write_text(
        f"[default]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key={SECRETS[0]}"
    )
    docker.passes(AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "c"), AWS_CONFIG_FILE="/dev/null")
    assert signature_is_right(api.token_request, api.url, None)


def test_container_s_endpoint(docker: Script, api: AwsApi, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("Bearer SECRET")
    docker.passes(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{api.url}/container",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(tmp_path / "token"),
    )
    assert api.requests[0].headers["authorization"] == "Bearer SECRET"
    assert "Bearer SECRET" not in "\n".join(docker.bin.lines())
    assert signature_is_right(api.token_request, api.url, SECRETS[1])


def test_instance_s_metadata(docker: Script, api: AwsApi) -> None:
    docker.passes(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=api.url + "/")
    assert [(r.method, r.headers.get("x-aws-ec2-metadata-token")) for r in api.requests[:3]] == [
        ("PUT", None),
        ("GET", "METADATATOKEN"),
        ("GET", "METADATATOKEN"),
    ]
    assert signature_is_right(api.token_request, api.url, SECRETS[1])


def test_no_credentials_is_one_clear_line(docker: Script) -> None:
    assert docker.fails() == (
        "Error: no AWS credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
    )


def test_authorization_that_is_refused_is_told(docker: Script, api: AwsApi) -> None:
    api.refuses = True
    assert docker.fails(**KEYS) == (
        "Error: Amazon ECR refused the authorization, which needs ecr:GetAuthorizationToken: "
        "not authorized to perform"
    )


def test_service_s_own_endpoint_goes_before_the_common_one(docker: Script, api: AwsApi) -> None:
    docker.passes(**KEYS, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ENDPOINT_URL_ECR=api.url)


@pytest.mark.parametrize(
    ("region", "suffix"), [("eu-west-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")]
)
def test_public_endpoint_follows_the_registry_s_partition(docker: Script, region: str, suffix: str) -> None:
    docker.bin.fake(
        "curl", f'[ "$1" = --version ] && {{ echo "curl 8.5.0"; exit; }}; cat >"{docker.bin.record}.curl"'
    )
    docker.fails(
        **KEYS,
        AWS_ENDPOINT_URL="http://ignored",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true",
        REGION=region,
        REPOSITORY_URL=f"123456789012.dkr.ecr.{region}.{suffix}/x",
    )
    assert f'url = "https://api.ecr.{region}.{suffix}/"' in docker.record("curl").splitlines()


def aws_cli(script: Script) -> None:
    script.bin.fake("aws", f'[ "$*" = "ecr get-login-password --region eu-west-1" ] && echo {PASSWORD}')


@pytest.mark.parametrize("version", ["7.74.0", "7.85.1", "6.99.0"])
def test_curl_that_cannot_sign_all_headers_is_refused(docker: Script, version: str) -> None:
    docker.bin.fake("curl", f"echo 'curl {version} (x86_64-pc-linux-gnu)'")
    assert docker.fails(**KEYS).startswith("Error: curl 7.86 or newer, or the AWS CLI, is needed")


def test_without_curl_the_aws_cli_is_asked(docker: Script) -> None:
    docker.bin.remove("curl")
    assert docker.fails(**KEYS).endswith("or the AWS CLI, is needed to get an authorization from Amazon ECR.")
    aws_cli(docker)
    docker.passes(**KEYS)
    assert docker.record("stdin") == PASSWORD


@pytest.mark.parametrize(
    "setting", ["sso_session = corp", "role_arn = arn:aws:iam::1:role/x", "credential_process = x"]
)
def test_profile_that_signs_in_is_left_to_the_aws_cli(docker: Script, tmp_path: Path, setting: str) -> None:
    (tmp_path / "config").write_text(f"[profile corp]\n{setting}\n")
    environment = {"AWS_PROFILE": "corp", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    assert "the AWS profile corp uses" in docker.fails(**environment)
    aws_cli(docker)
    docker.passes(**environment)
    assert docker.record("stdin") == PASSWORD
