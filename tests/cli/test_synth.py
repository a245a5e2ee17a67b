import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ProjectFolder = Callable[..., Path]
SM_TF = str(Path(sys.executable).parent / "sm-tf")
DATA: dict[str, Any] = {"resource": {"terraform_data": {"a": {"//": {"metadata": {"path": "data/a"}}}}}}


@pytest.fixture
def project(project_folder: ProjectFolder) -> Path:
    return project_folder(data=(DATA, []), app=(DATA, ["data"]))


def files(folder: Path) -> dict[str, bytes]:
    found = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_stacks_and_resources_are_listed(run: Run, project: Path) -> None:
    done = run(project, "synth")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "stack  resource        construct",
        "data   terraform_data  data/a",
        "app    terraform_data  data/a",
        "",
        "data: 1 resource in cdktf.out/stacks/data",
        "app: 1 resource in cdktf.out/stacks/app",
    ]
    assert done.stderr == ""
    assert sorted(path.name for path in (project / "cdktf.out").iterdir()) == ["manifest.json", "stacks"]


def test_json_is_all_of_the_output(run: Run, project: Path) -> None:
    main = project / "main.py"
    main.write_text("print('hello')\n" + main.read_text())
    done = run(project, "synth", "--json")
    app = next(stack for stack in json.loads(done.stdout)["stacks"] if stack["name"] == "app")
    assert app == {
        "name": "app",
        "directory": str(project / "cdktf.out" / "stacks" / "app"),
        "dependencies": ["data"],
        "annotations": [],
        "resources": [{"address": "terraform_data.a", "type": "terraform_data", "path": "data/a"}],
    }
    assert done.stderr == "hello\n"


@pytest.mark.terraform
def test_stacks_are_written_to_be_committed(run: Run, project: Path) -> None:
    done = run(project, "synth", "--for-vcs", "deploy")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "data: wrote 2 files to deploy/data\napp: wrote 2 files to deploy/app\n"
    assert json.loads((project / "deploy/app/cdk.tf.json").read_text())["resource"] == DATA["resource"]
    told = json.loads(run(project, "synth", "--for-vcs", "deploy", "--json").stdout)
    data, app = told["stacks"]
    assert (told["ok"], data["name"], data["directory"]) == (True, "data", "deploy/data")
    assert (app["files"], app["warnings"]) == ([".terraform.lock.hcl", "cdk.tf.json"], [])


@pytest.mark.parametrize("other", ["--json", "--for-vcs=deploy"])
def test_who_watches_writes_nothing_else(run: Run, project: Path, other: str) -> None:
    done = run(project, "synth", "--watch", other)
    assert (done.returncode, done.stderr) == (2, f"Pass either --watch or {other.partition('=')[0]}.\n")


def test_a_folder_of_something_else_is_not_written(run: Run, project: Path) -> None:
    done = run(project, "synth", "--for-vcs", ".")
    assert done.returncode == 2
    assert "is not empty, and no stack was written there before" in done.stderr
    assert not (project / "data").exists()


def test_the_stacks_go_where_the_project_says(run: Run, project: Path, tmp_path: Path) -> None:
    (project / "cdktf.json").write_text('{"app": "python main.py", "output": "build/out"}')
    assert run(project, "synth").returncode == 0
    assert (project / "build" / "out" / "stacks" / "app" / "cdk.tf.json").is_file()
    assert run(project, "synth", CDKTF_OUTDIR=str(tmp_path / "else")).returncode == 0
    assert (tmp_path / "else" / "stacks" / "app" / "cdk.tf.json").is_file()
    assert not (project / "cdktf.out").exists()


def test_the_result_is_that_of_the_program_alone(run: Run, constructs_folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    program = [sys.executable, "main.py"]
    subprocess.run(program, cwd=constructs_folder, env={**os.environ, "CDKTF_OUTDIR": str(alone)}, check=True)
    done = run(constructs_folder, "synth", SM_TF_ORIGINS=str(tmp_path / "origins.jsonl"))
    assert done.returncode == 0, done.stderr
    assert files(constructs_folder / "cdktf.out") == files(alone)
    assert "first   aws_iam_role  first/Roles/Role" in done.stdout
    noted = [json.loads(line) for line in (tmp_path / "origins.jsonl").read_text().splitlines()]
    assert {"path": "second/Roles/Role", "file": str(constructs_folder / "main.py"), "line": 12} in noted


def test_constructs_have_their_say(run: Run, constructs_folder: Path) -> None:
    main = constructs_folder / "main.py"
    said = "from cdktf import Annotations\nAnnotations.of(stack).add_warning('old image')\napp.synth()"
    main.write_text(main.read_text().replace("app.synth()", said))
    done = run(constructs_folder, "synth", "--json")
    assert done.stderr == "Warning: second: old image\n"
    assert [stack["annotations"] for stack in json.loads(done.stdout)["stacks"]] == [
        [],
        [{"level": "warn", "path": "second", "message": "old image"}],
    ]


def test_what_terraform_keeps_there_stays_and_stacks_that_are_gone_go(run: Run, project: Path) -> None:
    assert run(project, "synth").returncode == 0
    stacks = project / "cdktf.out" / "stacks"
    (stacks / "app" / "terraform.tfstate").write_text("{}")
    asset = stacks / "data" / "assets" / "old" / "file"
    asset.parent.mkdir(parents=True)
    asset.touch()
    left = json.loads((project / "stacks.json").read_text())
    del left["app"]
    (project / "stacks.json").write_text(json.dumps(left))
    assert run(project, "synth").returncode == 0
    assert sorted(str(path.relative_to(stacks)) for path in stacks.rglob("*") if path.is_file()) == [
        "app/terraform.tfstate",
        "data/cdk.tf.json",
    ]
    assert not asset.parent.parent.exists()


def test_a_program_that_fails_is_a_sentence_and_a_line(run: Run, project: Path) -> None:
    (project / "main.py").write_text("print('hello')\nimages = {}\nimages['gpu']\n")
    done = run(project, "synth")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "hello\nKeyError: 'gpu'\n  main.py, line 3\n  sm-tf --debug shows the traceback.\n"
    )
    debug = run(project, "--debug", "synth")
    assert debug.returncode == 1
    assert "Traceback (most recent call last):\n" in debug.stderr
    assert "images['gpu']" in debug.stderr
    assert str(Path(__file__).parents[2] / "sm_tf") not in debug.stderr


@pytest.mark.parametrize("command", ["synth", "validate", "plan", "verify", "sandbox"])
def test_a_failure_is_json_too(run: Run, project: Path, command: str) -> None:
    (project / "main.py").write_text(
        "from sm_tf import InvalidPropsError\nraise InvalidPropsError('demo/Model', ['no image', 'no role'])"
    )
    done = run(project, command, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "ok": False,
        "error": {
            "type": "InvalidPropsError",
            "where": "demo/Model",
            "problems": ["no image", "no role"],
            "file": "main.py",
            "line": 2,
        },
    }
    assert "demo/Model:\n  - no image\n  - no role\n  main.py, line 2\n" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "type", "problem"),
    [
        (("validate", "nope"), "UsageError", "No stack is named nope: the program has app, data."),
        (("synth", "--watch"), "UsageError", "Pass either --watch or --json."),
        (("synth", "--nonsense"), "NoSuchOption", "No such option: --nonsense"),
    ],
)
def test_wrong_usage_is_json_too(
    run: Run, project: Path, arguments: tuple[str, ...], type: str, problem: str
) -> None:
    done = run(project, *arguments, "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert (error["type"], error["where"], error["problems"]) == (type, None, [problem])
    assert problem in done.stderr


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit('the model is missing')", "the model is missing"),
        ("print('hello')", "ended without synthesizing"),
    ],
)
def test_a_program_that_fails_changes_nothing(run: Run, project: Path, program: str, said: str) -> None:
    working = (project / "main.py").read_text()
    (project / "main.py").write_text(program)
    done = run(project, "synth")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "cdktf.out").exists()

    (project / "main.py").write_text(working)
    run(project, "synth")
    (project / "main.py").write_text(program)
    before = files(project)
    assert run(project, "synth").returncode == 1
    assert files(project) == before


def test_a_folder_without_project_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    for command in ("synth", "validate", "plan"):
        done = run(tmp_path, command)
        assert done.returncode == 2
        assert "has no cdktf.json: run this in the folder of a CDKTF project." in done.stderr


def test_a_disk_that_is_full_changes_nothing(run: Run, project: Path) -> None:
    assert run(project, "synth").returncode == 0
    before = files(project)
    limit = (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    done = subprocess.run(
        [SM_TF, "synth"],
        cwd=project,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert files(project) == before


def test_an_output_that_cannot_be_written_is_named(run: Run, project: Path) -> None:
    (project / "cdktf.out").write_text("a file")
    done = run(project, "synth")
    assert (done.returncode, done.stderr) == (1, f"{project / 'cdktf.out'}: File exists\n")


@pytest.fixture
def started(start: Callable[..., Any], project: Path) -> Callable[..., Any]:
    """Starts `sm-tf` with these arguments in the project's folder; stderr comes with stdout."""
    return partial(
        start,
        SM_TF,
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=1,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def running(pid: str) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True)
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("synth", "the program was stopped; its earlier output is as it was."),
        ("validate", "temporary files were removed; the project is as it was."),
        ("plan", "Terraform was stopped; nothing in AWS was changed."),
        ("sandbox", "the sandbox was stopped, and everything in it was removed."),
    ],
)
def test_an_interrupt_ends_the_program_too(
    project: Path,
    temporary_folder: Path,
    started: Callable[..., Any],
    wait_until: Callable[[Callable[[], object]], None],
    command: str,
    outcome: str,
) -> None:
    pid = project / "pid"
    (project / "main.py").write_text(
        "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(300)\n"
    )
    process = started(command)
    wait_until(lambda: pid.exists() and pid.read_text())
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert f"Interrupted: {outcome}\n" in said
    assert "Traceback" not in said
    wait_until(lambda: not running(pid.read_text()))
    assert not (project / "cdktf.out").exists()
    assert list(temporary_folder.iterdir()) == []


def read_to(process: Any, text: str) -> str:
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"{text!r} was not said, but {said!r}")


def test_watching_synthesizes_again_when_a_file_changes(
    project: Path, tmp_path: Path, started: Callable[..., Any]
) -> None:
    main = project / "main.py"
    working = main.read_text()

    def save(program: str) -> None:
        """In one step: nobody sees half a program."""
        draft = tmp_path / "draft.py"
        draft.write_text(program)
        draft.replace(main)

    process = started("synth", "--watch")
    assert "data: 1 resource" in read_to(process, "Waiting for changes")
    save("raise SystemExit('the model is missing')")
    said = read_to(process, "Waiting for changes")
    assert "main.py changed." in said
    assert "the model is missing" in said
    # What the program writes itself is no reason to run it for ever.
    save("open('notes.txt', 'a').write('run')\n" + working)
    assert "data: 1 resource" in read_to(process, "Waiting for changes")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert (process.returncode, said) == (0, "Ended.\n")
    assert len((project / "notes.txt").read_text()) <= 3 * len("run")


def test_a_program_to_read_the_output_does_not_watch(run: Run, project: Path) -> None:
    assert run(project, "synth", "--watch", "--json").returncode == 2
