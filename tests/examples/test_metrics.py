"""The example's metrics are watched as its program says."""


def test_it_is_applied(copy_of_example, sagemaker_sandbox) -> None:
    stack = sagemaker_sandbox.stack(copy_of_example("metrics").synthesize())
    stack.validate()
    stack.apply()
    assert stack.plan().empty

    cloudwatch = sagemaker_sandbox.client("cloudwatch")
    found = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert found.keys() == {
        "metrics-latency",
        "metrics-slowest",
        "metrics-errorrate",
        "metrics-quiet",
        "metrics-reportsarelate",
    }
    assert found["metrics-latency"]["ExtendedStatistic"] == "tm95"
    assert found["metrics-slowest"]["ExtendedStatistic"] == "p99"
    rate = {query["Id"]: query for query in found["metrics-errorrate"]["Metrics"]}
    assert rate["expr_1"]["Expression"] == "IF(calls > 100, 100 * errors / calls, 0)"
    assert rate["errors"]["MetricStat"]["Metric"]["MetricName"] == "InvocationModelErrors"
    band = {query["Id"]: query for query in found["metrics-quiet"]["Metrics"]}
    assert band[found["metrics-quiet"]["ThresholdMetricId"]]["Expression"] == "ANOMALY_DETECTION_BAND(m0, 3)"
    # The queue belongs to the endpoint, not to its variant.
    assert found["metrics-reportsarelate"]["Dimensions"] == [{"Name": "EndpointName", "Value": "reports"}]
