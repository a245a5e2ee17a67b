"""The parameters of a request, whatever its protocol."""

import json
from typing import Any

from moto.core.responses import BaseResponse


def parameters_of(response: BaseResponse) -> dict[str, Any]:
    """Return the parameters by their names in the API, as they were sent."""
    if not response.automated_parameter_parsing and str(response.body).startswith("{"):
        read: dict[str, Any] = json.loads(response.body)
        return read
    parameters = response._get_params()
    return {name: value for name, value in parameters.items() if name not in ("Action", "Version")}
