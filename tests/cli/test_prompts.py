"""Questions on a real terminal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "sm-tf"


def answers(folder):
    return json.loads((folder / ".sm-tf.json").read_text())["answers"]


def test_every_question_shows_its_default_and_enter_takes_it(terminal, tmp_path):
    shell = terminal("init", "demo")
    shell.expect("realtime")
    for question, typed in [
        ("Template [realtime]: ", "nonsense"),
        ("must be one of ab-test, module, pipeline, realtime, serverless, a folder or a git URL.", None),
        ("Template [realtime]: ", "serverless"),
        ("Project name [demo]: ", ""),
        ("AWS region [eu-west-1]: ", "us-east-1"),
        ("Container image [huggingface-pytorch-inference:", ""),
        ("or is in the image): ", ""),
        ("Where Terraform's state is kept (local, s3, hcp) [local]: ", "s3"),
        ("Bucket for the state [demo-terraform-state]: ", ""),
        ("Continuous integration (github, gitlab, none) [github]: ", "none"),
        ("(empty: nobody): ", ""),
        ("Memory in MB (1024, 2048, 3072, 4096, 5120, 6144) [4096]: ", "2048"),
        ("Most requests at the same time [10]: ", ""),
    ]:
        shell.expect(question)
        if typed is not None:
            shell.type(typed)
    assert "Wrote 8 files of template serverless to demo.\n" in shell.end()
    assert shell.process.returncode == 0
    given = answers(tmp_path / "demo")
    assert (given["name"], given["region"], given["backend"]) == ("demo", "us-east-1", "s3")
    assert given["state_bucket"] == "demo-terraform-state"
    assert (given["memory_size_in_mb"], given["max_concurrency"]) == ("2048", 10)


def test_a_wrong_answer_is_asked_for_again_with_what_is_allowed(terminal, tmp_path):
    shell = terminal(
        "init", "demo", "-t", "serverless", "--name", "demo", "--region", "eu-west-1", "--image", "app:1",
        "--artifact", "", "--ci", "none", "--alarm-email", "", "-d", "memory_size_in_mb=1024",
        "-d", "max_concurrency=5",
    )  # fmt: skip
    shell.expect("Where Terraform's state is kept")
    shell.type("ftp")
    shell.expect("backend 'ftp' must be one of local, s3, hcp.")
    shell.expect("Where Terraform's state is kept")
    shell.type("hcp")
    shell.expect("HCP Terraform organization [my-organization]: ")
    shell.type("a b")
    shell.expect("organization 'a b' must be 3 to 40 letters, digits, - and _")
    shell.expect("HCP Terraform organization")
    shell.type("acme")
    shell.expect("HCP Terraform workspace [demo]: ")
    shell.type("")
    shell.expect("What starts the runs of HCP Terraform")
    shell.type("")
    assert "Wrote" in shell.end()
    assert answers(tmp_path / "demo")["organization"] == "acme"


@pytest.mark.parametrize("flag", ["--defaults", "--no-input"])
def test_nothing_is_asked_on_request(terminal, tmp_path, flag):
    shell = terminal("init", "demo", "-t", "realtime", flag)
    shown = shell.end()
    assert shell.process.returncode == (0 if flag == "--defaults" else 2)
    assert "Project name [" not in shown
    assert (tmp_path / "demo").exists() == (flag == "--defaults")


def test_ctrl_c_at_a_question_leaves_nothing(terminal, tmp_path):
    shell = terminal("init", "demo", "-t", "realtime")
    shell.expect("Project name")
    shown = shell.interrupt()
    assert shell.process.returncode == 130
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_the_input_leaves_nothing(terminal, tmp_path):
    shell = terminal("init", "demo", "-t", "realtime")
    shell.expect("Project name")
    shell.press("\x04")
    shown = shell.end()
    assert shell.process.returncode == 130
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []


def test_an_update_asks_what_is_new(terminal, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    described = {"name": "mine", "description": "Mine.", "version": "1"}
    (mine / "template.json").write_text(json.dumps(described))
    subprocess.run([COMMAND, "init", "demo", "-t", "./mine", "--no-input"], cwd=tmp_path, check=True)
    described |= {"version": "2", "questions": [{"name": "colour", "prompt": "Colour", "default": "red"}]}
    (mine / "template.json").write_text(json.dumps(described))
    shell = terminal("update", "demo", "--force")
    shell.expect("Colour [red]: ")
    shell.type("blue")
    assert "Template mine 1 → 2" in shell.end()
    assert answers(tmp_path / "demo") == {"colour": "blue"}
