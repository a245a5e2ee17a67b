import pytest

from sm_tf import InvalidPropsError, Pipeline

ARN = "arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:pipeline/nightly"


def test_by_arn_takes_region_and_account_from_it(stack) -> None:
    pipeline = Pipeline.from_pipeline_arn(stack, "Pipeline", ARN)
    assert (pipeline.pipeline_arn, pipeline.pipeline_name) == (ARN, "nightly")
    assert (pipeline.known_region, pipeline.known_account) == ("us-gov-west-1", "123456789012")


def test_by_name_is_in_the_stacks_environment(stack) -> None:
    pipeline = Pipeline.from_pipeline_name(stack, "Pipeline", "Nightly")
    assert pipeline.pipeline_name == "Nightly"
    assert pipeline.pipeline_arn.startswith("arn:aws:sagemaker:eu-west-1:$")
    assert pipeline.pipeline_arn.endswith(":pipeline/nightly")


def test_by_attributes_the_arn_wins(stack) -> None:
    assert (
        Pipeline.from_pipeline_attributes(stack, "One", pipeline_arn=ARN, pipeline_name="x").pipeline_arn
        == ARN
    )
    assert Pipeline.from_pipeline_attributes(stack, "Two", pipeline_name="x").pipeline_name == "x"
    with pytest.raises(
        InvalidPropsError, match="demo/Three: neither pipeline_arn nor pipeline_name is given"
    ):
        Pipeline.from_pipeline_attributes(stack, "Three")


@pytest.mark.parametrize("name", ["", "a_b", "a b", "-a", "x" * 257, "a" + "-" * 255 + "b"])
def test_a_bad_name_is_refused(stack, name) -> None:
    with pytest.raises(InvalidPropsError, match="must be 1 to 256 letters, digits and hyphens"):
        Pipeline.from_pipeline_name(stack, "Pipeline", name)


def test_another_arn_is_refused(stack) -> None:
    with pytest.raises(InvalidPropsError, match="is not the ARN of a SageMaker pipeline"):
        Pipeline.from_pipeline_arn(stack, "Pipeline", ARN.replace("pipeline/", "model/"))


def test_may_be_started_by_whom_it_is_granted(stack, synth) -> None:
    pipeline = Pipeline.from_pipeline_arn(stack, "Pipeline", ARN)
    pipeline.grant_start_pipeline_execution("arn:aws:iam::123456789012:role/starter")
    content = synth(stack)
    assert content.only("aws_iam_role_policy")["role"] == "starter"
    assert content.allowed("sagemaker:StartPipelineExecution") == [ARN]
