"""The embedded AWS answers its owner alone."""

import http.client
import stat

import pytest

from sm_tf.sandbox.control_token import TOKEN_FILE, TOKEN_HEADER
from sm_tf.sandbox.embedded_aws import EmbeddedAws, control


def ask(aws: EmbeddedAws, path: str = "/", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{aws.port}", **headers}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_requests_to_this_machine_are_answered(embedded_aws: EmbeddedAws, host: str) -> None:
    status, _ = ask(embedded_aws, Host=f"{host}:{embedded_aws.port}")
    assert status != 403


@pytest.mark.parametrize(
    "host", ["attacker.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.attacker.example", ""]
)
def test_requests_by_another_name_are_refused(embedded_aws: EmbeddedAws, host: str) -> None:
    status, said = ask(embedded_aws, Host=host)
    assert status == 403
    assert "answers only requests to 127.0.0.1 or localhost, with its port" in said


@pytest.mark.parametrize(
    "origin", ["https://attacker.example", "null", "http://127.0.0.1:1", "http://localhost"]
)
def test_requests_of_web_pages_are_refused(embedded_aws: EmbeddedAws, origin: str) -> None:
    status, said = ask(embedded_aws, Origin=origin)
    assert status == 403
    assert "answers no requests of web pages" in said


@pytest.mark.parametrize("path", ["/_sandbox/home", "/_sandbox/calls", "/moto-api/", "/moto-api/data.json"])
@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "wrong"}, {TOKEN_HEADER: "ä"}])
def test_only_the_owner_controls_it(embedded_aws: EmbeddedAws, path: str, headers: dict[str, str]) -> None:
    status, said = ask(embedded_aws, path, **headers)
    assert status == 403
    assert "Only the owner of this AWS can control it" in said


def test_the_token_is_in_a_file_that_only_the_owner_reads(embedded_aws: EmbeddedAws) -> None:
    file = embedded_aws.home / f"{TOKEN_FILE}{embedded_aws.port}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(embedded_aws.home.stat().st_mode) == 0o700
    assert control(embedded_aws.endpoint_url, "GET", "home") == str(embedded_aws.home)
