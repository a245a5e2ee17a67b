import pytest
from cdktf import TerraformOutput, TerraformVariable

from sm_tf import InvalidPropsError
from sm_tf.foundation.arn import SageMakerArn


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_parts_of_a_known_arn(partition) -> None:
    arn = f"arn:{partition}:sagemaker:xx-west-1:123456789012:model/A-1"
    assert SageMakerArn.parse("here", arn, "model") == SageMakerArn(arn, "A-1", "xx-west-1", "123456789012")


def test_an_expression_is_split_by_terraform(stack, synth) -> None:
    variable = TerraformVariable(stack, "arn", type="string")
    for id, given in (("one", variable.string_value), ("two", "${var.arn}")):
        arn = SageMakerArn.parse("here", given, "model")
        assert (arn.region, arn.account) == (None, None)
        TerraformOutput(stack, id, value=arn.name)
    outputs = synth(stack).content["output"]
    assert {output["value"] for output in outputs.values()} == {'${element(split("/", var.arn), 1)}'}


def test_another_form_is_refused() -> None:
    with pytest.raises(
        InvalidPropsError,
        match=r"^here: model_arn 'x' is not the ARN of a SageMaker model; pass one of the form arn:<part",
    ):
        SageMakerArn.parse("here", "x", "model")


def test_the_name_in_an_arn_is_in_lower_case_whoever_knows_it(stack, synth) -> None:
    for id, name in (("one", "My-Model"), ("two", "${var.name}")):
        TerraformOutput(stack, id, value=SageMakerArn.in_environment_of(stack, name, "model").arn)
    account = "${data.aws_caller_identity.SmTfCallerIdentity.account_id}"
    start = f"arn:aws:sagemaker:eu-west-1:{account}:model/"
    outputs = synth(stack).content["output"]
    assert outputs["one"]["value"] == start + "my-model"
    assert outputs["two"]["value"] == start + "${lower(var.name)}"


@pytest.mark.parametrize(
    ("arn", "name", "region", "account"),
    [
        ("arn:aws:sagemaker:eu-west-1:${var.a}:model/m", "m", "eu-west-1", None),
        ("arn:${var.p}:sagemaker:${var.r}:123456789012:model/m-${var.m}", "m-${var.m}", None, "123456789012"),
        ('${var.arns["a/b:c"]}:model/m', "m", None, None),
        ("arn:aws:sagemaker:${var.rest}/m", "m", None, None),
    ],
)
def test_the_literals_between_references_tell_what_they_can(arn, name, region, account) -> None:
    assert SageMakerArn.parse("here", arn, "model") == SageMakerArn(arn, name, region, account)


def test_only_references_are_put_in_lower_case_by_terraform(stack, synth) -> None:
    arn = SageMakerArn.in_environment_of(stack, "My-${var.name}-Model", "model").arn
    TerraformOutput(stack, "arn", value=arn)
    assert synth(stack).content["output"]["arn"]["value"].endswith(":model/my-${lower(var.name)}-model")
