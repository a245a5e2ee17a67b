from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf.bindings.core import TerraformStack
from sm_tf.foundation.environment import Environment


def test_a_literal_region_tells_everything_but_the_account(stack, synth) -> None:
    environment = Environment(stack)
    assert environment.known_region == environment.region == "eu-west-1"
    assert (environment.partition, environment.dns_suffix) == ("aws", "amazonaws.com")
    _ = environment.account, Environment(stack).account
    assert set(synth(stack).content["data"]) == {"aws_caller_identity"}


def test_without_one_terraform_is_asked_once_for_each_thing(agnostic_stack, synth) -> None:
    for _ in range(2):
        Environment(agnostic_stack).arn("s3", "x")
        _ = Environment(agnostic_stack).dns_suffix
    assert Environment(agnostic_stack).known_region is None
    data = synth(agnostic_stack).content["data"]
    assert {kind: len(found) for kind, found in data.items()} == {
        "aws_caller_identity": 1,
        "aws_partition": 1,
        "aws_region": 1,
    }


def test_an_expression_is_not_a_known_region(new_stack) -> None:
    assert Environment(new_stack("other", region="${var.region}")).known_region is None


def test_only_the_default_provider_counts(app) -> None:
    stack = TerraformStack(app, "aliased")
    AwsProvider(stack, "other", region="us-east-1", alias="other")
    assert Environment(stack).known_region is None
    AwsProvider(stack, "default", region="eu-west-1")
    assert Environment(stack).known_region == "eu-west-1"
