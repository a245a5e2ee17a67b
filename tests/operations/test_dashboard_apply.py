"""What only Terraform knows is valid JSON in the end, whatever stands around it."""

import json

from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider

from sm_tf import Dashboard, GraphWidget, HorizontalAnnotation, Metric, TextWidget
from sm_tf.bindings.core import App, LocalBackend, TerraformStack


def test_expressions_in_a_dashboard(tmp_path, sagemaker_sandbox) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "board")
    AwsProvider(stack, "aws")
    LocalBackend(stack, path="terraform.tfstate")
    TerraformVariable(stack, "team", type="string", default="vision")
    limit = TerraformVariable(stack, "limit", type="number", default=250.5).number_value
    drift = Metric(namespace="Custom", metric_name="Drift", dimensions_map={"Team": "${var.team}"})
    graph = GraphWidget(
        title='Drift of "${var.team}"',
        left=[drift],
        left_annotations=[
            HorizontalAnnotation(value=limit, label='${upper("at most")}'),
            HorizontalAnnotation(value="${var.limit * 2}"),
        ],
    )
    text = TextWidget(markdown='# "${var.team}"\nAsk them\\us: <b>&</b> ä', width=24)
    Dashboard(stack, "Board", widgets=[[text], [graph]], dashboard_name="${var.team}-board")
    app.synth()

    deployed = sagemaker_sandbox.stack(tmp_path / "stacks" / "board")
    deployed.apply()
    assert deployed.plan().empty
    cloudwatch = sagemaker_sandbox.client("cloudwatch")
    body = json.loads(cloudwatch.get_dashboard(DashboardName="vision-board")["DashboardBody"])
    header, graph_of_drift = (widget["properties"] for widget in body["widgets"])
    assert header["markdown"] == '# "vision"\nAsk them\\us: <b>&</b> ä'
    assert graph_of_drift["title"] == 'Drift of "vision"'
    assert graph_of_drift["metrics"][0][2:4] == ["Team", "vision"]
    assert graph_of_drift["region"] == cloudwatch.meta.region_name
    assert graph_of_drift["annotations"]["horizontal"] == [
        {"label": "AT MOST", "value": 250.5, "yAxis": "left"},
        {"value": 501, "yAxis": "left"},
    ]
