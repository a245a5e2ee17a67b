"""Finds the AWS provider on this machine, in the order in which Terraform itself looks.

1. the `provider_installation` of the user's CLI configuration;
2. the mirror folders that Terraform uses without configuration;
3. an unpacked copy in one of the usual places of a Linux system, which gets a CLI configuration of its own;
4. the registry.
"""

import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sm_tf.project.version_constraint import version_key

AWS_PROVIDER = "registry.terraform.io/hashicorp/aws"
UNPACKED_ROOTS = tuple(
    Path(root) for root in ("/opt", "/usr/local", "/usr/lib", "/usr/share", "/var/lib", "/srv")
)
_MIRROR_DEPTH = 5


@dataclass(frozen=True, kw_only=True)
class ProviderSource:
    """A source of the AWS provider.

    `cli_config` is the text of a CLI configuration that replaces the user's; None keeps the user's.
    `versions` has the releases that the source has, newest last; it is empty for the registry. `place`
    describes the source in words.
    """

    cli_config: str | None
    versions: tuple[str, ...]
    place: str

    def variables(self, environment: Mapping[str, str], folder: Path) -> dict[str, str]:
        """The variables that lead Terraform to the source; a CLI configuration is written to `folder`."""
        named = environment.get("TF_CLI_CONFIG_FILE")
        if self.cli_config is None:
            # Terraform warns of a missing file.
            return {"TF_CLI_CONFIG_FILE": named} if named and Path(named).is_file() else {}
        config = folder / "terraform.rc"
        config.write_text(self.cli_config)
        return {"TF_CLI_CONFIG_FILE": str(config)}


def find_provider(environment: Mapping[str, str], roots: tuple[Path, ...] = UNPACKED_ROOTS) -> ProviderSource:
    """Find the AWS provider; `roots` are the folders that are searched for an unpacked copy."""
    config = user_cli_config(environment)
    text = config.read_text() if config else ""
    if "provider_installation" in _without_comments(text):
        mirrors = [Path(path) for path in _filesystem_mirrors(text)]
        return ProviderSource(
            cli_config=None, versions=_versions(mirrors), place=f"provider_installation of {config}"
        )
    if implied := [mirror for mirror in _implied_mirrors(environment) if _versions([mirror])]:
        place = ", ".join(str(mirror) for mirror in implied)
        return ProviderSource(cli_config=None, versions=_versions(implied), place=place)
    for mirror in _unpacked_mirrors(roots):
        if versions := _versions([mirror]):
            written = f"{text}\n{_installation_from(mirror)}"
            return ProviderSource(cli_config=written, versions=versions, place=str(mirror))
    return ProviderSource(cli_config=None, versions=(), place=AWS_PROVIDER.split("/")[0])


def user_cli_config(environment: Mapping[str, str]) -> Path | None:
    """The user's CLI configuration; a TF_CLI_CONFIG_FILE whose file is missing counts as unset."""
    named = environment.get("TF_CLI_CONFIG_FILE") or environment.get("TERRAFORM_CONFIG")
    home = environment.get("HOME")
    candidates = [Path(named)] if named else []
    if home:
        candidates.append(Path(home) / ".terraformrc")
    return next((path for path in candidates if path.is_file()), None)


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)^\s*(#|//).*$", "", text)


def _filesystem_mirrors(text: str) -> list[str]:
    return re.findall(r'filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"', _without_comments(text))


def _implied_mirrors(environment: Mapping[str, str]) -> list[Path]:
    home = Path(environment.get("HOME", "/"))
    data = environment.get("XDG_DATA_HOME") or str(home / ".local" / "share")
    system = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    shared = [Path(folder) / "terraform" / "plugins" for folder in [data, *system.split(":")] if folder]
    return [home / ".terraform.d" / "plugins", *shared]


def _versions(mirrors: list[Path]) -> tuple[str, ...]:
    found = set()
    for mirror in mirrors:
        folder = mirror / AWS_PROVIDER
        if not folder.is_dir():
            continue
        for program in folder.glob(f"*/{_platform()}/terraform-provider-aws_*"):
            found.add(program.parts[-3])
        for archive in folder.glob(f"terraform-provider-aws_*_{_platform()}.zip"):
            found.add(archive.name.split("_")[1])
    return tuple(sorted(found, key=version_key))


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_" + {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _unpacked_mirrors(roots: tuple[Path, ...]) -> Iterator[Path]:
    """Folders below the roots that hold an unpacked AWS provider, at a bounded depth."""
    for root in roots:
        for folder, children, _ in os.walk(root):
            if "registry.terraform.io" in children:
                yield Path(folder)
            deep = len(Path(folder).relative_to(root).parts) >= _MIRROR_DEPTH
            children[:] = [] if deep else sorted(name for name in children if name != "node_modules")


def _installation_from(mirror: Path) -> str:
    return f"""\
provider_installation {{
  filesystem_mirror {{
    path    = "{mirror}"
    include = ["{AWS_PROVIDER}"]
  }}
  direct {{
    exclude = ["{AWS_PROVIDER}"]
  }}
}}
"""
