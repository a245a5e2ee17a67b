"""The projects that our templates make, with every choice."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from sm_tf.project.terraform_runner import terraform_runner
from sm_tf.sandbox import Sandbox, synthesize
from sm_tf.scaffold.template import builtin_templates

TEMPLATES = [template.name for template in builtin_templates()]
APPLIED = [name for name in TEMPLATES if name != "module"]
"""Those that are applied from their own project, with a backend."""
REPOSITORY = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("sm-tf")
# Every choice that all templates have, and every size of each, is in one of these.
CHOICES = json.loads((REPOSITORY / "tests" / "data" / "template_choices.json").read_text())
LONG_NAMES = {
    "name": "a-" * 31 + "a",
    "image": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{'a' * 60}/{'b' * 60}@sha256:{'0' * 64}",
    "artifact": f"s3://{'c' * 63}/{'d' * 200}.tar.gz",
    "alarm_email": f"{'e' * 64}@{'f' * 63}.example.com",
    "backend": "s3",
}


def run(project, *command, **options):
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as aws:
        yield aws


def check_style(project):
    run(project, sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    run(project, sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")
    for file in project.rglob("*"):
        if file.is_file():
            text = file.read_text()
            assert text.endswith("\n"), file
            assert not re.search(r"[ \t]$|\n\n\n\n", text, re.MULTILINE), file


@pytest.mark.slow
@pytest.mark.parametrize("choice", ["defaults", "own-model", "government"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_project_is_clean_and_synthesizes(make_project, tmp_path, template, choice):
    project = make_project(template, **CHOICES[template][choice])
    check_style(project)
    (stack,) = synthesize(project, tmp_path / "out")
    assert (stack.directory / "cdk.tf.json").is_file()


@pytest.mark.terraform
@pytest.mark.parametrize(
    "choice",
    ["own-model", *(pytest.param(name, marks=pytest.mark.long) for name in ("defaults", "government"))],
)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_project_passes_its_tests_and_terraforms_check(make_project, template, choice):
    project = make_project(template, **CHOICES[template][choice])
    run(project, sys.executable, "-m", "pytest", "-q", "-W", "error", "--ignore", "tests/test_life.py")
    assert run(project, COMMAND, "validate") == f"{project.name}: valid\n"


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_longest_answers_leave_a_project_clean(make_project, template):
    backend = {} if template in APPLIED else {"backend": "local"}
    check_style(make_project(template, **LONG_NAMES | backend))


@pytest.mark.terraform
@pytest.mark.parametrize(
    "template",
    [
        "realtime",
        "pipeline",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("ab-test", "module", "serverless")),
    ],
)
def test_a_project_passes_the_test_of_its_whole_life(make_project, template):
    """With an alarm that is mailed, and all sizes chosen."""
    project = make_project(template, **CHOICES[template]["own-model"])
    run(project, sys.executable, "-m", "pytest", "-q", "-W", "error", "tests/test_life.py", timeout=600)


@pytest.mark.slow
def test_the_backend_is_the_one_that_was_chosen(make_project, tmp_path):
    def backend(name, **answers):
        (stack,) = synthesize(make_project("serverless", name, **answers), tmp_path / f"{name}-out")
        terraform = yaml.safe_load((stack.directory / "cdk.tf.json").read_text())["terraform"]
        return terraform.get("backend") or {"cloud": terraform["cloud"]}

    assert backend("one") == {"local": {"path": "../../../terraform.one.tfstate"}}
    assert backend("two", backend="s3", state_bucket="states") == {
        "s3": {
            "bucket": "states",
            "key": "two.tfstate",
            "region": "eu-west-1",
            "encrypt": True,
            "use_lockfile": True,
        }
    }
    assert backend("three", backend="hcp", organization="acme", workspace="prod") == {
        "cloud": {"organization": "acme", "workspaces": {"name": "prod"}}
    }


def test_the_dependencies_are_those_of_this_release(make_project):
    ours = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    theirs = tomllib.loads((make_project("realtime") / "pyproject.toml").read_text())["project"]
    assert theirs["requires-python"] == ours["requires-python"]
    major, minor, _ = ours["version"].split(".")
    assert f"sm-tf>={major}.{minor},<{major}.{int(minor) + 1}" in theirs["dependencies"]
    for requirement in theirs["dependencies"]:
        assert requirement.startswith("sm-tf") or requirement in ours["dependencies"]
    (with_extras,) = [extra for extra in theirs["optional-dependencies"]["dev"] if extra.startswith("sm-tf")]
    assert set(re.findall(r"\w+", with_extras.partition("[")[2])) <= set(ours["optional-dependencies"])


@pytest.mark.parametrize("backend", ["local", "s3", "hcp"])
def test_both_pipelines_do_the_same(make_project, backend):
    github = yaml.safe_load(
        (make_project("realtime", "one", backend=backend, ci="github") / ".github/workflows/terraform.yml")
        .read_text()
    )  # fmt: skip
    gitlab = yaml.safe_load(
        (make_project("realtime", "one", backend=backend, ci="gitlab") / ".gitlab-ci.yml").read_text()
    )
    steps = {step["name"]: step for step in github["jobs"]["terraform"]["steps"] if "name" in step}
    scripts = {name: step["run"].splitlines() for name, step in steps.items() if "run" in step}
    assert gitlab[".sm-tf"]["before_script"] == scripts["install"]
    assert gitlab["synth"]["script"] == [*scripts["test"], *scripts["synth"]]
    assert gitlab["validate"]["script"] == scripts["validate"] == ["sm-tf validate"]
    assert gitlab["plan"]["script"][-len(scripts["plan"]) :] == scripts["plan"]
    assert ("credentials" in steps) == (backend != "hcp")
    needed = "TF_TOKEN_app_terraform_io" if backend == "hcp" else "AWS_ROLE_ARN"
    assert needed in steps["plan"]["if"]
    assert gitlab["plan"]["rules"] == [{"if": f"${needed}"}]


@pytest.mark.parametrize("template", APPLIED)
def test_commits_can_start_the_runs(make_project, template):
    answers = {"backend": "hcp", "runs": "vcs", "workspace": "prod"}
    github = make_project(template, "one", ci="github", **answers)
    workflow = yaml.safe_load((github / ".github/workflows/terraform.yml").read_text())
    steps = {step["name"]: step for step in workflow["jobs"]["terraform"]["steps"] if "name" in step}
    pipeline = yaml.safe_load(
        (make_project(template, "one", ci="gitlab", **answers) / ".gitlab-ci.yml").read_text()
    )
    compared = [
        "sm-tf synth --for-vcs deploy",
        'test -z "$(git status --porcelain -- deploy)"',
    ]
    assert pipeline["committed"]["script"] == steps["committed"]["run"].splitlines() == compared
    assert pipeline["stages"] == ["synth", "validate"]
    assert "plan" not in steps.keys() | pipeline.keys()
    readme = (github / "README.md").read_text()
    assert "set its working directory to `deploy/one`" in readme
    assert "workspace `prod`" in readme


class TestModule:
    def test_both_pipelines_do_the_same(self, make_project):
        github = make_project("module", "one", ci="github") / ".github/workflows/terraform.yml"
        workflow = yaml.safe_load(github.read_text())
        steps = workflow["jobs"]["terraform"]["steps"]
        scripts = {step["name"]: step["run"].splitlines() for step in steps if {"name", "run"} <= step.keys()}
        gitlab = yaml.safe_load((make_project("module", "one", ci="gitlab") / ".gitlab-ci.yml").read_text())
        written = ["sm-tf module module", 'test -z "$(git status --porcelain -- module)"']
        assert gitlab["module"]["script"] == [*scripts["test"], *scripts["module"]] == ["pytest", *written]
        assert gitlab["test of the module"]["script"] == scripts["test of the module"]
        assert workflow[True]["push"]["tags"] == ["v*"]
        assert [step["if"] for step in steps if step.get("name") == "release"] == [
            "startsWith(github.ref, 'refs/tags/v')"
        ]

    @pytest.mark.terraform
    def test_what_is_released_passes_its_own_tests(self, make_project):
        project = make_project("module", "scorer", ci="none")
        assert "scorer: wrote a module of " in run(project, COMMAND, "module", "module")
        inputs = (project / "module" / "README.md").read_text()
        assert "| max_instance_count | The most instances to scale to. | `number` | `3` | no |" in inputs
        with terraform_runner() as terraform:
            assert terraform.run(project / "module", "fmt", "-check", "-recursive").code == 0
            terraform.init("scorer", project / "module")
            tested = terraform.run(project / "module", "test", "-no-color")
        assert "4 passed, 0 failed" in tested.text, tested.text


def test_hcp_terraform_makes_its_plan_itself(make_project):
    """It prints the plan as text, in which `sm-tf plan` finds no changes."""
    workflow = yaml.safe_load(
        (make_project("realtime", "demo", backend="hcp") / ".github/workflows/terraform.yml").read_text()
    )
    (plan,) = [step for step in workflow["jobs"]["terraform"]["steps"] if step.get("name") == "plan"]
    assert plan["run"].splitlines() == [
        "terraform -chdir=cdktf.out/stacks/demo init -input=false",
        "terraform -chdir=cdktf.out/stacks/demo plan -input=false",
    ]


def test_the_pipeline_synthesizes_validates_and_plans(make_project, sandbox):
    project = make_project("realtime")
    workflow = yaml.safe_load((project / ".github/workflows/terraform.yml").read_text())
    scripts = {
        step["name"]: step["run"]
        for step in workflow["jobs"]["terraform"]["steps"]
        if "name" in step and "run" in step
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**sandbox.environment, "PATH": path}
    assert "aws_sagemaker_endpoint" in run(project, "bash", "-ec", scripts["synth"], env=environment)
    assert run(project, "bash", "-ec", scripts["validate"], env=environment) == f"{project.name}: valid\n"
    planned = run(project, "bash", "-ec", scripts["plan"], env=environment)
    assert re.match(rf"{project.name}: \d+ to create\n", planned)


@pytest.mark.parametrize("backend", ["local", "s3", "hcp"])
def test_the_readme_needs_no_npm(make_project, backend):
    readme = (make_project("realtime", "demo", backend=backend) / "README.md").read_text()
    assert "npm" not in readme
    first = "synth" if backend == "hcp" else "plan"
    assert f"$ sm-tf {first}\n$ terraform -chdir=cdktf.out/stacks/demo init\n" in readme
