"""The schemas of the providers, which tell the blocks of a resource from its arguments."""

import json
from collections.abc import Mapping
from typing import Any

from sm_tf.bindings.engine import STACK_FILE
from sm_tf.foundation.errors import ToolError
from sm_tf.project.terraform_runner import TerraformRunner

Schema = Mapping[str, Any]
"""The schema of a block: its attributes and the blocks inside."""


class Schemas:
    """The schemas of resources and data sources, by type."""

    def __init__(self, providers: Mapping[str, Any]) -> None:
        self._sections: dict[str, dict[str, Any]] = {"resource": {}, "data": {}, "provider": {}}
        for source, provider in providers.items():
            self._sections["resource"] |= provider.get("resource_schemas", {})
            self._sections["data"] |= provider.get("data_source_schemas", {})
            self._sections["provider"][source.rpartition("/")[2]] = provider.get("provider", {})

    def of(self, section: str, type: str) -> Schema:
        """The schema of a resource, a data source or a provider."""
        try:
            found: Schema = self._sections[section][type]["block"]
        except KeyError:
            raise ToolError(f"No provider of the stack has the {section} {type}.") from None
        return found


def read_schemas(terraform: TerraformRunner, stack: str, requirements: Mapping[str, Any]) -> Schemas:
    """Return the schemas of providers; `requirements` are a stack's `required_providers`."""
    folder = terraform.folder / "schemas"
    folder.mkdir()
    # Terraform's own provider is listed where something uses it.
    content = {
        "terraform": {"required_providers": requirements},
        "resource": {"terraform_data": {"used": {}}},
    }
    (folder / STACK_FILE).write_text(json.dumps(content))
    if invalid := terraform.init(stack, folder):
        raise ToolError(f"Stack {stack}: terraform init failed.\n{invalid[0]['summary']}")
    done = terraform.run(folder, "providers", "schema", "-json")
    if done.code != 0:
        raise ToolError(f"Stack {stack}: terraform providers schema failed.\n{done.problems()}")
    return Schemas(json.loads(done.text)["provider_schemas"])
