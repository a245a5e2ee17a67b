"""Which Node runs the jsii kernel."""

from sm_tf_lazy_bindings.node import NodeRuntime, find_node

__all__ = ["NodeRuntime", "find_node"]
