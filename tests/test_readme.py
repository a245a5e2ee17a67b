"""Every program and command that the README shows is run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from sm_tf import EndpointConfig, InstanceProductionVariantProps, InstanceType
from sm_tf.sandbox import Sandbox

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
QUICKSTART, GENERATED, OPERATION, IMAGES, FIXTURE = PROGRAMS
SESSION = README.split("## Start a project")[1].split("```console\n")[1].split("```")[0]
COMMANDS = re.findall(r"^\$ (.+)$", README, re.MULTILINE)


def test_the_first_program_is_the_quickstart():
    assert (REPOSITORY / "examples" / "quickstart" / "main.py").read_text() == QUICKSTART


@pytest.mark.terraform
def test_the_session_prints_what_is_shown(tmp_path):
    folder = tmp_path
    for step in re.split(r"^\$ ", SESSION, flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        program, *arguments = command.split()
        if program == "cd":
            folder = folder / arguments[0]
            continue
        assert program == "sm-tf"
        sm_tf = Path(sys.executable).with_name("sm-tf")
        done = subprocess.run([sm_tf, *arguments], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout == shown
    assert (folder / "main.py").read_text() == GENERATED


def test_the_program_with_images_and_artifacts_synthesizes(tmp_path, monkeypatch):
    port = REPOSITORY / "examples" / "aws_cdk_port"
    shutil.copytree(port / "image", tmp_path / "image")
    shutil.copy(port / "model" / "model.tar.gz", tmp_path)
    monkeypatch.chdir(tmp_path)
    app = App(outdir=str(tmp_path / "out"))
    stack = TerraformStack(app, "stack")
    AwsProvider(stack, "aws", region="eu-west-1")
    exec(IMAGES, {"stack": stack})
    app.synth()
    assert (tmp_path / "out" / "stacks" / "stack" / "cdk.tf.json").exists()


def test_the_program_that_operates_an_endpoint_synthesizes(stack, new_model, synth):
    variant = InstanceProductionVariantProps(
        model=new_model(),
        variant_name="main",
        instance_type=InstanceType.M5_LARGE,
        initial_instance_count=10,
    )
    config = EndpointConfig(stack, "Config", instance_production_variants=[variant])
    exec(OPERATION, {"stack": stack, "config": config, "topic": SnsTopic(stack, "Topic")})
    content = synth(stack)
    assert content.resources("aws_cloudwatch_dashboard")
    assert content.only("aws_sagemaker_endpoint")["deployment_config"]["auto_rollback_configuration"]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The quickstart, synthesized by the README's command."""
    folder = tmp_path_factory.mktemp("readme") / "quickstart"
    shutil.copytree(
        REPOSITORY / "examples" / "quickstart", folder, ignore=shutil.ignore_patterns("cdktf.out")
    )
    assert "python main.py" in COMMANDS
    subprocess.run([sys.executable, "main.py"], cwd=folder, check=True)
    return folder


@pytest.mark.terraform
def test_the_terraform_commands_work(project):
    commands = [command for command in COMMANDS if command.startswith("terraform")]
    assert commands
    with Sandbox() as sandbox:
        for command in commands:
            subprocess.run(command.split(), cwd=project, env=sandbox.environment, check=True)


@pytest.mark.terraform
def test_the_test_with_the_fixture_passes(project):
    (project / "test_quickstart.py").write_text(FIXTURE)
    options = ["-q", "-p", "no:cacheprovider", "test_quickstart.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.long
def test_the_benchmark_prints_the_table_that_is_shown():
    command = next(command for command in COMMANDS if "benchmarks" in command).split()
    done = subprocess.run(
        [sys.executable, *command[1:], "--runs", "1"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr

    def words(table: str) -> list[str]:
        return re.findall(r"[A-Za-z]{2,}", table.split("\n", 1)[1])

    shown = README.split("benchmarks/startup.py\n")[1].split("```")[0]
    assert words(done.stdout) == words(shown)
    assert (done.returncode == 0) == all(
        float(row.split()[-2]) <= float(row.split()[-1]) for row in done.stdout.splitlines()[3:]
    )


def test_every_command_is_run_by_some_test():
    elsewhere = {"make demo", "make test", "pip install ."}  # tests/test_fresh_clone.py and .ci/run
    here = {"python main.py", "python benchmarks/startup.py"}
    prefixes = ("terraform", "sm-tf", "cd ")
    assert {command for command in COMMANDS if not command.startswith(prefixes)} == elsewhere | here


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert (REPOSITORY / link).exists(), link


def test_files_named_in_the_architecture_exist():
    page = (REPOSITORY / "ARCHITECTURE.md").read_text()
    for row in re.findall(r"^\| (`.+?) \|", page, re.MULTILINE):
        for name in re.findall("`(.+?)`", row):
            assert (REPOSITORY / "sm_tf" / name.removeprefix("sm_tf/")).exists(), name


def test_every_folder_is_in_the_architecture():
    page = (REPOSITORY / "ARCHITECTURE.md").read_text()
    folders = [folder.parent for folder in (REPOSITORY / "sm_tf").glob("*/__init__.py")]
    assert folders
    assert [folder.name for folder in folders if f"`{folder.name}/`" not in page] == []
