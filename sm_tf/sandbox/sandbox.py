"""The sandbox: an embedded AWS with its stacks."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sm_tf.aws.endpoint_failure import EndpointFailure
from sm_tf.bindings.engine import OUTDIR, PROJECT_FILE, STACK_FILE, STACKS
from sm_tf.foundation.errors import ToolError
from sm_tf.project.container_builder import find_builder
from sm_tf.project.provider_source import ProviderSource, find_provider
from sm_tf.project.source_lines import VARIABLE, SourceLines
from sm_tf.project.synthesis import SynthesizedStack, synthesize
from sm_tf.project.terraform import Terraform, find_terraform
from sm_tf.project.variables import VariableOptions, read_variables
from sm_tf.sandbox import override
from sm_tf.sandbox.embedded_aws import ACCESS_KEY, EmbeddedAws, control
from sm_tf.sandbox.existing import Existing, NamedStack, Unmet
from sm_tf.sandbox.image_builds import registries_conf, remove_images
from sm_tf.sandbox.stack import SandboxContext, Stack
from sm_tf.sandbox.stand_ins import make_stand_ins

DEFAULT_REGION = "us-east-1"
# Variables that lead Terraform elsewhere or change how it works.
_DROPPED = (
    "AWS_",
    "TF_CLI_ARGS",
    "TF_CLI_CONFIG_FILE",
    "TERRAFORM_CONFIG",
    "TF_DATA_DIR",
    "TF_WORKSPACE",
    "TF_REATTACH_PROVIDERS",
    "TF_LOG",
    "TF_INPUT",
)


class Sandbox:
    """A private AWS on this machine, for real Terraform and the real AWS provider.

        with Sandbox() as aws:
            stack = aws.stack("cdktf.out/stacks/demo")
            stack.apply()
            assert stack.plan().empty
            endpoints = aws.client("sagemaker").list_endpoints()["Endpoints"]

    Sandboxes are independent of each other. Everything is removed at the end of the block, even if the
    process is killed.

    Args:
        region: the region of stacks whose provider names none. Defaults to AWS_REGION, else us-east-1.

    Raises:
        ToolError: Terraform or a Python package is missing.
    """

    def __init__(self, *, region: str | None = None) -> None:
        chosen = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        self._region = chosen or DEFAULT_REGION
        self.stacks: list[Stack] = []
        self.terraform: Terraform = find_terraform()
        self.provider: ProviderSource = find_provider(os.environ)
        self._builder: str | None = None
        self._registry: str | None = None
        self._kept = False
        self.stand_ins: list[Existing] = []
        self.unmet: list[Unmet] = []
        self.aws = EmbeddedAws()
        try:
            self.environment = self._environment()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the AWS and remove every file of the sandbox, unless it is kept."""
        if self._kept:
            return
        if self._builder and self._registry:
            remove_images(self._builder, self._registry)
        self.aws.close()

    def keep(self) -> None:
        """Let the AWS and the files outlive this process; `close` does nothing from now on."""
        self.aws.keep()
        self._kept = True

    @property
    def endpoint_url(self) -> str:
        """The address of the AWS API."""
        return self.aws.endpoint_url

    @property
    def region(self) -> str:
        """The region of the first stack that names one, else of the sandbox."""
        return next((stack.region for stack in self.stacks if stack.region), self._region)

    @property
    def builds_images(self) -> bool:
        """Whether container images of the stacks are built and pushed here."""
        return self._registry is not None

    def stack(
        self,
        source: Path | str,
        *,
        name: str | None = None,
        lines: SourceLines | None = None,
        variables: VariableOptions | None = None,
    ) -> Stack:
        """Add a stack: `source` is the folder of its cdk.tf.json, or a project with a single stack.

        The folder is copied and stays as it is. `name` defaults to the folder's name. A stack that others
        refer to must be added before them. `lines` are those of the program that made its constructs, and
        `variables` are values beside those in the environment (`TF_VAR_`).

        Before a plan, what the stacks name or ask data sources for but don't make gets stand-ins.

        Raises:
            ToolError: the folder has no stack, or the project has not exactly one.
        """
        source = Path(source).resolve()
        if (source / PROJECT_FILE).is_file() and not (source / STACK_FILE).is_file():
            return self._only_stack(source)
        taken = {stack.name for stack in self.stacks}
        name = next(n for n in _numbered(name or source.name) if n not in taken)
        context = SandboxContext(
            terraform=self.terraform,
            environment=self.environment,
            endpoint_url=self.endpoint_url,
            provider_versions=self.provider.versions,
            state_files=self._state_files,
            prepare_image_builds=self._prepare_image_builds,
            prepare_plan=self.make_stand_ins,
        )
        home = self.aws.home / STACKS / name
        stack = Stack(name, home, source, context, lines=lines, variables=variables)
        self.stacks.append(stack)
        return stack

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of the embedded AWS, in the region of the stacks unless another is given."""
        return self.aws.client(service, region or self.region)

    def calls(self, action: str | None = None, service: str | None = None) -> list[dict[str, Any]]:
        """The parameters of the accepted write requests of all services but S3, oldest first.

        `action` is AWS's name of an action such as UpdateEndpoint, and `service` is boto3's name of a
        service. Each defaults to all.
        """
        return [
            call["parameters"]
            for call in self.aws.calls()
            if action in (None, call["action"]) and service in (None, call["service"])
        ]

    def set_capacity(
        self,
        endpoint_name: str,
        *,
        requests_per_second: float | None = None,
        latency: timedelta = timedelta(0),
        max_wait: timedelta = timedelta(seconds=1),
    ) -> None:
        """Limit the load that an endpoint can handle, as a real one does.

        Each instance serves `requests_per_second`, without a limit by default, and answers after `latency`. A
        request to a busy instance waits for its turn, and fails with 503 if that takes longer than
        `max_wait`. A serverless variant is one such instance, and throttles requests above its
        `max_concurrency`. Scaling the variant changes its capacity.

            sagemaker_sandbox.set_capacity("demo", requests_per_second=30, latency=timedelta(milliseconds=50))
        """
        control(
            self.endpoint_url,
            "POST",
            "capacity",
            endpoint_name=endpoint_name,
            requests_per_second=requests_per_second,
            latency=latency.total_seconds(),
            max_wait=max_wait.total_seconds(),
        )

    def fail_next_endpoint(self, failure: EndpointFailure = EndpointFailure.PING) -> None:
        """Let the next creation of an endpoint fail, in whatever region, as it may in AWS.

        The endpoint becomes `Failed`, with AWS's own `FailureReason`. Terraform's apply fails, and the next
        one replaces the endpoint. Call it twice to let two creations fail.

            sagemaker_sandbox.fail_next_endpoint(EndpointFailure.CAPACITY)
            with pytest.raises(ToolError, match="InsufficientInstanceCapacity"):
                stack.apply()
            stack.apply()

        Args:
            failure: The cause. Defaults to a container that doesn't answer the ping.
        """
        control(self.endpoint_url, "POST", "failure", failure=EndpointFailure(failure))

    def make_stand_ins(self) -> None:
        """Make stand-ins for what the stacks name or ask data sources for, but don't make.

        Each plan does it first. `stand_ins` has all that were made, and `unmet` what has none.

        Raises:
            UsageError: variables of a stack have no value.
        """
        variables = [stack.variables for stack in self.stacks]
        values = read_variables(self.terraform, self.environment, variables)
        named = [NamedStack(name=v.name, content=v.content, variables=values[v.name]) for v in variables]
        made, self.unmet = make_stand_ins(self.endpoint_url, named, self._region)
        self.stand_ins += made

    def app(self, directory: Path | str) -> list[Stack]:
        """Run the program of a project, and add its stacks in the order to apply them."""
        found, lines = self.synthesize(directory)
        return [self.stack(stack.directory, name=stack.name, lines=lines) for stack in found]

    def synthesize(self, directory: Path | str) -> tuple[list[SynthesizedStack], SourceLines]:
        """Run the program of a project, and return its stacks and the lines that made their constructs."""
        out = Path(tempfile.mkdtemp(prefix=f"{OUTDIR}-", dir=self.aws.home))
        noted = out.with_name(f"{out.name}.source_lines.jsonl")
        found = synthesize(directory, out, variables={VARIABLE: str(noted)})
        return found, SourceLines(noted, Path(directory).resolve())

    def _only_stack(self, directory: Path) -> Stack:
        found, lines = self.synthesize(directory)
        if len(found) != 1:
            names = ", ".join(stack.name for stack in found) or "none"
            raise ToolError(f"{directory} has not one stack, but {len(found)} ({names}): use Sandbox.app.")
        return self.stack(found[0].directory, name=found[0].name, lines=lines)

    def _prepare_image_builds(self) -> bool:
        """Start the registry for images, once; False if this machine has no builder or no registry."""
        if self._builder is None:
            self._builder = find_builder()
            self._registry = self.aws.start_registry() if self._builder else None
            if self._registry:
                conf = self.aws.home / "registries.conf"
                conf.write_text(registries_conf(self._registry))
                self.environment["CONTAINERS_REGISTRIES_CONF"] = str(conf)
        return self.builds_images

    def _state_files(self) -> Mapping[str, str]:
        return {stack.name: f"../{stack.name}/{override.STATE}" for stack in self.stacks}

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
        kept |= self.provider.variables(os.environ, self.aws.home)
        return kept | {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            **region_variables(self._region),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "NO_PROXY": _no_proxy("NO_PROXY"),
            "no_proxy": _no_proxy("no_proxy"),
            # The provider would spend most of its time on garbage collection.
            "GOGC": "400",
        }


def region_variables(region: str) -> dict[str, str]:
    """The variables that tell AWS's tools the region."""
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}


def _no_proxy(variable: str) -> str:
    return ",".join(filter(None, (os.environ.get(variable), "127.0.0.1")))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
