from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Configure = Callable[..., str]
SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 1,
    "DestinationS3Uri": "s3://b/c",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


def refused(configure: Configure, *variants: dict[str, Any], **options: Any) -> str:
    with pytest.raises(ClientError) as error:
        configure("refused", *variants, **options)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    return str(error.value)


def test_a_configuration_is_described_as_it_was_created(
    sagemaker: Any, configure: Configure, model: str, name: str
) -> None:
    shadow = {
        "VariantName": "shadow",
        "ModelName": model,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    configure(name, {"InitialVariantWeight": 0.5}, ShadowProductionVariants=[shadow])

    described = sagemaker.describe_endpoint_config(EndpointConfigName=name)

    assert described["ProductionVariants"][0]["InitialVariantWeight"] == 0.5
    assert described["ShadowProductionVariants"] == [{**shadow, "InitialVariantWeight": 1.0}]
    assert "DataCaptureConfig" not in described
    assert "AsyncInferenceConfig" not in described


def test_a_name_that_exists_is_refused(configure: Configure, name: str) -> None:
    configure(name)
    with pytest.raises(ClientError, match="already existing endpoint configuration"):
        configure(name)


def test_a_missing_model_is_refused(configure: Configure) -> None:
    assert "Could not find model" in refused(configure, {"ModelName": "missing"})


@pytest.mark.parametrize(
    ("variants", "said"),
    [
        ([{}, {}], "used more than once"),
        ([{"VariantName": "under_score"}], "regular expression"),
        ([{"ServerlessConfig": SERVERLESS, "InstanceType": "ml.m5.large"}], "either"),
        ([{"ServerlessConfig": {**SERVERLESS, "MemorySizeInMB": 1500}}], "MemorySizeInMB"),
        ([{"ServerlessConfig": {**SERVERLESS, "MaxConcurrency": 201}}], "less than or equal to 200"),
        ([{"ServerlessConfig": {**SERVERLESS, "ProvisionedConcurrency": 6}}], "ProvisionedConcurrency"),
        ([{"ServerlessConfig": SERVERLESS, "VolumeSizeInGB": 10}], "VolumeSizeInGB"),
        ([{"ServerlessConfig": SERVERLESS}, {"VariantName": "other"}], "exactly one variant"),
    ],
)
def test_impossible_variants_are_refused(
    configure: Configure, variants: list[dict[str, Any]], said: str
) -> None:
    assert said in refused(configure, *variants)


def test_serverless_endpoints_capture_no_data(configure: Configure) -> None:
    said = refused(configure, {"ServerlessConfig": SERVERLESS}, DataCaptureConfig=CAPTURE)
    assert "not supported for serverless" in said


def test_asynchronous_endpoints_have_one_variant(configure: Configure) -> None:
    asynchronous = {"OutputConfig": {"S3OutputPath": "s3://b/o"}}
    said = refused(configure, {}, {"VariantName": "other"}, AsyncInferenceConfig=asynchronous)
    assert "exactly one production variant" in said


def test_shadow_testing_has_one_production_variant(configure: Configure, model: str) -> None:
    shadow = {
        "VariantName": "shadow",
        "ModelName": model,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    said = refused(configure, {}, {"VariantName": "other"}, ShadowProductionVariants=[shadow])
    assert "one production and one shadow" in said
