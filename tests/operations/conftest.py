import pytest

from sm_tf import (
    AsyncInferenceConfig,
    ContainerDefinition,
    ContainerImage,
    ContainerMode,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    Model,
    ModelData,
    ServerlessProductionVariantProps,
)


@pytest.fixture
def new_async_endpoint(stack, new_model):
    def make(id="Async", **variant):
        props = {"variant_name": "main", "instance_type": InstanceType.M5_LARGE, **variant}
        config = EndpointConfig(
            stack,
            f"{id}Config",
            instance_production_variants=[
                InstanceProductionVariantProps(model=new_model(f"{id}Model"), **props)
            ],
            async_inference_config=AsyncInferenceConfig(s3_output_path="s3://answers/here"),
        )
        return Endpoint(stack, id, endpoint_config=config)

    return make


@pytest.fixture
def new_serverless_endpoint(stack, new_model):
    def make(id="Serverless", **variant):
        config = EndpointConfig(
            stack,
            f"{id}Config",
            serverless_production_variant=ServerlessProductionVariantProps(
                model=new_model(f"{id}Model"),
                variant_name="main",
                max_concurrency=20,
                memory_size_in_mb=2048,
                **variant,
            ),
        )
        return Endpoint(stack, id, endpoint_config=config)

    return make


@pytest.fixture
def multi_model(stack):
    container = ContainerDefinition(
        image=ContainerImage.from_ecr_repository("app", "1.0"),
        model_data=ModelData.from_s3_uri("s3://models/all/"),
        mode=ContainerMode.MULTI_MODEL,
    )
    return Model(stack, "Many", containers=[container])
