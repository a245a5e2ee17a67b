"""Two constructs of an app don't write one name in one account and region."""

from datetime import timedelta

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole

from sm_tf import (
    ContainerDefinition,
    ContainerImage,
    EndpointConfig,
    InstanceProductionVariantProps,
    Metric,
    Model,
    Schedule,
)
from sm_tf.bindings.resources import place_of
from sm_tf.foundation.claimed_names import claim_name


def claim(stack, id, name, **options):
    options = {"argument": "thing_name", **options}
    claim_name(place_of(stack).below(id, options.pop("provider", None)), "thing", lambda: name, **options)


@pytest.fixture
def stack_of(app):
    def make(id, **provider):
        stack = TerraformStack(app, id)
        AwsProvider(stack, "aws", **provider)
        return stack

    return make


@pytest.fixture
def one(stack_of):
    return stack_of("one", region="eu-west-1")


@pytest.fixture
def two(stack_of):
    return stack_of("two", region="eu-west-1")


def test_both_constructs_and_the_argument_are_told(one, two, synth) -> None:
    claim(one, "A", "same")
    claim(two, "B", "same")
    where = "in this account and region; set thing_name"
    told = rf"\[one/A\] its thing is named 'same', and so is that of two/B {where}"
    with pytest.raises(RuntimeError, match=told):
        synth(one)
    with pytest.raises(RuntimeError, match=r"\[two/B\] .* one/A"):
        synth(two)


def test_two_of_one_stack_meet_too(one, synth) -> None:
    claim(one, "A", "same")
    claim(one, "B", "same")
    with pytest.raises(RuntimeError, match=r"\[one/A\] .* one/B .*\n.*\[one/B\] .* one/A"):
        synth(one)


def test_other_kinds_names_and_tokens_do_not_meet(one, synth) -> None:
    claim_name(place_of(one).below("A"), "other thing", lambda: "same", argument="name")
    for number, name in enumerate(("same", "another", "${var.name}", "${var.name}")):
        claim(one, f"B{number}", name)
    assert synth(one)


def test_other_regions_do_not_meet_unless_the_name_is_global(one, stack_of, synth) -> None:
    far = stack_of("far", region="us-east-1")
    claim(one, "A", "same")
    claim(far, "A", "same")
    assert synth(one)
    claim(one, "G", "worldwide", is_global=True)
    claim(far, "G", "worldwide", is_global=True)
    with pytest.raises(RuntimeError, match=r"\[one/G\] .* far/G in this account;"):
        synth(one)


def test_other_accounts_do_not_meet(one, stack_of, synth) -> None:
    theirs = stack_of("theirs", region="eu-west-1", allowed_account_ids=["210987654321"])
    claim(one, "A", "same", is_global=True)
    claim(theirs, "A", "same", is_global=True)
    assert synth(one)


def test_a_given_provider_counts(one, synth) -> None:
    role = AwsProviderAssumeRole(role_arn="arn:aws:iam::210987654321:role/deploy")
    other = AwsProvider(one, "other", alias="other", region="eu-west-1", assume_role=[role])
    claim(one, "A", "same")
    claim(one, "B", "same", provider=other)
    assert synth(one)


def test_other_apps_do_not_meet(one, app, tmp_path, synth) -> None:
    del app
    from cdktf import App

    elsewhere = TerraformStack(App(outdir=str(tmp_path / "elsewhere")), "one")
    AwsProvider(elsewhere, "aws", region="eu-west-1")
    claim(one, "A", "same")
    claim(elsewhere, "A", "same")
    assert synth(one)


CONTAINER = ContainerDefinition(image=ContainerImage.from_ecr_repository("app", "1"))


def make_models(stack) -> None:
    for id in ("A", "B"):
        Model(stack, id, containers=[CONTAINER], model_name="same")


def make_configs(stack) -> None:
    model = Model(stack, "Model", containers=[CONTAINER])
    for id in ("A", "B"):
        variant = InstanceProductionVariantProps(model=model, variant_name="main")
        EndpointConfig(stack, id, instance_production_variants=[variant], endpoint_config_name="same")


@pytest.mark.parametrize("make", [make_models, make_configs])
def test_given_names_of_models_and_configurations_meet(one, synth, make) -> None:
    make(one)
    with pytest.raises(RuntimeError, match=r"\[one/A\] .* named 'same', and so is that of one/B"):
        synth(one)


@pytest.mark.parametrize(
    ("method", "options", "argument"),
    [
        ("scale_to_track_metric", {"target_value": 5, "policy_name": "same"}, "policy_name"),
        (
            "scale_on_schedule",
            {
                "schedule": Schedule.rate(timedelta(days=1)),
                "min_capacity": 1,
                "scheduled_action_name": "same",
            },
            "scheduled_action_name",
        ),
    ],
)
def test_names_on_one_target_meet(stack, new_endpoint, synth, method, options, argument) -> None:
    target = new_endpoint().find_instance_production_variant("main").auto_scale_instance_count(max_capacity=2)
    metric = Metric(namespace="N", metric_name="M")
    for id in ("A", "B"):
        own = {"custom_metric": metric} if method == "scale_to_track_metric" else {}
        getattr(target, method)(id, **options, **own)
    with pytest.raises(RuntimeError, match=rf"named 'same', and so is that of .*; set {argument}"):
        synth(stack)
