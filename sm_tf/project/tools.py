"""The Terraform of this machine, ready to work on a project."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sm_tf.foundation.errors import ToolError
from sm_tf.project.provider_source import find_provider, user_cli_config
from sm_tf.project.terraform import Completed, Event, Terraform, find_terraform

Diagnostic = dict[str, Any]

_HINT = "`sm-tf doctor` tells where Terraform and the AWS provider are looked for."
# Terraform's own answer to a lock file of another time; nobody keeps the one in cdktf.out.
_UPGRADE = "terraform init -upgrade"


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Terraform, its environment, and a folder for temporary files."""

    terraform: Terraform
    environment: dict[str, str]
    folder: Path

    def init(self, stack: str, directory: Path, *arguments: str) -> list[Diagnostic]:
        """Install the providers and modules of a stack.

        Terraform reads the stack before: what keeps it from understanding it is returned. `ToolError` says
        all else that went wrong.
        """
        options = ("-input=false", "-no-color", *arguments)
        done = self.run(directory, "init", *options)
        if done.code != 0 and _UPGRADE in " ".join(done.problems().split()):
            done = self.run(directory, "init", "-upgrade", *options)
        if done.code == 0:
            return []
        said = f"Stack {stack}: terraform init failed.\n{done.problems()}\n{_HINT}"
        # What init says has no places.
        placed = [found for found in self.validate(stack, directory) if found.get("range")]
        if not placed:
            raise ToolError(said)
        return placed

    def validate(self, stack: str, directory: Path) -> list[Diagnostic]:
        """What Terraform and the providers find wrong with a stack."""
        done = self.run(directory, "validate", "-json")
        try:
            found: list[Diagnostic] = json.loads(done.text)["diagnostics"]
        except (ValueError, KeyError):
            raise ToolError(f"Stack {stack}: terraform validate failed.\n{done.problems()}") from None
        return found

    def run(
        self, directory: Path, *arguments: str, on_event: Callable[[Event], None] | None = None
    ) -> Completed:
        """Run one Terraform command in a folder."""
        return self.terraform.run(directory, *arguments, environment=self.environment, on_event=on_event)


@contextmanager
def tools(*, without: tuple[str, ...] = ()) -> Iterator[Tools]:
    """Find what a project runs on; `without` are beginnings of variables that Terraform does not get.

    The folder is removed at the end of the block.
    """
    terraform = find_terraform()
    provider = find_provider(os.environ)
    dropped = ("TF_CLI_CONFIG_FILE", *without)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    with tempfile.TemporaryDirectory(prefix="sm-tf-") as name:
        folder = Path(name)
        environment |= provider.variables(os.environ, folder)
        environment |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        yield Tools(terraform=terraform, environment=environment, folder=folder)


def caches_plugins() -> bool:
    """Whether the user told Terraform to keep the providers that it downloads."""
    config = user_cli_config(os.environ)
    return "TF_PLUGIN_CACHE_DIR" in os.environ or bool(config and "plugin_cache_dir" in config.read_text())
