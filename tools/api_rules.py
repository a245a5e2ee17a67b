"""Write the rules of AWS's APIs to sm_tf/aws/api, as the installed botocore has them: `make api-rules`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import botocore
import botocore.session
from botocore.model import ServiceModel, Shape

FOLDER = Path(__file__).parent.parent / "sm_tf" / "aws" / "api"

OPERATIONS = {
    "application-autoscaling": ("PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget"),
    "cloudwatch": ("PutCompositeAlarm", "PutDashboard", "PutMetricAlarm"),
    "ecr": ("CreateRepository",),
    "iam": ("CreateRole", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"),
    "sagemaker": ("CreateEndpoint", "CreateEndpointConfig", "CreateModel", "UpdateEndpoint"),
}
"""The operations that create what sm_tf writes."""


def rules_of(service: str) -> dict[str, Any]:
    """Return the shapes of a service that its operations take."""
    model: ServiceModel = botocore.session.get_session().get_service_model(service)
    operations = {name: model.operation_model(name).input_shape for name in OPERATIONS[service]}
    shapes: dict[str, Any] = {}
    for shape in operations.values():
        _add(shape, shapes)
    return {
        "operations": {name: shape.name for name, shape in operations.items()},
        "shapes": dict(sorted(shapes.items())),
    }


def _add(shape: Shape, shapes: dict[str, Any]) -> None:
    if shape.name in shapes:
        return
    rules = {key: value for key in ("min", "max", "pattern", "enum") if (value := shape.metadata.get(key))}
    if shape.type_name in ("integer", "long", "float", "double") and "min" in shape.metadata:
        rules["min"] = shape.metadata["min"]
    shapes[shape.name] = found = {"type": shape.type_name, **rules}
    match shape.type_name:
        case "structure":
            found["members"] = {name: member.name for name, member in shape.members.items()}
            if shape.required_members:
                found["required"] = list(shape.required_members)
            inner = list(shape.members.values())
        case "list":
            found["member"] = shape.member.name
            inner = [shape.member]
        case "map":
            found |= {"key": shape.key.name, "value": shape.value.name}
            inner = [shape.key, shape.value]
        case _:
            inner = []
    for each in inner:
        _add(each, shapes)


def main() -> None:
    """Write one file for each service."""
    for service in OPERATIONS:
        source = f"botocore {botocore.__version__}, {service}"
        table = {"source": source, "date": date.today().isoformat(), **rules_of(service)}
        shapes = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(rules)}" for name, rules in table.pop("shapes").items()
        )
        head = json.dumps(table, indent=1).removesuffix("\n}")
        (FOLDER / f"{service}.json").write_text(f'{head},\n "shapes": {{\n{shapes}\n }}\n}}\n')


if __name__ == "__main__":
    main()
