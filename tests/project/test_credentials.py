from pathlib import Path

import pytest

from sm_tf.project.credentials import Credentials, find_credentials

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush"}
WEB_IDENTITY = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/ci"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text(
        "[default]\nregion = eu-west-1\n[profile dev]\nsso_session = corp\n"
        "[profile prod]\nrole_arn = arn:aws:iam::123456789012:role/prod\nsource_profile = dev\n"
        "[profile empty]\nregion = eu-west-1\n"
    )
    (folder / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hush%hush\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        (KEYS | WEB_IDENTITY | CONTAINER, "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (KEYS | {"AWS_PROFILE": "dev"}, "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (WEB_IDENTITY | CONTAINER, "web identity, role arn:aws:iam::123456789012:role/ci"),
        ({}, "an access key of profile default in {home}/.aws/credentials"),
        ({"AWS_PROFILE": "dev"}, "IAM Identity Center of profile dev in {home}/.aws/config"),
        ({"AWS_PROFILE": "prod"}, "a role of profile prod in {home}/.aws/config"),
        (CONTAINER | {"HOME": "/nobody"}, "the container's role, by AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    ],
)
def test_the_first_source_counts(home: Path, environment: dict[str, str], source: str) -> None:
    found = find_credentials({"HOME": str(home), **environment})
    assert found == Credentials(source=source.format(home=home))


@pytest.mark.parametrize(
    ("profile", "problem"),
    [("empty", "which has no credentials"), ("nobody", "which is in neither {home}/.aws/config nor")],
)
def test_a_profile_without_credentials_is_a_problem(home: Path, profile: str, problem: str) -> None:
    found = find_credentials({"HOME": str(home), "AWS_PROFILE": profile})
    assert found.source is None
    assert found.problem
    assert found.problem.startswith(f"AWS_PROFILE says {profile}, {problem.format(home=home)}")


def test_other_places_for_the_files_are_looked_at(home: Path) -> None:
    elsewhere = home / "elsewhere"
    elsewhere.write_text("[profile x]\ncredential_process = /bin/keys\n")
    environment = {"HOME": "/nobody", "AWS_CONFIG_FILE": str(elsewhere), "AWS_PROFILE": "x"}
    assert find_credentials(environment).source == f"a program of profile x in {elsewhere}"


def test_files_that_are_no_configuration_are_a_problem(home: Path) -> None:
    (home / ".aws" / "config").write_text("nonsense")
    found = find_credentials({"HOME": str(home)})
    assert found.problem
    assert "cannot be read" in found.problem


def test_there_may_be_none() -> None:
    assert find_credentials({"HOME": "/nobody"}) == Credentials()
