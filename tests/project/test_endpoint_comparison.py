from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.stub import Stubber

from sm_tf.project.endpoint_comparison import Outcome, compare_endpoint
from sm_tf.project.terraform_state import AppliedEndpoint, AppliedVariant
from sm_tf.sandbox.embedded_aws import EmbeddedAws

REGION = "eu-west-1"
Alarm = Callable[[str, str], None]
Checks = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def aws(execution_role: Callable[..., str]) -> Iterator[EmbeddedAws]:
    embedded = EmbeddedAws()
    execution_role(lambda service: embedded.client(service, REGION))
    yield embedded
    embedded.close()


@pytest.fixture
def client(aws: EmbeddedAws) -> Callable[[str], Any]:
    return lambda service: aws.client(service, REGION)


@pytest.fixture
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture
def name() -> str:
    """A name that no other test uses: they share one AWS."""
    return f"t-{uuid4().hex[:12]}"


@pytest.fixture
def configure(sagemaker: Any) -> Callable[..., str]:
    """Creates a model and a configuration with one variant of it."""

    def create(name: str, variant: str = "main") -> str:
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
            PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"},
        )
        sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": variant,
                    "ModelName": name,
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 1,
                    "InitialVariantWeight": 1.0,
                }
            ],
        )
        return name

    return create


@pytest.fixture
def deployed(sagemaker: Any, configure: Callable[..., str], name: str) -> str:
    """The name of an endpoint in service, and of its configuration and model."""
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name))
    return name


@pytest.fixture
def alarm(client: Callable[[str], Any]) -> Alarm:
    """Makes an alarm that is in this state."""
    cloudwatch = client("cloudwatch")

    def make(name: str, state: str) -> None:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SageMaker",
            MetricName="ModelLatency",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    return make


def applied(name: str, **fields: Any) -> AppliedEndpoint:
    """As it is when an endpoint, its configuration and its model have one name."""
    return AppliedEndpoint(
        **{
            "address": "aws_sagemaker_endpoint.e",
            "path": "demo/Endpoint/Resource",
            "arn": f"arn:aws:sagemaker:{REGION}:123456789012:endpoint/{name}",
            "name": name,
            "config_name": name,
            "variants": {"main": AppliedVariant(model=name, weight=1)},
            "alarms": (),
            **fields,
        }
    )


def checks(endpoint: AppliedEndpoint, client: Callable[[str], Any]) -> list[tuple[str, str, str]]:
    found = compare_endpoint(endpoint, "cdktf.out/stacks/demo", client)
    return [(str(check.outcome), check.subject, check.found) for check in found]


def todos(endpoint: AppliedEndpoint, client: Callable[[str], Any]) -> list[str]:
    return [check.todo for check in compare_endpoint(endpoint, "cdktf.out/stacks/demo", client) if check.todo]


def test_an_endpoint_as_it_was_applied(client: Callable[[str], Any], deployed: str, alarm: Alarm) -> None:
    alarm(f"{deployed}-a", "OK")
    alarm(f"{deployed}-b", "INSUFFICIENT_DATA")
    endpoint = applied(deployed, alarms=(f"{deployed}-a", f"{deployed}-b"))
    assert checks(endpoint, client) == [
        ("ok", "status", "InService"),
        ("ok", "configuration", deployed),
        ("ok", "variants", "main"),
        ("ok", "models", deployed),
        ("ok", "alarms", f"{deployed}-a OK, {deployed}-b INSUFFICIENT_DATA"),
    ]
    assert todos(endpoint, client) == []


def test_a_missing_endpoint(client: Callable[[str], Any], name: str) -> None:
    found = checks(applied(name), client)
    assert found == [("different", "status", "does not exist in eu-west-1 of account 123456789012")]
    assert todos(applied(name), client) == ["somebody deleted it: apply again to create it"]


def test_another_configuration_in_use(
    client: Callable[[str], Any], deployed: str, configure: Callable[..., str]
) -> None:
    new = configure(f"{deployed}-2")
    endpoint = applied(deployed, config_name=new, variants={"main": AppliedVariant(model=new, weight=1)})
    assert checks(endpoint, client) == [
        ("ok", "status", "InService"),
        ("different", "configuration", f"{deployed} is in use, but {new} was applied"),
        ("ok", "variants", "main"),
        ("ok", "models", deployed),
    ]
    (todo,) = todos(endpoint, client)
    assert todo.startswith("AWS rolled the deployment back, or somebody updated the endpoint outside")
    assert todo.endswith("fix it, and apply again")


def test_a_configuration_in_use_that_is_gone(
    client: Callable[[str], Any], sagemaker: Any, deployed: str, configure: Callable[..., str]
) -> None:
    """As Terraform leaves it after a rollback: the models of the new configuration are looked at."""
    new = configure(f"{deployed}-2")
    sagemaker.delete_endpoint_config(EndpointConfigName=deployed)
    endpoint = applied(deployed, config_name=new, variants={"main": AppliedVariant(model=new, weight=1)})
    assert checks(endpoint, client) == [
        ("ok", "status", "InService"),
        ("different", "configuration", f"{deployed} is in use, but {new} was applied"),
        ("different", "configuration", f"{deployed} is in use, but was deleted"),
        ("ok", "variants", "main"),
        ("ok", "models", new),
    ]
    assert todos(endpoint, client)[1] == (
        "AWS refuses every update of the endpoint until a configuration of this name exists again: create "
        "one, or replace the endpoint, which is down meanwhile: "
        "`terraform -chdir=cdktf.out/stacks/demo destroy -target=aws_sagemaker_endpoint.e`, then apply again"
    )
    assert checks(applied(deployed), client)[1:3] == [
        ("different", "configuration", f"{deployed} is in use, but was deleted"),
        ("ok", "variants", "main"),
    ]


def test_an_address_with_a_key_is_quoted(client: Callable[[str], Any], sagemaker: Any, deployed: str) -> None:
    sagemaker.delete_endpoint_config(EndpointConfigName=deployed)
    (todo,) = todos(applied(deployed, address='aws_sagemaker_endpoint.e["a"]'), client)
    assert todo.endswith("-target='aws_sagemaker_endpoint.e[\"a\"]'`, then apply again")


def test_other_variants(
    client: Callable[[str], Any], sagemaker: Any, configure: Callable[..., str], name: str
) -> None:
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name, "canary"))
    found = checks(applied(name), client)
    assert ("different", "variants", "main missing; canary not applied") in found


def test_variants_of_a_configuration_from_elsewhere_are_not_known(
    client: Callable[[str], Any], sagemaker: Any, configure: Callable[..., str], name: str
) -> None:
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configure(name, "theirs"))
    assert checks(applied(name, variants=None), client) == [
        ("ok", "status", "InService"),
        ("ok", "configuration", name),
        ("ok", "variants", "theirs"),
        ("ok", "models", name),
    ]


def test_a_model_that_is_gone(client: Callable[[str], Any], sagemaker: Any, deployed: str) -> None:
    sagemaker.delete_model(ModelName=deployed)
    assert checks(applied(deployed), client)[-1] == ("different", "models", f"{deployed} deleted")
    assert "apply again to create the models of the stack" in todos(applied(deployed), client)[0]


def test_alarms_that_fire_or_are_gone(client: Callable[[str], Any], deployed: str, alarm: Alarm) -> None:
    alarm(f"{deployed}-a", "ALARM")
    alarm(f"{deployed}-b", "OK")
    client("cloudwatch").put_composite_alarm(AlarmName=f"{deployed}-c", AlarmRule=f"ALARM({deployed}-a)")
    client("cloudwatch").set_alarm_state(AlarmName=f"{deployed}-c", StateValue="ALARM", StateReason="test")
    endpoint = applied(deployed, alarms=tuple(f"{deployed}-{letter}" for letter in "abcd"))
    assert checks(endpoint, client)[-1] == (
        "different",
        "alarms",
        f"{deployed}-a, {deployed}-c in ALARM; {deployed}-d deleted",
    )


def test_what_scaling_changes_is_no_difference(
    client: Callable[[str], Any], sagemaker: Any, deployed: str
) -> None:
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=deployed,
        DesiredWeightsAndCapacities=[
            {"VariantName": "main", "DesiredInstanceCount": 4, "DesiredWeight": 0.5}
        ],
    )
    found = checks(applied(deployed), client)
    assert found[-1] == ("note", "weights", "main 0.5, applied with 1")
    assert Outcome.DIFFERENT not in [outcome for outcome, *_ in found]


def test_weights_have_the_precision_of_32_bits(
    client: Callable[[str], Any], sagemaker: Any, deployed: str
) -> None:
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=deployed,
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredWeight": 0.8999999761581421}],
    )
    found = checks(applied(deployed, variants={"main": AppliedVariant(model=deployed, weight=0.9)}), client)
    assert "weights" not in [subject for _, subject, _ in found]


def described(status: str, **fields: Any) -> Callable[[str], Any]:
    """A SageMaker whose endpoint is in this status, which no embedded AWS takes by itself."""
    sagemaker = boto3.client(
        "sagemaker", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    stub = Stubber(sagemaker)
    stub.add_response(
        "describe_endpoint",
        {
            "EndpointName": "e",
            "EndpointArn": f"arn:aws:sagemaker:{REGION}:123456789012:endpoint/e",
            "EndpointConfigName": "e",
            "EndpointStatus": status,
            "CreationTime": 0,
            "LastModifiedTime": 0,
            "ProductionVariants": [{"VariantName": "main", "CurrentWeight": 1}],
            **fields,
        },
        {"EndpointName": "e"},
    )
    config = fields.get("EndpointConfigName", "e")
    stub.add_response(
        "describe_endpoint_config",
        {
            "EndpointConfigName": config,
            "EndpointConfigArn": f"arn:aws:sagemaker:{REGION}:123456789012:endpoint-config/{config}",
            "ProductionVariants": [{"VariantName": "main", "ModelName": "m"}],
            "CreationTime": 0,
        },
        {"EndpointConfigName": config},
    )
    stub.add_response(
        "describe_model",
        {
            "ModelName": "m",
            "ModelArn": f"arn:aws:sagemaker:{REGION}:123456789012:model/m",
            "CreationTime": 0,
        },
        {"ModelName": "m"},
    )
    stub.activate()
    return lambda _: sagemaker


@pytest.mark.parametrize(
    ("status", "todo"),
    [
        ("Creating", "wait until that has ended, then verify again"),
        ("Updating", "wait until that has ended, then verify again"),
        ("SystemUpdating", "wait until that has ended, then verify again"),
        ("RollingBack", "wait until that has ended, then verify again"),
        ("Deleting", "wait until it is gone, then apply again"),
        ("OutOfService", "read its logs in CloudWatch"),
        (
            "UpdateRollbackFailed",
            "it serves a mix of the old and the new configuration: see https://docs.aws",
        ),
        ("SomethingNew", ""),
    ],
)
def test_an_endpoint_that_is_not_in_service(status: str, todo: str) -> None:
    check = next(compare_endpoint(applied("e"), "demo", described(status)))
    assert (check.outcome, check.subject, check.found) == (Outcome.DIFFERENT, "status", status)
    assert todo in check.todo


def test_a_failed_endpoint_tells_the_reason() -> None:
    client = described("Failed", FailureReason="The container does not answer /ping.")
    check = next(compare_endpoint(applied("e"), "demo", client))
    assert check.found == "Failed: The container does not answer /ping."
    assert check.todo == (
        "a failed endpoint can only be deleted. Fix the cause, then replace it: "
        "`terraform -chdir=demo destroy -target=aws_sagemaker_endpoint.e`, then apply again"
    )


def test_the_reason_of_an_update_that_failed_is_a_note() -> None:
    check = next(compare_endpoint(applied("e"), "demo", described("InService", FailureReason="No capacity.")))
    assert (check.outcome, check.found) == (Outcome.NOTE, "InService: No capacity.")


def test_a_deployment_that_is_under_way() -> None:
    client = described(
        "Updating", EndpointConfigName="old", PendingDeploymentSummary={"EndpointConfigName": "e"}
    )
    found = {check.subject: check for check in compare_endpoint(applied("e"), "demo", client)}
    assert found["configuration"].outcome == Outcome.DIFFERENT
    assert found["configuration"].found == "old is in use until e is deployed"
    assert found["configuration"].todo == "wait until that has ended, then verify again"
