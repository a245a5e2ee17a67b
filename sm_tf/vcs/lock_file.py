"""The dependency lock file of a stack, for the platforms of its users and of HCP Terraform."""

from dataclasses import dataclass
from pathlib import Path

from sm_tf.bindings.engine import STACK_FILE
from sm_tf.foundation.errors import ToolError
from sm_tf.project.terraform_runner import TerraformRunner
from sm_tf.scaffold.render import File

LOCK_FILE = ".terraform.lock.hcl"
PLATFORMS = ("linux_amd64", "darwin_arm64", "windows_amd64")


@dataclass(frozen=True)
class Lock:
    """A lock file, None where there are no providers, and what it lacks."""

    file: File | None
    warnings: tuple[str, ...] = ()


def lock(terraform: TerraformRunner, stack: str, content: File, committed: Path) -> Lock:
    """Return the lock file of a stack: the committed one as long as it fits, so the versions stay.

    Otherwise the registry is asked for the checksums of all platforms. Where it can't be reached, the file
    has those of this machine, and a warning says so.

    Raises:
        ToolError: the providers can't be installed.
    """
    folder = terraform.folder / "lock" / stack
    folder.mkdir(parents=True)
    (folder / STACK_FILE).write_bytes(content.content)
    file = folder / LOCK_FILE
    if committed.is_file():
        file.write_bytes(committed.read_bytes())
        options = ("-backend=false", "-lockfile=readonly", "-input=false", "-no-color")
        if terraform.run(folder, "init", *options).code == 0:
            return Lock(File(committed.read_bytes()))
    platforms = [f"-platform={platform}" for platform in PLATFORMS]
    asked = terraform.run(folder, "providers", "lock", "-no-color", *platforms)
    if asked.code == 0:
        return Lock(_read(file))
    file.unlink(missing_ok=True)
    if terraform.init(stack, folder, "-backend=false"):
        raise ToolError(f"Stack {stack} is not valid: `sm-tf validate` says why.")
    warning = (
        f"Stack {stack}: the registry could not be asked, so {LOCK_FILE} has only the checksums of this "
        f"machine, not those of {', '.join(PLATFORMS)}. Run the command again where it can be reached."
    )
    return Lock(_read(file), (warning,))


def _read(file: Path) -> File | None:
    return File(file.read_bytes()) if file.is_file() else None
