"""The command as a shell runs it."""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "sm-tf"
DEFAULTS = ("--template", "realtime", "--defaults")


@pytest.fixture
def sm_tf(run, tmp_path):
    """Runs `sm-tf` with these arguments in an empty folder."""
    return partial(run, tmp_path)


def files(folder):
    """Every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_project_comes_with_what_to_do_next(sm_tf, tmp_path):
    done = sm_tf("init", "demo", *DEFAULTS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Wrote 9 files of template realtime to demo.",
        "",
        "Next:",
        "  cd demo",
        "  pip install --editable '.[dev]'",
        "  sm-tf sandbox",
    ]
    assert sorted(files(tmp_path / "demo")) == [
        ".github/workflows/terraform.yml",
        ".gitignore",
        ".sm-tf.json",
        "README.md",
        "cdktf.json",
        "main.py",
        "pyproject.toml",
        "tests/test_life.py",
        "tests/test_synth.py",
    ]


def test_a_folder_with_a_space_can_be_pasted(sm_tf):
    done = sm_tf("init", "p 2", *DEFAULTS, "--name", "demo")
    assert "  cd 'p 2'\n" in done.stdout


def test_a_project_can_be_made_in_the_folder_of_the_shell(sm_tf, tmp_path):
    done = sm_tf("init", *DEFAULTS, "--name", "here")
    assert done.returncode == 0, done.stderr
    assert "cd " not in done.stdout
    assert (tmp_path / "main.py").is_file()


def test_the_templates_are_listed(sm_tf):
    lines = sm_tf("init", "--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ab-test", "module", "pipeline", "realtime", "serverless"]


@pytest.mark.parametrize("flags", [("--list", "--json"), ("--json", "--list")])
def test_the_list_is_there_for_programs(sm_tf, flags):
    listed = json.loads(sm_tf("init", *flags).stdout)
    assert [set(template) for template in listed] == [{"name", "description", "version", "questions"}] * 5
    by_name = {template["name"]: template for template in listed}
    questions = {question["name"]: question for question in by_name["realtime"]["questions"]}
    assert questions["backend"] == {
        "name": "backend",
        "prompt": "Where Terraform's state is kept",
        "flag": "--backend",
        "type": "text",
        "default": "local",
        "choices": ["local", "s3", "hcp"],
        "allowed": "one of local, s3, hcp",
        "when": {},
    }
    assert questions["state_bucket"]["when"] == {"backend": "s3"}
    assert questions["max_instance_count"]["flag"] == "-d max_instance_count="


def test_json_goes_with_the_list(sm_tf):
    done = sm_tf("init", "--json", *DEFAULTS)
    assert done.returncode == 2
    assert "--json needs --list." in done.stderr


def test_answers_come_from_options_and_data(sm_tf, tmp_path):
    done = sm_tf(
        "init", "demo", *DEFAULTS,
        "--region", "us-east-1", "--ci", "none", "--alarm-email", "oncall@example.com",
        "-d", "max_instance_count=7", "--data", "instance_type=ml.c5.xlarge",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = json.loads((tmp_path / "demo" / ".sm-tf.json").read_text())["answers"]
    assert answers["name"] == "demo"
    assert answers["region"] == "us-east-1"
    assert answers["max_instance_count"] == 7
    program = (tmp_path / "demo" / "main.py").read_text()
    assert 'region="us-east-1"' in program
    assert "max_capacity=7" in program
    assert 'InstanceType.of("ml.c5.xlarge")' in program
    assert 'endpoint="oncall@example.com"' in program


@pytest.mark.parametrize("flags", [(), ("--no-input",)])
def test_without_a_terminal_missing_answers_are_named_with_their_options(sm_tf, tmp_path, flags):
    done = sm_tf("init", "demo", "-t", "realtime", "--region", "eu-west-1", "--backend", "s3", *flags)
    assert done.returncode == 2
    assert done.stdout == ""
    options = [line.split("  ")[1] for line in done.stderr.splitlines()[2:]]
    assert options == [
        "--name", "--image", "--artifact", "--state-bucket", "--ci", "--alarm-email",
        "-d instance_type=", "-d max_instance_count=",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_the_template_has_an_option_too(sm_tf):
    done = sm_tf("init", "demo")
    assert done.returncode == 2
    assert "pass --template NAME (ab-test, module, pipeline, realtime, serverless)" in done.stderr


def test_the_default_template_is_realtime(sm_tf):
    assert "of template realtime" in sm_tf("init", "demo", "--defaults").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--template", "nonsense"),
            "No template is named nonsense. Name one of ab-test, module, pipeline, realtime",
        ),
        (("--template", "./nowhere"), "./nowhere is not a folder"),
        ((*DEFAULTS, "--region", "mars"), "region 'mars' must be one of af-south-1,"),
        ((*DEFAULTS, "--name", "a_b"), "name 'a_b' must be 1 to 63 letters, digits and hyphens"),
        ((*DEFAULTS, "--ci", "jenkins"), "ci 'jenkins' must be one of github, gitlab, none."),
        ((*DEFAULTS, "--image", "app"), "image 'app' must be an image's full name such as"),
        ((*DEFAULTS, "--artifact", "model.tar.gz"), "artifact 'model.tar.gz' must be s3://<bucket>/<key>"),
        ((*DEFAULTS, "--alarm-email", "me"), "alarm_email 'me' must be an e-mail address"),
        ((*DEFAULTS, "--workspace", "x"), "workspace is used only with backend hcp."),
        ((*DEFAULTS, "-d", "instance_type=ml.t2.large"), "burstable ones (ml.t2, ml.t3) can't scale"),
        ((*DEFAULTS, "-d", "colour=red"), "Template realtime does not ask for colour; it asks for name,"),
        ((*DEFAULTS, "-d", "colour"), "-d colour must have the form KEY=VALUE."),
        ((*DEFAULTS, "-d", "name=a", "--name", "b"), "name is given twice."),
        ((*DEFAULTS, "-d", "name=a", "-d", "name=a"), "name is given twice."),
    ],
)
def test_wrong_usage_says_what_is_allowed_and_writes_nothing(sm_tf, tmp_path, arguments, said):
    done = sm_tf("init", "demo", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_draws_the_tree_and_writes_nothing(sm_tf, tmp_path):
    done = sm_tf("init", "demo", "-t", "serverless", "--defaults", "--ci", "none", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "demo",
        "├── .gitignore  create",
        "├── .sm-tf.json  create",
        "├── README.md  create",
        "├── cdktf.json  create",
        "├── main.py  create",
        "├── pyproject.toml  create",
        "└── tests",
        "    ├── test_life.py  create",
        "    └── test_synth.py  create",
    ]
    assert list(tmp_path.iterdir()) == []


def test_making_a_project_again_changes_nothing(sm_tf, tmp_path):
    sm_tf("init", "demo", *DEFAULTS)
    before = files(tmp_path)
    again = sm_tf("init", "demo", *DEFAULTS)
    assert again.returncode == 0
    assert "nothing to write" in again.stdout
    assert files(tmp_path) == before
    assert set(sm_tf("init", "demo", *DEFAULTS, "--dry-run").stdout.split()) >= {"identical"}


def test_files_that_differ_are_overwritten_by_force_only(sm_tf, tmp_path):
    sm_tf("init", "demo", *DEFAULTS)
    main = tmp_path / "demo" / "main.py"
    program = main.read_text()
    main.write_text("mine")
    (tmp_path / "demo" / "cdktf.json").unlink()
    (tmp_path / "demo" / "notes.txt").write_text("mine")
    before = files(tmp_path)

    refused = sm_tf("init", "demo", *DEFAULTS)
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "1 file exists in demo with different content; nothing was written:",
        "  main.py",
        "Choose another folder, or overwrite with --force.",
    ]
    shown = sm_tf("init", "demo", *DEFAULTS, "--dry-run")
    assert shown.returncode == 2
    assert "main.py  conflict" in shown.stdout
    assert "cdktf.json  create" in shown.stdout
    assert "README.md  identical" in shown.stdout
    assert files(tmp_path) == before

    assert sm_tf("init", "demo", *DEFAULTS, "--force").returncode == 0
    assert main.read_text() == program
    assert (tmp_path / "demo" / "notes.txt").read_text() == "mine"


def test_a_template_of_somebody_else_comes_from_a_folder(sm_tf, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    described = {
        "name": "mine",
        "description": "Mine.",
        "version": "1",
        "questions": [{"name": "colour", "prompt": "Colour", "choices": ["red", "blue"], "default": "red"}],
    }
    (mine / "template.json").write_text(json.dumps(described))
    (mine / "{{ colour }}.txt.jinja").write_text("{{ colour }}\n")
    done = sm_tf("init", "demo", "--template", "./mine", "-d", "colour=blue")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "blue.txt").read_text() == "blue\n"
    assert json.loads((tmp_path / "demo" / ".sm-tf.json").read_text())["source"] == "../mine"

    (mine / "broken.txt.jinja").write_text("{{ color }}")
    broken = sm_tf("init", "other", "--template", "./mine", "--defaults")
    assert broken.returncode == 1
    assert "broken.txt.jinja: 'color' is undefined." in broken.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("existing", [True, False])
def test_a_full_disk_leaves_nothing(sm_tf, tmp_path, monkeypatch, existing):
    """The system refuses files of more than 1000 bytes, as a full disk does."""
    # Where coverage is measured, it would write a file too.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    if existing:
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo" / "cdktf.json").write_text("{}")
    before = files(tmp_path)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (1000, 1000))
    done = sm_tf("init", "demo", *DEFAULTS, "--force", before=limit)
    assert done.returncode == 1
    assert done.stderr.strip() == "demo cannot be written: File too large. Nothing was changed."
    assert files(tmp_path) == before
    assert (tmp_path / "demo").exists() == existing


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_leaves_nothing(start, wait_until, tmp_path, number, code):
    mine = tmp_path / "mine"
    mine.mkdir()
    described = {"name": "mine", "description": "Mine.", "version": "1"}
    (mine / "template.json").write_text(json.dumps(described))
    (mine / "a.txt").write_text("a")
    # Reading it takes until somebody writes.
    os.mkfifo(mine / "slow.txt")
    process = start(
        COMMAND,
        *("init", "demo", "--template", "./mine", "--no-input"),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    writer = open_when_read(mine / "slow.txt", wait_until)
    process.send_signal(number)
    # A signal just before the read doesn't end it; the end of the file does, and then the signal counts.
    os.close(writer)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert "Traceback" not in said
    assert ("Interrupted: nothing was written." in said) == (number == signal.SIGINT)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def open_when_read(fifo, wait_until):
    """Open a FIFO as soon as somebody reads it, and write nothing."""
    opened = []

    def is_read():
        with suppress(OSError):
            opened.append(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
        return opened

    wait_until(is_read)
    return opened[0]


def test_help_and_list_come_at_once():
    """They load neither CDKTF nor Jinja."""
    program = (
        "import sys\nfrom sm_tf.cli import main\n"
        "sys.argv = ['sm-tf', *sys.argv[1:]]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'cdktf', 'jsii', 'jinja2', 'rich', 'boto3'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    for arguments in (["--help"], ["init", "--help"], ["init", "--list"], ["init", "--list", "--json"]):
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout
