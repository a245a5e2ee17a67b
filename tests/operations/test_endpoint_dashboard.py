import json
import re
from datetime import timedelta

import pytest

from sm_tf import (
    Alarm,
    AlarmOverride,
    AlarmThresholds,
    AsyncInferenceConfig,
    CompositeAlarm,
    ContainerMode,
    Endpoint,
    EndpointConfig,
    InstanceProductionVariantProps,
    InstanceType,
    InvalidPropsError,
    InvocationHttpResponseCode,
    ManagedInstanceScaling,
    MathExpression,
    Metric,
    Model,
    ModelData,
    RecommendedAlarm,
    ScalingInterval,
    ServerlessProductionVariantProps,
    TextWidget,
)
from sm_tf.sandbox.aws.dashboard_body import find_problems

RED = "#d62728"
ARNS = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:"
REAL_TIME = ["Traffic", "Latency", "Errors", "Saturation", "Instances", "Cost: instance hours"]
MULTI_MODEL = [*REAL_TIME, "Model loading", "Loaded models"]
ASYNC = ["Traffic", "Latency", "Errors", "Backlog", "Saturation", "Instances", "Cost: instance hours"]
SERVERLESS = [
    "Traffic",
    "Latency",
    "Errors",
    "Saturation",
    "Provisioned concurrency",
    "Cold starts",
    "Cost: invocations and duration",
]
WITHOUT_PROVISIONED = [title for title in SERVERLESS if title != "Provisioned concurrency"]


class Body:
    """A dashboard as CloudWatch takes it, with ARNs for the references to alarms."""

    def __init__(self, text):
        text = re.sub(r'"\$\{aws_cloudwatch_\w+_alarm\.([\w-]+)\.arn\}"', rf'"{ARNS}\1"', text)
        self.widgets = json.loads(text)["widgets"]
        assert find_problems(json.loads(text)) == []
        self.by_title = {}
        for widget in self.widgets:
            assert widget["x"] + widget["width"] <= 24
            self.by_title.setdefault(widget["properties"].get("title"), widget["properties"])

    @property
    def titles(self):
        """Those of the graphs, from left to right and down."""
        return [widget["properties"]["title"] for widget in self.widgets if widget["type"] == "metric"]

    @property
    def texts(self):
        return [widget["properties"]["markdown"] for widget in self.widgets if widget["type"] == "text"]

    def labels(self, title):
        """What the graph's legend says."""
        metrics = self.by_title[title]["metrics"]
        return [row[-1]["label"] for row in metrics if row[-1].get("visible", True)]

    def metrics(self, title):
        """Name, statistic and period of the metrics that the graph retrieves."""
        rows = self.by_title[title]["metrics"]
        return [(row[1], row[-1]["stat"], row[-1]["period"]) for row in rows if len(row) > 1]

    def lines(self, title):
        """Label and value of what is drawn across."""
        annotations = self.by_title[title].get("annotations", {}).get("horizontal", ())
        return {line["label"]: line["value"] for line in annotations}

    def lines_drawn(self):
        return {title: self.lines(title) for title in self.by_title if self.lines(title)}


@pytest.fixture
def body(synth):
    return lambda stack: Body(synth(stack).only("aws_cloudwatch_dashboard")["dashboard_body"])


@pytest.fixture
def multi_model_endpoint(stack, container):
    data = ModelData.from_s3_uri("s3://models/all/")
    model = Model(stack, "Many", containers=[container(mode=ContainerMode.MULTI_MODEL, model_data=data)])
    variant = InstanceProductionVariantProps(
        model=model, variant_name="main", instance_type=InstanceType.M5_LARGE
    )
    config = EndpointConfig(stack, "ManyConfig", instance_production_variants=[variant])
    return Endpoint(stack, "ManyEndpoint", endpoint_config=config)


@pytest.fixture
def async_endpoint(stack, new_model):
    variant = InstanceProductionVariantProps(
        model=new_model(), variant_name="main", instance_type=InstanceType.G5_XLARGE
    )
    config = EndpointConfig(
        stack,
        "AsyncConfig",
        instance_production_variants=[variant],
        async_inference_config=AsyncInferenceConfig(s3_output_path="s3://answers/here"),
    )
    return Endpoint(stack, "Async", endpoint_config=config)


@pytest.fixture
def serverless_endpoint(stack, new_model):
    def make(**props):
        variant = ServerlessProductionVariantProps(
            model=new_model(), variant_name="main", max_concurrency=20, memory_size_in_mb=2048, **props
        )
        config = EndpointConfig(stack, "ServerlessConfig", serverless_production_variant=variant)
        return Endpoint(stack, "Serverless", endpoint_config=config)

    return make


class TestRealTime:
    def test_shows_it_in_lines_of_equal_width(self, stack, body, new_endpoint) -> None:
        new_endpoint().create_dashboard()
        found = body(stack)
        assert found.titles == REAL_TIME
        assert [(w["x"], w["y"], w["width"], w["height"]) for w in found.widgets] == [
            (0, 0, 24, 2),
            (0, 2, 24, 1),
            *[(x, y, 8, 6) for y in (3, 9) for x in (0, 8, 16)],
        ]
        header, heading = found.texts
        assert header.startswith("# demo-endpoint\nRed lines are alarm thresholds. This dashboard is managed")
        assert header.endswith("manual changes will be overwritten. Source: `demo/Endpoint`.")
        assert heading == "## main: 1 x ml.m5.large"

    def test_its_metrics(self, stack, body, new_endpoint) -> None:
        new_endpoint().create_dashboard()
        found = body(stack)
        assert found.metrics("Traffic") == [
            ("Invocations", "Sum", 300),
            ("InvocationsPerInstance", "Sum", 300),
        ]
        assert found.metrics("Latency") == [
            ("ModelLatency", "p50", 300),
            ("ModelLatency", "p90", 300),
            ("ModelLatency", "p99", 300),
            ("OverheadLatency", "Average", 300),
        ]
        assert set(found.metrics("Errors")) == {
            ("Invocation4XXErrors", "Sum", 300),
            ("Invocation5XXErrors", "Sum", 300),
            ("Invocations", "Sum", 300),
        }
        assert found.metrics("Saturation") == [
            ("CPUUtilization", "Average", 300),
            ("MemoryUtilization", "Average", 300),
            ("DiskUtilization", "Average", 300),
        ]
        # The samples of a minute are the instances, those of an hour sixty times as many.
        assert found.metrics("Instances") == [("CPUUtilization", "SampleCount", 60)]
        assert set(found.metrics("Cost: instance hours")) == {("CPUUtilization", "SampleCount", 3600)}

    def test_the_dimensions_are_the_names_and_no_references(self, stack, body, new_endpoint) -> None:
        new_endpoint().create_dashboard()
        traffic = body(stack).by_title["Traffic"]
        assert traffic["metrics"][0][2:6] == ["EndpointName", "demo-endpoint", "VariantName", "main"]
        assert traffic["region"] == "eu-west-1"

    def test_units_are_told(self, stack, body, new_endpoint) -> None:
        new_endpoint().create_dashboard()
        found = body(stack)
        axes = {title: found.by_title[title]["yAxis"]["left"] for title in REAL_TIME}
        assert [axis["label"] for axis in axes.values()] == [
            "requests per 5 minutes",
            "milliseconds",
            "% of requests",
            "%",
            "instances",
            "hours",
        ]
        assert all(axis["min"] == 0 and axis["showUnits"] is False for axis in axes.values())

    def test_computes_what_reads_well(self, stack, body, new_endpoint) -> None:
        new_endpoint().create_dashboard()
        found = body(stack)

        def expressions(title):
            rows = [row[-1] for row in found.by_title[title]["metrics"]]
            return {row.get("label"): row["expression"] for row in rows if "expression" in row}

        assert expressions("Latency")["Model p99"] == "modelLatencyP99 / 1000"
        assert expressions("Errors") == {
            "4xx": "100 * invocation4XXErrorsSum / invocationsSum",
            "5xx": "100 * invocation5XXErrorsSum / invocationsSum",
        }
        assert expressions("Saturation") == {"CPU": "cpuUtilizationAverage / 2"}
        assert expressions("Cost: instance hours")["Per hour"] == "cpuUtilizationSampleCount / 60"
        assert expressions("Cost: instance hours")["Total in time range"] == "RUNNING_SUM(hours)"

    @pytest.mark.parametrize(
        ("instance_type", "labels"),
        [
            (InstanceType.G5_XLARGE, ["GPU", "GPU memory"]),
            (InstanceType.G5_12XLARGE, ["GPU", "GPU memory"]),
            (InstanceType.INF2_XLARGE, []),
            (InstanceType.of("ml.g99.xlarge"), ["GPU (100% per GPU)", "GPU memory (100% per GPU)"]),
            (InstanceType.of("${var.type}"), ["GPU (100% per GPU)", "GPU memory (100% per GPU)"]),
        ],
    )
    def test_gpus_where_there_are_some(self, stack, body, new_endpoint, instance_type, labels) -> None:
        new_endpoint(instance_type=instance_type).create_dashboard()
        assert body(stack).labels("Saturation")[3:] == labels

    def test_a_type_of_unknown_size_shows_each_cpu(self, stack, body, new_endpoint) -> None:
        new_endpoint(instance_type=InstanceType.of("ml.m5.metal")).create_dashboard()
        assert body(stack).labels("Saturation")[0] == "CPU (100% per vCPU)"

    def test_scaling_that_comes_later_is_shown(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        endpoint.create_dashboard()
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=4)
        found = body(stack)
        assert found.lines("Instances") == {"Minimum": 1, "Maximum": 4}
        assert found.texts[1] == "## main: 1 to 4 x ml.m5.large"

    def test_bounds_that_terraform_knows(self, stack, synth, new_endpoint) -> None:
        endpoint = new_endpoint()
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(
            max_capacity="${var.most}"
        )
        endpoint.create_dashboard()
        text = synth(stack).only("aws_cloudwatch_dashboard")["dashboard_body"]
        assert '"label": "Maximum", "value": ${var.most}' in text
        assert "## main: 1 to ${var.most} x ml.m5.large" in text

    def test_the_variants_own_scaling(self, stack, body, new_endpoint) -> None:
        new_endpoint(
            managed_instance_scaling=ManagedInstanceScaling(
                status="${var.status}", min_instance_count=1, max_instance_count=9
            )
        ).create_dashboard()
        found = body(stack)
        assert found.lines("Instances") == {"Minimum": 1, "Maximum": 9}
        assert found.texts[1] == "## main: 1 to 9 x ml.m5.large"


def test_a_multi_model_endpoint(stack, body, multi_model_endpoint) -> None:
    multi_model_endpoint.create_dashboard()
    found = body(stack)
    assert found.titles == MULTI_MODEL
    assert {w["width"] for w in found.widgets if w["type"] == "metric"} == {6}
    assert found.labels("Model loading") == ["Wait per request", "Download", "Load", "Unload"]
    assert found.metrics("Loaded models") == [
        ("ModelCacheHit", "Sum", 300),
        ("ModelCacheHit", "SampleCount", 300),
        ("LoadedModelCount", "Average", 300),
    ]


def test_an_asynchronous_endpoint(stack, body, async_endpoint) -> None:
    async_endpoint.create_dashboard()
    found = body(stack)
    assert found.titles == ASYNC
    assert [w["width"] for w in found.widgets if w["type"] == "metric"] == [6] * 4 + [8] * 3
    assert found.metrics("Traffic") == [("InvocationsProcessed", "Sum", 300)]
    # The age of the oldest as its alarm watches it, so that the alarm fires where the lines meet.
    assert found.metrics("Backlog")[2] == ("ApproximateAgeOfOldestRequest", "Maximum", 60)
    assert ("HasBacklogWithoutCapacity", "Maximum", 60) in found.metrics("Instances")
    backlog = found.by_title["Backlog"]["metrics"]
    assert [row[1:4] for row in backlog] == [
        ["ApproximateBacklogSize", "EndpointName", "demo-async"],
        ["ApproximateBacklogSizePerInstance", "EndpointName", "demo-async"],
        ["ApproximateAgeOfOldestRequest", "EndpointName", "demo-async"],
    ]
    assert found.labels("Errors") == [
        "Failed",
        "Expired",
        "S3 download failed",
        "S3 upload failed",
        "Notification failed",
        "4xx",
        "5xx",
    ]
    # Asynchronous endpoints publish no Invocations.
    assert ("Invocation4XXErrors", "SampleCount", 300) in found.metrics("Errors")
    assert found.labels("Latency")[3:] == ["End to end p99", "Time in backlog p99"]
    expressions = {
        row[-1].get("label"): row[-1].get("expression") for row in found.by_title["Latency"]["metrics"]
    }
    assert expressions["End to end p99"] == "totalProcessingTimeP99 / 1000"
    assert expressions["Time in backlog p99"] == "timeInBacklogP99 / 1000000"
    assert found.labels("Saturation") == ["CPU", "Memory", "Disk", "GPU", "GPU memory"]
    assert found.labels("Instances") == ["Running", "Backlog without capacity"]


class TestServerless:
    def test_on_demand(self, stack, body, serverless_endpoint) -> None:
        serverless_endpoint().create_dashboard()
        found = body(stack)
        assert found.titles == WITHOUT_PROVISIONED
        assert found.texts[1] == "## main: serverless, 2048 MB, up to 20 concurrent requests"
        assert found.labels("Saturation") == ["Concurrency (maximum 20)", "Memory"]
        assert found.metrics("Cost: invocations and duration") == [
            ("Invocations", "Sum", 3600),
            ("ModelLatency", "Sum", 3600),
        ]
        assert found.labels("Traffic") == ["Invocations"]

    def test_with_provisioned_concurrency(self, stack, body, serverless_endpoint) -> None:
        serverless_endpoint(provisioned_concurrency=5).create_dashboard()
        found = body(stack)
        assert found.titles == SERVERLESS
        assert found.lines("Provisioned concurrency") == {"Provisioned": 5}

    def test_that_scales(self, stack, body, serverless_endpoint) -> None:
        endpoint = serverless_endpoint(provisioned_concurrency=5)
        endpoint.create_dashboard()
        variant = endpoint.find_serverless_production_variant("main")
        variant.auto_scale_provisioned_concurrency(min_capacity=2, max_capacity=10)
        assert body(stack).lines("Provisioned concurrency") == {"Minimum": 2, "Maximum": 10}


class TestImported:
    @pytest.mark.parametrize(
        ("find", "titles"),
        [
            ("find_instance_production_variant", REAL_TIME),
            ("find_multi_model_production_variant", MULTI_MODEL),
            ("find_async_production_variant", ASYNC),
            ("find_serverless_production_variant", SERVERLESS),
        ],
    )
    def test_of_every_kind(self, stack, body, find, titles) -> None:
        endpoint = Endpoint.from_endpoint_name(stack, "Theirs", "theirs")
        variant = getattr(endpoint, find)("main")
        endpoint.create_dashboard(variants=[variant])
        found = body(stack)
        assert found.titles == titles
        assert found.texts[0].startswith("# theirs\n")
        assert found.texts[1] == "## main"

    def test_its_variants_must_be_told(self, stack) -> None:
        endpoint = Endpoint.from_endpoint_name(stack, "Theirs", "theirs")
        with pytest.raises(InvalidPropsError, match="demo/Theirs: the variants of an imported endpoint"):
            endpoint.create_dashboard()

    def test_so_must_those_of_an_imported_configuration(self, stack, body) -> None:
        config = EndpointConfig.from_endpoint_config_name(stack, "Config", "theirs")
        endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
        with pytest.raises(InvalidPropsError, match="of an imported endpoint configuration aren't known"):
            endpoint.create_dashboard()
        endpoint.create_dashboard(variants=[endpoint.find_instance_production_variant("main")])
        assert body(stack).titles == REAL_TIME


class TestVariants:
    def test_each_has_its_row(self, stack, body, new_model) -> None:
        variants = [
            InstanceProductionVariantProps(
                model=new_model(name), variant_name=name, instance_type=InstanceType.M5_LARGE
            )
            for name in ("Blue", "Green")
        ]
        config = EndpointConfig(stack, "Config", instance_production_variants=variants)
        Endpoint(stack, "Endpoint", endpoint_config=config).create_dashboard()
        found = body(stack)
        assert found.titles == REAL_TIME * 2
        assert found.texts[1:] == ["## Blue: 1 x ml.m5.large", "## Green: 1 x ml.m5.large"]

    def test_some_may_be_chosen(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        endpoint.create_dashboard(variants=[endpoint.find_instance_production_variant("main")])
        assert body(stack).titles == REAL_TIME

    def test_one_that_is_added_later_is_shown(self, stack, body, new_model) -> None:
        config = EndpointConfig(stack, "Config")
        Endpoint(stack, "Endpoint", endpoint_config=config).create_dashboard()
        config.add_instance_production_variant(
            model=new_model(), variant_name="late", instance_type=InstanceType.M5_LARGE
        )
        assert body(stack).texts[1] == "## late: 1 x ml.m5.large"

    @pytest.mark.parametrize(
        ("variants", "told"),
        [
            ([], "variants is empty; leave it out"),
            (["main"], "variants[0] is 'main'; pass an EndpointProductionVariant"),
        ],
    )
    def test_are_checked(self, new_endpoint, variants, told) -> None:
        with pytest.raises(InvalidPropsError, match="demo/Endpoint") as caught:
            new_endpoint().create_dashboard(variants=variants)
        assert told in caught.value.problems[0]


class TestAlarms:
    def test_the_recommended_ones_of_a_real_time_endpoint(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint(initial_instance_count=2)
        endpoint.create_dashboard()
        endpoint.find_instance_production_variant("main").auto_scale_instance_count(max_capacity=4)
        made = endpoint.add_recommended_alarms(
            thresholds=AlarmThresholds(model_latency=timedelta(milliseconds=250))
        )
        found = body(stack)
        assert found.titles == REAL_TIME
        assert found.lines_drawn() == {
            "Latency": {"main-model-latency": 250, "main-overhead-latency": 1000},
            "Errors": {"main-5xx-error-rate": 1, "main-4xx-error-rate": 5},
            "Saturation": {"main-memory": 85, "main-disk": 80, "main-cpu": 80},
            "Instances": {"Minimum": 2, "Maximum": 4, "main-capacity-at-maximum": 4},
        }
        (latency, _) = found.by_title["Latency"]["annotations"]["horizontal"]
        assert latency == {"label": "main-model-latency", "value": 250, "color": RED, "yAxis": "left"}
        assert len(found.by_title["Alarms"]["alarms"]) == len(made.alarms) == 8

    def test_those_of_a_multi_model_endpoint(self, stack, body, multi_model_endpoint) -> None:
        multi_model_endpoint.add_recommended_alarms()
        multi_model_endpoint.create_dashboard()
        found = body(stack)
        assert found.titles == MULTI_MODEL
        assert found.lines("Loaded models") == {"main-model-cache-hit-rate": 50}

    def test_those_of_an_asynchronous_endpoint(self, stack, body, async_endpoint) -> None:
        variant = async_endpoint.find_async_production_variant("main")
        variant.auto_scale_instance_count(min_capacity=0, max_capacity=4)
        async_endpoint.add_recommended_alarms()
        async_endpoint.create_dashboard()
        found = body(stack)
        assert found.titles == ASYNC
        assert found.lines_drawn() == {
            "Latency": {"main-model-latency": 450_000},
            "Errors": {
                "main-failed-requests": 1,
                "main-expired-requests": 1,
                "main-5xx-error-rate": 1,
                "main-4xx-error-rate": 5,
            },
            "Backlog": {"main-age-of-oldest-request": 900},
            "Saturation": {
                "main-memory": 85,
                "main-disk": 80,
                "main-cpu": 80,
                "main-gpu": 90,
                "main-gpu-memory": 95,
            },
            "Instances": {
                "Minimum": 0,
                "Maximum": 4,
                "main-capacity-at-maximum": 4,
                "main-backlog-without-capacity": 1,
            },
        }
        age, *_ = found.by_title["Backlog"]["annotations"]["horizontal"]
        assert age["yAxis"] == "right"

    def test_those_of_a_serverless_endpoint(self, stack, body, serverless_endpoint) -> None:
        endpoint = serverless_endpoint(provisioned_concurrency=5)
        endpoint.add_recommended_alarms()
        endpoint.create_dashboard()
        found = body(stack)
        assert found.titles == SERVERLESS
        assert found.lines_drawn() == {
            "Latency": {"main-model-latency": 30_000},
            "Errors": {"main-5xx-error-rate": 1, "main-4xx-error-rate": 5},
            "Saturation": {"main-concurrency": 90, "main-memory": 85},
            "Provisioned concurrency": {"Provisioned": 5, "main-provisioned-concurrency-spillover": 1},
        }

    def test_every_alarm_of_the_stack_on_the_endpoint(self, stack, body, new_endpoint) -> None:
        endpoint, other = new_endpoint(), new_endpoint("Other")
        variant = endpoint.find_instance_production_variant("main")
        slow = variant.metric_model_latency().create_alarm(
            stack, "Slow", threshold=100_000, evaluation_periods=3
        )
        CompositeAlarm(stack, "Bad", rule=slow)
        elsewhere = other.find_instance_production_variant("main").metric_model_latency()
        elsewhere.create_alarm(stack, "Elsewhere", threshold=1, evaluation_periods=3)
        endpoint.create_dashboard()
        found = body(stack)
        assert found.lines_drawn() == {"Latency": {"Slow": 100}}
        assert [arn.split(":")[-1].split("_")[0] for arn in found.by_title["Alarms"]["alarms"]] == [
            "Slow",
            "Bad",
        ]

    def test_alarms_that_scale_are_no_alarms_to_show(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        variant = endpoint.find_instance_production_variant("main")
        variant.auto_scale_instance_count(max_capacity=4).scale_on_metric(
            "Latency",
            metric=variant.metric_model_latency(),
            scaling_steps=[
                ScalingInterval(upper=50_000, change=-1),
                ScalingInterval(lower=200_000, change=1),
            ],
        )
        endpoint.create_dashboard()
        assert "Alarms" not in body(stack).by_title

    def test_they_may_be_given(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        variant = endpoint.find_instance_production_variant("main")
        cpu = variant.metric_cpu_utilization().create_alarm(
            stack, "Busy", threshold=150, evaluation_periods=3
        )
        variant.metric_memory_utilization().create_alarm(stack, "Full", threshold=90, evaluation_periods=3)
        theirs = Alarm.from_alarm_arn(stack, "Theirs", f"{ARNS}theirs")
        endpoint.create_dashboard(alarms=[cpu, theirs])
        found = body(stack)
        # 150 of two vCPUs, which the graph shows as one.
        assert found.lines_drawn() == {"Saturation": {"Busy": 75}}
        assert found.by_title["Alarms"]["alarms"][1].endswith(":alarm:theirs")

    def test_none_may_be_shown(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        endpoint.add_recommended_alarms()
        endpoint.create_dashboard(alarms=[])
        found = body(stack)
        assert found.lines_drawn() == {}
        assert "Alarms" not in found.by_title

    def test_on_a_metric_that_no_graph_shows(self, stack, body, new_endpoint) -> None:
        drift = Metric(namespace="Custom", metric_name="Drift")
        alarm = drift.create_alarm(stack, "Drift", threshold=1, evaluation_periods=3)
        new_endpoint().create_dashboard(alarms=[alarm])
        found = body(stack)
        assert found.titles == [*REAL_TIME, "Drift"]
        assert found.texts[-1] == "## Other alarms"
        (arn,) = found.by_title["Drift"]["annotations"]["alarms"]
        assert ":alarm:Drift_" in arn

    @pytest.mark.parametrize(
        "expression",
        ["IF(req >= 10, 100 * e / req, 0)", "100 * (e / req)", "e / req", "1 - FILL(e, 0) / req"],
    )
    def test_on_an_expression_stand_beside_the_graph_of_its_metrics(
        self, stack, body, new_endpoint, expression
    ) -> None:
        """Its unit may be any, so it has axes of its own, whatever the spelling."""
        endpoint = new_endpoint()
        variant = endpoint.find_instance_production_variant("main")
        code = InvocationHttpResponseCode.INVOCATION_5XX_ERRORS
        rate = MathExpression(
            expression=expression,
            using_metrics={
                "e": variant.metric_invocation_response_code(code),
                "req": variant.metric_invocations(),
            },
        )
        rate.create_alarm(stack, "Mine", threshold=1, evaluation_periods=3)
        endpoint.create_dashboard()
        found = body(stack)
        # Requests are shown in Traffic, too, but Errors shows both of its metrics.
        after_errors = REAL_TIME.index("Errors") + 1
        assert found.titles == [*REAL_TIME[:after_errors], "Mine", *REAL_TIME[after_errors:]]
        (arn,) = found.by_title["Mine"]["annotations"]["alarms"]
        assert ":alarm:Mine_" in arn
        assert found.lines_drawn() == {}

    def test_on_another_period_or_a_band_stand_beside_the_graph_too(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        variant = endpoint.find_instance_production_variant("main")
        # The sum of a minute can't be compared with one of five.
        requests = variant.metric_invocations(period=timedelta(minutes=1))
        requests.create_alarm(stack, "Silence", threshold=1, evaluation_periods=3)
        Metric.anomaly_detection_for(variant.metric_model_latency()).create_alarm(
            stack, "Unusual", evaluation_periods=3
        )
        endpoint.create_dashboard()
        assert body(stack).titles == ["Traffic", "Silence", "Latency", "Unusual", *REAL_TIME[2:]]

    def test_of_two_variants_stand_by_their_own(self, stack, body, new_model) -> None:
        variants = [
            InstanceProductionVariantProps(model=new_model(name), variant_name=name)
            for name in ("blue", "green")
        ]
        config = EndpointConfig(stack, "Config", instance_production_variants=variants)
        endpoint = Endpoint(stack, "Endpoint", endpoint_config=config)
        latency = endpoint.find_instance_production_variant("green").metric_model_latency(statistic="p50")
        latency.create_alarm(stack, "Plain", threshold=1000, evaluation_periods=3)
        MathExpression(expression="us / 1000", using_metrics={"us": latency}).create_alarm(
            stack, "Computed", threshold=1, evaluation_periods=3
        )
        endpoint.create_dashboard()
        found = body(stack)
        assert found.titles == [*REAL_TIME, "Traffic", "Latency", "Computed", *REAL_TIME[2:]]
        drawn = [
            widget["properties"]["title"]
            for widget in found.widgets[found.titles.index("Traffic") :]
            if "horizontal" in widget["properties"].get("annotations", {})
        ]
        assert drawn == ["Latency"]

    @pytest.mark.parametrize(
        ("overrides", "line"),
        [
            ({"threshold": timedelta(milliseconds=100)}, 100),
            # A percentile of ten minutes can be compared with one of five.
            ({"period": timedelta(minutes=10)}, 30_000),
        ],
    )
    def test_of_an_override_are_found_by_their_indicator(
        self, stack, body, new_endpoint, overrides, line
    ) -> None:
        endpoint = new_endpoint()
        endpoint.add_recommended_alarms(
            thresholds=AlarmThresholds(overhead_latency=None),
            overrides={RecommendedAlarm.MODEL_LATENCY: AlarmOverride(**overrides)},
        )
        endpoint.create_dashboard()
        assert body(stack).lines("Latency") == {"main-model-latency": line}

    def test_rates_over_another_period_are_still_rates(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        endpoint.add_recommended_alarms(
            thresholds=AlarmThresholds(error_rate_4xx=None, minimum_requests=50),
            overrides={RecommendedAlarm.ERROR_RATE_5XX: AlarmOverride(period=timedelta(minutes=1))},
        )
        endpoint.create_dashboard()
        assert body(stack).lines("Errors") == {"main-5xx-error-rate": 1}

    def test_counts_over_another_period_stand_beside_the_graph(self, stack, body, async_endpoint) -> None:
        async_endpoint.add_recommended_alarms(
            overrides={RecommendedAlarm.FAILED_REQUESTS: AlarmOverride(period=timedelta(minutes=15))}
        )
        async_endpoint.create_dashboard()
        found = body(stack)
        assert "main-failed-requests" not in found.lines("Errors")
        assert found.titles[3] == "main-failed-requests"

    def test_that_name_the_endpoint_by_reference(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        dimensions = {"EndpointName": endpoint.endpoint_name, "VariantName": "main"}
        latency = Metric(namespace="AWS/SageMaker", metric_name="ModelLatency", dimensions_map=dimensions)
        latency.create_alarm(stack, "Slow", threshold=100_000, evaluation_periods=3)
        endpoint.create_dashboard()
        found = body(stack)
        assert found.lines_drawn() == {"Latency": {"Slow": 100}}
        assert found.titles == REAL_TIME

    def test_thresholds_that_terraform_knows(self, stack, synth, new_endpoint) -> None:
        endpoint = new_endpoint()
        latency = endpoint.find_instance_production_variant("main").metric_model_latency()
        latency.create_alarm(stack, "Slow", threshold="${var.slow}", evaluation_periods=3)
        endpoint.create_dashboard()
        text = synth(stack).only("aws_cloudwatch_dashboard")["dashboard_body"]
        assert '"label": "Slow", "value": ${((var.slow * 1) / 1000)}' in text

    def test_more_than_a_widget_shows(self, stack, body, new_endpoint) -> None:
        endpoint = new_endpoint()
        metric = endpoint.find_instance_production_variant("main").metric_model_latency()
        alarms = [
            metric.create_alarm(stack, f"Alarm{number}", threshold=1, evaluation_periods=3)
            for number in range(101)
        ]
        endpoint.create_dashboard(alarms=alarms)
        counts = [len(w["properties"]["alarms"]) for w in body(stack).widgets if w["type"] == "alarm"]
        assert counts == [100, 1]

    def test_something_else_is_refused(self, new_endpoint) -> None:
        with pytest.raises(InvalidPropsError, match="is 'slow'; pass an Alarm"):
            new_endpoint().create_dashboard(alarms=["slow"])


def test_own_widgets_follow(stack, body, new_endpoint) -> None:
    dashboard = new_endpoint().create_dashboard()
    dashboard.add_widgets(TextWidget(markdown="# Runbook", width=24))
    assert body(stack).texts[-1] == "# Runbook"


def test_an_endpoint_may_have_several(stack, synth, new_endpoint) -> None:
    endpoint = new_endpoint()
    endpoint.create_dashboard()
    endpoint.create_dashboard("Second", dashboard_name="second")
    names = [d["dashboard_name"] for d in synth(stack).resources("aws_cloudwatch_dashboard").values()]
    assert names == ["demo-endpoint-dashboard", "second"]


def test_synthesizes_the_same_twice(stack, synth, new_endpoint) -> None:
    endpoint = new_endpoint()
    endpoint.add_recommended_alarms()
    endpoint.create_dashboard()
    assert synth(stack).text == synth(stack).text


def test_limits_that_are_met_late_fail_the_synthesis(stack, synth, new_endpoint) -> None:
    dashboard = new_endpoint().create_dashboard()
    # Six graphs, a header and a heading come with the endpoint.
    dashboard.add_widgets(*[TextWidget(markdown="x")] * 493)
    with pytest.raises(Exception, match="501 widgets are given; a dashboard has at most 500"):
        synth(stack)
