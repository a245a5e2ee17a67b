"""What an ignore file leaves out of the build context."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.images.context import BuildContext
from sm_tf.images.ignore import IgnoreRules

# fmt: off
FILES = (
    "README.md", "a.pyc", "docs/a.md", "docs/keep.md", "docs/deep/b.md", "docs/deep/b.txt",
    "src/app.py", "src/a.pyc", "src/lib/x.pyc", "src/lib/y.py", "src/[x].py", "temp1/f", "temp2/f",
    "temperature", "x/temp1", ".git/config", "a b.txt", "data/raw/1.csv", "data/2.csv",
    "node_modules/p/index.js", "src/node_modules/q/index.js", "#literal", "!bang",
)
# fmt: on


@pytest.mark.parametrize(
    ("patterns", "path", "ignored"),
    [
        (["*.pyc"], "a.pyc", True),
        (["*.pyc"], "src/a.pyc", False),
        (["**/*.pyc"], "a.pyc", True),
        (["**/*.pyc"], "src/lib/x.pyc", True),
        (["docs"], "docs/deep/b.md", True),
        (["docs/"], "docs", True),
        (["/docs"], "docs/a.md", True),
        (["./docs/../src"], "src/app.py", True),
        (["temp?"], "temp1/f", True),
        (["temp?"], "temperature", False),
        (["*/temp*"], "x/temp1", True),
        (["*/temp*"], "temp1", False),
        (["src/**"], "src", False),
        (["src/**"], "src/lib/y.py", True),
        (["src/**/x.pyc"], "src/lib/x.pyc", True),
        (["**/lib"], "src/lib/y.py", True),
        (["**"], "anything/at/all", True),
        (["*", "!src"], "src/lib/y.py", False),
        (["*", "!src"], "docs/a.md", True),
        (["**", "!**/*.py"], "src/lib/y.py", False),
        (["docs", "!docs/keep.md"], "docs/keep.md", False),
        (["!docs/keep.md", "docs"], "docs/keep.md", True),
        (["docs/*.md", "! docs/keep.md "], "docs/keep.md", False),
        (["temp[0-1]"], "temp1", True),
        (["temp[^1]"], "temp1", False),
        (["src/\\[x].py"], "src/[x].py", True),
        (["# docs"], "docs/a.md", False),
        (["\\#literal"], "#literal", True),
        (["", "  ", ".", "/"], "src/app.py", False),
        (["  *.md  "], "README.md", True),
        (["a+b"], "aab", False),
        (["a.c"], "abc", False),
        (["\ufeff*.md"], "README.md", True),
    ],
)
def test_rules_are_docker_s(patterns: list[str], path: str, ignored: bool) -> None:
    assert IgnoreRules(patterns).ignores(path) is ignored


@pytest.mark.parametrize(
    "ignore_file",
    [
        "*.pyc\n",
        "**/*.pyc\ndocs/\n",
        "*\n!src\nsrc/lib\n",
        "docs\n!docs/keep.md\n!docs/deep/*.txt\n",
        "**\n!src/*.py\n",
        "# comment\n\ntemp?\n*/temp*\n.git\n",
        "**/node_modules\n!src/node_modules/q\n",
        "data/**\n!data/raw\n",
        "src/[a-m]*\n*\\ b.txt\n",
        "/src/lib/../a.pyc\n./docs\n",
        ".dockerignore\nDockerfile\n",
        "**/deep/**\n**/lib/x*\n",
        "!bang\n\\#literal\n",
    ],
)
def test_context_is_what_podman_copies(
    ignore_file: str, tmp_path: Path, podman: Any, image_files: Callable[[str], dict[str, str]]
) -> None:
    for name in FILES:
        file = tmp_path / "context" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "context" / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (tmp_path / "context" / ".dockerignore").write_text(ignore_file)

    podman.run("build", "--quiet", "--no-cache", "--tag", "ignore-test", "context", cwd=tmp_path)

    copied = {
        path for path, kind in image_files("ignore-test").items() if (tmp_path / "context" / path).is_file()
    }
    context = BuildContext(tmp_path / "context")
    ours = {path for path in context.paths() if (context.directory / path).is_file()}
    assert ours == copied


def test_folder_left_out_is_not_walked(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / ".dockerignore").write_text("huge\n")
    (tmp_path / "huge").mkdir()
    os.mkfifo(tmp_path / "huge" / "pipe")
    (tmp_path / "huge").chmod(0)
    try:
        assert BuildContext(tmp_path).paths() == [".dockerignore", "Dockerfile"]
    finally:
        (tmp_path / "huge").chmod(0o755)
