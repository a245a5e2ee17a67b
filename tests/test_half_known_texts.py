"""The literals of a text with references are checked, whatever the argument is: a text that no values of the
references make right is refused, and all others pass.
"""

import re

import pytest

from sm_tf import (
    Alarm,
    AsyncInferenceConfig,
    ContainerDefinition,
    ContainerImage,
    CoreDumpConfig,
    Dashboard,
    DataCaptureConfig,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    Metric,
    Model,
    ModelData,
    Pipeline,
    S3DataType,
    Schedule,
    TextWidget,
)

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"
REFERENCES = ["${var.x}", '${lookup(var.m, "a b/c")}', "${TfToken[TOKEN.999]}"]


@pytest.fixture
def config(stack, new_model):
    def make(**options):
        variant = {"variant_name": "main", "instance_type": "ml.m5.large", **options.pop("variant", {})}
        return EndpointConfig(
            stack,
            "Config",
            instance_production_variants=[InstanceProductionVariantProps(model=new_model(), **variant)],
            **options,
        )

    return make


@pytest.fixture
def calls(stack, config, new_model):
    """A public call by what its text is."""

    def container(**fields):
        image = ContainerImage.from_image_uri(IMAGE)
        return Model(stack, "M", containers=[ContainerDefinition(image=image, **fields)])

    def alarm(**options):
        return Metric(namespace="a", metric_name="b").create_alarm(
            stack, "A", threshold=1, evaluation_periods=1, **options
        )

    def action(**options):
        endpoint = Endpoint(stack, "E", endpoint_config=config())
        count = endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=2)
        count.scale_on_schedule("S", schedule=Schedule.cron(hour="8", minute="0"), min_capacity=1, **options)

    return {
        "model name": lambda text: Model(stack, "M", model_name=text),
        "configuration name": lambda text: config(endpoint_config_name=text),
        "endpoint name": lambda text: Endpoint(stack, "E", endpoint_config=config(), endpoint_name=text),
        "variant name": lambda text: config(variant={"variant_name": text}),
        "host name": lambda text: container(container_hostname=text),
        "pipeline name": lambda text: Pipeline.from_pipeline_name(stack, "P", text),
        "imported name": lambda text: Model.from_model_name(stack, "M", text),
        "instance type": InstanceType.of,
        "instance type of a variant": lambda text: config(variant={"instance_type": text}),
        "model ARN": lambda text: Model.from_model_arn(stack, "M", text),
        "endpoint ARN": lambda text: Endpoint.from_endpoint_arn(stack, "E", text),
        "alarm ARN": lambda text: Alarm.from_alarm_arn(stack, "A", text),
        "role ARN": lambda text: (
            new_model().grant_invoke(text)
            if hasattr(Model, "grant_invoke")
            else Endpoint(stack, "E", endpoint_config=config()).grant_invoke(text)
        ),
        "key": lambda text: ModelData.from_bucket("models", "a.tar.gz", encryption_key=text),
        "topic": lambda text: config(
            async_inference_config=AsyncInferenceConfig(s3_output_path="s3://abc", success_topic=text)
        ),
        "alarm action": lambda text: alarm(alarm_actions=[text]),
        "function": lambda text: container(
            repository_access_mode="Vpc", repository_credentials_provider_arn=text
        ),
        "bucket": lambda text: ModelData.from_bucket(text, "a.tar.gz"),
        "archive key": lambda text: ModelData.from_bucket("models", text),
        "prefix": lambda text: ModelData.from_bucket("models", text, s3_data_type=S3DataType.S3_PREFIX),
        "object": lambda text: ModelData.from_bucket("models", text, s3_data_type=S3DataType.S3_OBJECT),
        "archive": ModelData.from_s3_uri,
        "data source": ModelData.from_s3_data_source,
        "capture": lambda text: config(
            data_capture_config=DataCaptureConfig(destination_s3_uri=text, initial_sampling_percentage=100)
        ),
        "async output": lambda text: config(async_inference_config=AsyncInferenceConfig(s3_output_path=text)),
        "async failure": lambda text: config(
            async_inference_config=AsyncInferenceConfig(s3_output_path="s3://abc", s3_failure_path=text)
        ),
        "core dump": lambda text: config(
            variant={"core_dump_config": CoreDumpConfig(destination_s3_uri=text)}
        ),
        "image": ContainerImage.from_image_uri,
        "repository": ContainerImage.from_ecr_repository,
        "built image's repository": lambda text: ContainerImage.from_asset(
            "tools", file="api_rules.py", repository=text
        ).bind(stack, new_model()),
        "tag": lambda text: ContainerImage.from_ecr_repository("app", text),
        "digest": lambda text: ContainerImage.from_ecr_repository("app", digest=text),
        "DLC": lambda text: ContainerImage.from_dlc(text, "1"),
        "account": lambda text: ContainerImage.from_dlc("app", "1", text),
        "alarm name": lambda text: alarm(alarm_name=text),
        "alarm description": lambda text: alarm(alarm_description=text),
        "dashboard name": lambda text: Dashboard(stack, "D", dashboard_name=text),
        "color": lambda text: Metric(namespace="a", metric_name="b", color=text),
        "statistic": lambda text: Metric(namespace="a", metric_name="b", statistic=text),
        "schedule": Schedule.expression,
        "time zone": lambda text: action(time_zone=text),
        "label": lambda text: Metric(namespace="a", metric_name="b", label=text),
        "markdown": lambda text: TextWidget(markdown=text),
        "environment name": lambda text: container(environment={text: "x"}),
        "environment value": lambda text: container(environment={"x": text}),
    }


RIGHT_AND_WRONG = {
    "model name": (["a-{}", "{}-a", "{}"], ["a b-{}", "-{}", "{}-", "a_{}", "{}.b{}"]),
    "configuration name": (["a-{}"], ["{} b", "{}-"]),
    "endpoint name": (["a-{}"], ["{}/b", "a_{}"]),
    "variant name": (["v{}"], ["v {}", "{}_v"]),
    "host name": (["h{}"], ["h.{}", "{}-"]),
    "pipeline name": (["p{}", "{}" + "p" * 256], ["{} p", "{}" + "p" * 257]),
    "imported name": (["m{}"], ["m:{}"]),
    "instance type": (["ml.{}.large", "{}.large", "ml.{}"], ["m5.{}", "ml.M{}", "ml.{}.large."]),
    "instance type of a variant": (["ml.g5.{}"], ["g5.{}", "ml.g5.{} "]),
    "model ARN": (
        ["arn:aws:sagemaker:eu-west-1:{}:model/a", "{}:model/a", "{}", "arn:{}"],
        ["arn:aws:sagemaker:{}:{}:endpoint/{}", "arn:aws:s3:{}", "{}:endpoint/a", "x:{}", "{}/a_b"],
    ),
    "endpoint ARN": (["arn:{}:sagemaker:{}:{}:endpoint/{}"], ["arn:aws:sagemaker:{}:{}:endpoint-config/{}"]),
    "alarm ARN": (["arn:aws:cloudwatch:{}:{}:alarm:a b", "{}:alarm:x"], ["arn:aws:sns:{}"]),
    "role ARN": (
        ["arn:aws:iam::{}:role/{}", "arn:aws:iam::1234{}"],
        ["arn:aws:iam::{}:policy/{}", "role/{}"],
    ),
    "key": (
        ["arn:aws:kms:eu-west-1:{}:key/{}", "{}"],
        ["arn:aws:s3:::{}", "alias/{}", "arn:aws:kms:{}:{}:k/"],
    ),
    "topic": (["arn:aws:sns:{}:{}:done", "{}:done"], ["arn:aws:sqs:{}", "{}/done"]),
    "alarm action": (["arn:aws:sns:{}", "{}"], ["topic-{}", "{}\n"]),
    "function": (["arn:aws:lambda:{}:{}:function:f"], ["arn:aws:sns:{}", "f-{}"]),
    "bucket": (["models-{}", "{}.b"], ["Models-{}", "a_{}", "{}/a", "s3://{}"]),
    "archive key": (["{}.tar.gz", "a/{}", "{}/m.tar.gz"], ["{}.zip", "{}/", "{}" + "x" * 1018 + ".tar.gz"]),
    "prefix": (["{}/", "{}", "a/{}"], ["{}/llm", "{}.tar.gz"]),
    "object": (["{}/llm", "{}"], ["{}/"]),
    "archive": (
        ["s3://{}/a.tar.gz", "s3://{}/a/", "{}/a.tar.gz", "s3://{}", "s3://b-{}/a/{}"],
        ["s3://{}/a.zip", "https://{}/a.tar.gz", "s3://B{}/a/", "/{}", "s3://{}_/a/"],
    ),
    "data source": (["s3://{}/llm/", "{}/llm/", "s3://{}"], ["s3://{}/llm", "https://{}/", "s3://a_{}/"]),
    "capture": (["s3://{}", "s3://{}/a b", "{}"], ["https://{}", "S3://{}", "s3://A{}/b"]),
    "async output": (["s3://{}/out"], ["http://{}", "a-{}"]),
    "async failure": (["s3://{}/out"], ["http://{}", "a-{}"]),
    "core dump": (["s3://{}/out"], ["http://{}", "s3://a_{}/b"]),
    "image": (["{}:1", "{}.dkr.ecr.{}.amazonaws.com/a:{}", "a/{}"], ["a {}", "{}\t", "{}" + "a" * 256]),
    "repository": (["team/{}", "arn:aws:ecr:{}:{}:repository/a"], ["A{}", "{}:1", "arn:aws:s3:{}", "{}//a"]),
    "built image's repository": (["team/{}"], ["A{}", "arn:aws:ecr:{}:{}:image/a"]),
    "tag": (["v{}", "{}-1"], ["-{}", "{}:1", "v {}", "{}/"]),
    "digest": (["sha256:{}", "{}"], ["sha512:{}", "sha256:{}Z", "{}" + "a" * 80]),
    "DLC": (["pytorch-{}"], ["Pytorch{}"]),
    "account": (["1234{}"], ["a{}", "{}" + "1" * 13]),
    "alarm name": (["a b {}"], ["{}" + "a" * 256]),
    "alarm description": (["a b {}"], ["{}" + "a" * 1025]),
    "dashboard name": (["d-{}"], ["d {}", "{}.d"]),
    "color": (["#{}", "#00{}", "{}"], ["red{}", "#{}g", "#0000000{}"]),
    "statistic": (["p{}", "TM({}%:90%)", "{}"], ["q{}", "p{}%"]),
    "schedule": (
        ["rate({} minutes)", "cron(0 {} * * ? *)", "at({})", "{}", "cron({})"],
        [
            "rate({} weeks)",
            "rate 5{}",
            "cron(61 {} * * ? *)",
            "cron(0 {} * * ? * 5 5)",
            "at({} 8:00)",
            "every({})",
        ],
    ),
    "time zone": (["Europe/{}", "{}"], ["Europa/{}", "{} "]),
    "environment name": (["A_{}", "{}"], ["1{}", "{}-A"]),
    "environment value": (["{} a"], ["{}" + "a" * 1025]),
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, (right, _) in RIGHT_AND_WRONG.items() for text in right]
)
@pytest.mark.parametrize("reference", REFERENCES[:2])
def test_a_text_that_can_be_right_passes(calls, kind, text, reference) -> None:
    calls[kind](text.replace("{}", reference))


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, (_, wrong) in RIGHT_AND_WRONG.items() for text in wrong]
)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_text_that_can_never_be_right_is_refused(calls, kind, text, reference) -> None:
    with pytest.raises(InvalidPropsError):
        calls[kind](text.replace("{}", reference))


@pytest.mark.parametrize("kind", [*RIGHT_AND_WRONG, "label", "markdown"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a-${var.x", "'a-${var.x' has a '${' without its '}'; close the reference, or write '$${'"),
        ("s3://$${TfToken[TOKEN.9]}/a", "'s3://$${…}/a' has a '$' right before a reference"),
    ],
)
def test_a_mistake_in_a_reference_is_named(calls, kind, text, told) -> None:
    with pytest.raises(InvalidPropsError, match=re.escape(told)) as caught:
        calls[kind](text)
    assert len(caught.value.problems) == 1
