"""Two constructs of an app don't write one name in one account and region."""

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole

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
