"""Terraform, ready to work on a project."""

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

_HINT = "`sm-tf doctor` shows where Terraform and the AWS provider are looked for."
# Terraform's own advice if the lock file is for other versions; the one in the outdir is not committed.
_UPGRADE = "terraform init -upgrade"


@dataclass(frozen=True, kw_only=True)
class TerraformRunner:
    """A Terraform with its environment, and a folder for temporary files."""

    program: Terraform
    environment: dict[str, str]
    folder: Path

    def init(self, stack: str, directory: Path, *arguments: str) -> list[Diagnostic]:
        """Install the providers and modules of a stack; the errors in the stack itself are returned.

        Raises:
            ToolError: terraform init failed for another reason.
        """
        options = ("-input=false", "-no-color", *arguments)
        done = self.run(directory, "init", *options)
        if done.code != 0 and _UPGRADE in " ".join(done.problems().split()):
            done = self.run(directory, "init", "-upgrade", *options)
        if done.code == 0:
            return []
        failure = f"Stack {stack}: terraform init failed.\n{done.problems()}\n{_HINT}"
        # The errors of init have no places, those of validate do.
        placed = [diagnostic for diagnostic in self.validate(stack, directory) if diagnostic.get("range")]
        if not placed:
            raise ToolError(failure)
        return placed

    def validate(self, stack: str, directory: Path) -> list[Diagnostic]:
        """The problems that Terraform and the providers find in a stack."""
        done = self.run(directory, "validate", "-json")
        try:
            diagnostics: list[Diagnostic] = json.loads(done.text)["diagnostics"]
        except (ValueError, KeyError):
            raise ToolError(f"Stack {stack}: terraform validate failed.\n{done.problems()}") from None
        return diagnostics

    def run(
        self, directory: Path, *arguments: str, on_event: Callable[[Event], None] | None = None
    ) -> Completed:
        """Run one Terraform command in a folder."""
        return self.program.run(directory, *arguments, environment=self.environment, on_event=on_event)


@contextmanager
def terraform_runner(*, without: tuple[str, ...] = ()) -> Iterator[TerraformRunner]:
    """Find Terraform and the AWS provider.

    Terraform does not get the variables that begin with one of `without`. The folder is removed at the end of
    the block.
    """
    program = find_terraform()
    provider = find_provider(os.environ)
    dropped = ("TF_CLI_CONFIG_FILE", *without)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    with tempfile.TemporaryDirectory(prefix="sm-tf-") as name:
        folder = Path(name)
        environment |= provider.variables(os.environ, folder)
        environment |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        yield TerraformRunner(program=program, environment=environment, folder=folder)


def caches_plugins() -> bool:
    """Whether the user told Terraform to keep the providers that it downloads."""
    config = user_cli_config(os.environ)
    return "TF_PLUGIN_CACHE_DIR" in os.environ or bool(config and "plugin_cache_dir" in config.read_text())
