"""The command as a shell runs it."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SM_TF = Path(sys.executable).parent / "sm-tf"
PROGRAM = "".join(f"line {number} of {{{{ name }}}}\n" for number in range(10))
QUESTIONS = [{"name": "name", "prompt": "Name", "type": "name", "default": "{{ directory }}"}]


@pytest.fixture
def sm_tf(run, tmp_path, monkeypatch):
    """Runs `sm-tf` with these arguments in the project's folder, or in another one."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return lambda *arguments, folder=tmp_path / "demo", **environment: run(folder, *arguments, **environment)


@pytest.fixture
def template(tmp_path):
    """Writes a version of the template."""
    folder = tmp_path / "mine"

    def write(version, program, answers=QUESTIONS):
        folder.mkdir(exist_ok=True)
        described = {"name": "mine", "description": "Mine.", "version": version, "questions": answers}
        (folder / "template.json").write_text(json.dumps(described))
        (folder / "main.txt.jinja").write_text(program)
        (folder / "other.txt").write_text(f"other {version}\n")

    return write


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Runs git in the project's folder."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n  name = Test\n  email = test@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))

    def run(*arguments):
        command = ["git", "-C", tmp_path / "demo", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return run


@pytest.fixture
def demo(sm_tf, template, git, tmp_path):
    """A project from version 1, in a repository of its own."""
    template("1", PROGRAM)
    made = sm_tf("init", "demo", "--template", "./mine", "--defaults", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    return tmp_path / "demo"


def test_a_newer_template_comes_in_and_edits_stay(demo, sm_tf, template, git):
    file = demo / "main.txt"
    file.write_text(file.read_text().replace("line 0 of demo", "my line"))
    git("commit", "--quiet", "-am", "mine")
    template("2", PROGRAM.replace("line 9", "their line"))

    done = sm_tf("update")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Template mine 1 → 2",
        "  merged    main.txt",
        "  updated   other.txt",
    ]
    lines = file.read_text().splitlines()
    assert (lines[0], lines[9]) == ("my line", "their line of demo")
    assert json.loads((demo / ".sm-tf.json").read_text())["version"] == "2"

    git("commit", "--quiet", "-am", "two")
    again = sm_tf("update")
    assert (again.returncode, again.stdout) == (0, "Up to date with template mine 2.\n")
    assert git("status", "--porcelain") == ""


def test_conflicts_are_marked_and_reported(demo, sm_tf, template, git):
    file = demo / "main.txt"
    file.write_text(file.read_text().replace("line 5", "my line"))
    git("commit", "--quiet", "-am", "mine")
    template("2", PROGRAM.replace("line 5", "their line"))

    done = sm_tf("update")
    assert done.returncode == 1
    assert "conflict  main.txt" in done.stdout
    assert "1 of them in conflict: edit the parts between <<<<<<< and >>>>>>>, then commit." in done.stderr
    assert file.read_text().splitlines()[5:10] == [
        "<<<<<<< yours",
        "my line of demo",
        "=======",
        "their line of demo",
        ">>>>>>> mine 2",
    ]
    assert (demo / "other.txt").read_text() == "other 2\n"


def test_a_dry_run_tells_and_writes_nothing(demo, sm_tf, template, git):
    template("2", PROGRAM + "more\n")
    done = sm_tf("update", "--dry-run")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "Template mine 1 → 2 (nothing is written)"
    assert "updated   main.txt" in done.stdout
    assert git("status", "--porcelain") == ""
    assert json.loads((demo / ".sm-tf.json").read_text())["version"] == "1"


def test_what_is_not_committed_is_not_put_at_risk(demo, sm_tf, template):
    (demo / "main.txt").write_text("mine\n")
    template("2", PROGRAM)
    refused = sm_tf("update")
    assert refused.returncode == 2
    assert " M main.txt" in refused.stderr
    assert "Commit or stash them first, or update with --force." in refused.stderr
    assert (demo / "other.txt").read_text() == "other 1\n"
    forced = sm_tf("update", "--force")
    assert forced.returncode == 0, forced.stderr
    assert (demo / "main.txt").read_text() == "mine\n"
    assert (demo / "other.txt").read_text() == "other 2\n"


def test_a_project_outside_of_git_is_updated_by_force_only(sm_tf, template, tmp_path):
    template("1", PROGRAM)
    sm_tf("init", "demo", "--template", "./mine", "--defaults", folder=tmp_path)
    template("2", PROGRAM)
    refused = sm_tf("update", "demo", folder=tmp_path)
    assert refused.returncode == 2
    assert "run git init and commit first, or update with --force." in refused.stderr
    assert sm_tf("update", "demo", "--force", folder=tmp_path).returncode == 0
    assert (tmp_path / "demo" / "other.txt").read_text() == "other 2\n"


@pytest.mark.usefixtures("demo")
def test_a_new_question_is_named_with_its_option(sm_tf, template):
    new = {"name": "colour", "prompt": "Colour", "choices": ["red", "blue"], "default": "red"}
    template("2", PROGRAM + "{{ colour }}\n", [*QUESTIONS, new])
    refused = sm_tf("update")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1] == "  -d colour=  Colour"
    done = sm_tf("update", "-d", "colour=blue")
    assert done.returncode == 0, done.stderr
    assert "updated   main.txt" in done.stdout


@pytest.mark.usefixtures("demo")
def test_a_new_question_that_init_has_an_option_for_is_named_with_data(sm_tf, template):
    template("2", PROGRAM, [*QUESTIONS, {"name": "region", "prompt": "Region", "default": "x"}])
    refused = sm_tf("update")
    assert refused.stderr.splitlines()[-1] == "  -d region=  Region"


def test_an_answer_can_be_changed(demo, sm_tf):
    done = sm_tf("update", "-d", "name=other")
    assert done.returncode == 0, done.stderr
    assert (demo / "main.txt").read_text().startswith("line 0 of other\n")


def test_the_template_may_have_moved(demo, sm_tf, template, tmp_path):
    template("2", PROGRAM)
    (tmp_path / "mine").rename(tmp_path / "elsewhere")
    lost = sm_tf("update")
    assert lost.returncode == 2
    assert "../mine is not a folder" in lost.stderr
    found = sm_tf("update", "--template", "../elsewhere")
    assert found.returncode == 0, found.stderr
    assert json.loads((demo / ".sm-tf.json").read_text())["source"] == "../elsewhere"


def test_a_template_in_a_repository_is_fetched_again(sm_tf, template, git, tmp_path):
    def commit(version):
        template(version, PROGRAM)
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", version]):
            subprocess.run(["git", "-C", tmp_path / "mine", *command], check=True)

    commit("1")
    url = f"git+file://{tmp_path}/mine"
    made = sm_tf("init", "demo", "--template", url, "--defaults", folder=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    commit("2")
    done = sm_tf("update")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Template mine 1 → 2\n")
    assert json.loads((tmp_path / "demo" / ".sm-tf.json").read_text())["source"] == url


def test_a_hook_of_another_repository_can_update(demo, template, git, tmp_path):
    """In a worktree, git tells the hook the repository and index by absolute paths."""
    template("2", PROGRAM)
    hook = tmp_path / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\nexec {shlex.quote(str(SM_TF))} update {demo}\n")
    hook.chmod(0o755)
    other, worktree = tmp_path / "other", tmp_path / "worktree"
    git("init", "--quiet", str(other))
    git("-C", str(other), "commit", "--quiet", "--allow-empty", "-m", "one")
    git("-C", str(other), "worktree", "add", "--quiet", str(worktree))
    (worktree / "file").write_text("two\n")
    git("-C", str(worktree), "add", ".")
    commit = ["git", "-c", f"core.hooksPath={hook.parent}", "commit", "--quiet", "-m", "two"]
    done = subprocess.run(commit, cwd=worktree, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (demo / "other.txt").read_text() == "other 2\n"
    assert git("-C", str(worktree), "ls-files") == "file\n"


def test_what_cannot_be_merged_lies_beside_it(demo, sm_tf, template, git):
    (demo / "other.txt").write_bytes(b"\0mine")
    git("commit", "--quiet", "-am", "two")
    template("2", PROGRAM)
    done = sm_tf("update")
    assert done.returncode == 1
    assert "binary conflict  other.txt  (yours stays; the template's is other.txt.new)" in done.stdout
    assert "1 of them can't be merged: choose one of the two versions" in done.stderr
    assert (demo / "other.txt").read_bytes() == b"\0mine"
    assert (demo / "other.txt.new").read_text() == "other 2\n"
    git("add", ".")
    git("commit", "--quiet", "-m", "three")
    template("3", PROGRAM)
    done = sm_tf("update")
    assert done.returncode == 2
    assert "other.txt.new is where the template's version of other.txt would lie" in done.stderr


def test_a_folder_that_is_no_project_is_wrong_usage(sm_tf, tmp_path):
    done = sm_tf("update", folder=tmp_path)
    assert done.returncode == 2
    assert "has no .sm-tf.json: run this in the folder of a project that `sm-tf init` made." in done.stderr


def test_without_git_nothing_is_updated(demo, sm_tf, template, tmp_path):
    template("2", PROGRAM)
    (tmp_path / "bin").mkdir()
    done = sm_tf("update", PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "git is not on PATH" in done.stderr
    assert (demo / "other.txt").read_text() == "other 1\n"


def test_every_template_of_ours_is_up_to_date_after_init(sm_tf, tmp_path):
    for name in ("realtime", "serverless", "pipeline", "ab-test"):
        sm_tf("init", name, "--template", name, "--defaults", folder=tmp_path)
        done = sm_tf("update", name, "--force", folder=tmp_path)
        assert done.stdout.startswith(f"Up to date with template {name} "), done.stderr
