"""The quickstart's whole life: created, left alone, changed without a gap, scaled, destroyed."""

from sm_tf.sandbox import Plan

ENDPOINT = "quickstart-endpoint"


def kinds(addresses):
    return [address.split(".")[0] for address in addresses]


def test_changes_are_applied_in_place_and_nothing_stays_behind(copy_of_example, sagemaker_sandbox):
    project = copy_of_example("quickstart")
    stack = sagemaker_sandbox.stack(project.synthesize())
    sagemaker = sagemaker_sandbox.client("sagemaker")

    stack.validate()
    stack.apply()
    assert stack.plan().empty
    endpoint = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    assert endpoint["EndpointStatus"] == "InService"
    first_config = endpoint["EndpointConfigName"]

    project.edit("2.6.0-transformers4.49.0-cpu", "2.6.0-transformers4.51.3-cpu")
    project.edit('variant_name="main",', 'variant_name="main", initial_variant_weight=0.5,')
    stack.update_from(project.synthesize())
    plan: Plan = stack.plan()
    assert kinds(plan.replaces) == ["aws_sagemaker_endpoint_configuration", "aws_sagemaker_model"]
    assert kinds(plan.updates) == ["aws_sagemaker_endpoint"]
    assert not plan.creates
    assert not plan.deletes
    stack.apply(plan)
    assert stack.plan().empty

    (update,) = sagemaker_sandbox.calls("UpdateEndpoint")
    endpoint = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    assert endpoint["EndpointConfigName"] == update["EndpointConfigName"] != first_config
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    (variant,) = config["ProductionVariants"]
    model = sagemaker.describe_model(ModelName=variant["ModelName"])
    assert "transformers4.51.3" in model["PrimaryContainer"]["Image"]
    assert variant["InitialVariantWeight"] == 0.5
    assert len(sagemaker.list_models()["Models"]) == 1
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1

    # Scaling owns the instance count: what it does makes no difference for the plan.
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT,
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 3}],
    )
    (variant,) = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["ProductionVariants"]
    assert variant["DesiredInstanceCount"] == 3
    assert stack.plan().empty

    stack.destroy()
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert sagemaker.list_models()["Models"] == []
    assert sagemaker_sandbox.client("iam").list_roles()["Roles"] == []
