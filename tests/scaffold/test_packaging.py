"""The wheel carries the templates as they are in the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel's content, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, REPOSITORY]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (archive,) = folder.glob("*.whl")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_every_file_of_the_templates_is_in_it(wheel):
    def files(folder):
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    assert files(wheel / "sm_tf" / "scaffold" / "templates") == files(REPOSITORY / "templates")


def test_a_project_is_the_same_whichever_made_it(wheel, tmp_path):
    def make(name, **environment):
        program = (
            "import os, sm_tf\n"
            "assert sm_tf.__file__.startswith(os.environ.get('PYTHONPATH', ''))\n"
            "from sm_tf.cli import main; main()"
        )
        arguments = ["init", name, "--template", "pipeline", "--defaults", "--name", "demo"]
        subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
        )
        return {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }

    assert make("from-wheel", PYTHONPATH=str(wheel)) == make("from-repository")
