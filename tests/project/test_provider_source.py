import platform
from pathlib import Path

import pytest

from sm_tf.project.provider_source import AWS_PROVIDER, find_provider, user_cli_config

MACHINE = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
PLATFORM = f"{platform.system().lower()}_{MACHINE}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(home), "XDG_DATA_DIRS": str(tmp_path / "system")}


def unpack(mirror: Path, *versions: str) -> Path:
    for version in versions:
        folder = mirror / AWS_PROVIDER / version / PLATFORM
        folder.mkdir(parents=True)
        (folder / f"terraform-provider-aws_v{version}_x5").touch()
    return mirror


def test_a_mirror_of_the_users_configuration_goes_first(
    environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    mirror = unpack(tmp_path / "mirror", "5.9.0", "5.100.0")
    text = f'provider_installation {{\n filesystem_mirror {{\n  path = "{mirror}"\n }}\n}}'
    (home / ".terraformrc").write_text(text)
    found = find_provider(environment, roots=(unpack(tmp_path / "opt" / "x", "6.0.0"),))
    assert (found.cli_config, found.versions) == (None, ("5.9.0", "5.100.0"))


def test_a_user_who_wants_the_registry_gets_it(
    environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    (home / ".terraformrc").write_text("provider_installation {\n  direct {}\n}")
    found = find_provider(environment, roots=(unpack(tmp_path / "opt" / "x", "6.0.0"),))
    assert (found.cli_config, found.versions) == (None, ())


@pytest.mark.parametrize("folder", ["home/.terraform.d/plugins", "system/terraform/plugins"])
def test_folders_that_terraform_knows_need_no_configuration(
    environment: dict[str, str], tmp_path: Path, folder: str
) -> None:
    unpack(tmp_path / folder, "5.100.0")
    found = find_provider(environment, roots=())
    assert (found.cli_config, found.versions) == (None, ("5.100.0",))


def test_a_packed_provider_in_a_mirror_counts(environment: dict[str, str], home: Path) -> None:
    folder = home / ".terraform.d" / "plugins" / AWS_PROVIDER
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_6.2.0_{PLATFORM}.zip").touch()
    assert find_provider(environment, roots=()).versions == ("6.2.0",)


def test_an_unpacked_copy_elsewhere_is_configured_beside_what_the_user_has(
    environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    (home / ".terraformrc").write_text('credentials "app.terraform.io" {}\n# provider_installation {}\n')
    mirror = unpack(tmp_path / "opt" / "vendor" / "plugins", "5.100.0")
    found = find_provider(environment, roots=(tmp_path / "opt",))
    assert found.versions == ("5.100.0",)
    assert found.cli_config is not None
    assert 'credentials "app.terraform.io"' in found.cli_config
    assert f'path    = "{mirror}"' in found.cli_config


def test_the_search_for_a_copy_is_bounded(environment: dict[str, str], tmp_path: Path) -> None:
    unpack(tmp_path / "opt" / "1" / "2" / "3" / "4" / "5" / "6", "5.100.0")
    assert find_provider(environment, roots=(tmp_path / "opt",)).versions == ()


def test_a_copy_for_another_machine_does_not_count(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "opt" / AWS_PROVIDER / "5.100.0" / "plan9_mips"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_v5.100.0").touch()
    assert find_provider(environment, roots=(tmp_path / "opt",)).versions == ()


def test_without_any_copy_it_is_the_registry(environment: dict[str, str]) -> None:
    found = find_provider(environment, roots=())
    assert (found.cli_config, found.versions) == (None, ())


def test_a_configuration_file_that_is_missing_counts_as_unset(
    environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    environment["TF_CLI_CONFIG_FILE"] = str(tmp_path / "missing")
    assert user_cli_config(environment) is None
    (home / ".terraformrc").touch()
    assert user_cli_config(environment) == home / ".terraformrc"
