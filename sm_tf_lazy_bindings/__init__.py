"""Makes the prebuilt provider packages of CDKTF load one submodule at a time, instead of thousands at once.

A `.pth` file beside this package imports it whenever Python starts, so that it stands before the first
import of a provider, whatever a program imports first. It therefore imports nothing itself: it registers a
finder, and the rest of the package is loaded when a provider is. `SM_TF_LAZY_BINDINGS=0` in the environment
turns it off.

A provider that is not of a known form is loaded as if this package did not exist, with a LazyBindingsWarning.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

PREFIXES = ("cdktf_cdktf_provider_", "cdktn_provider_", "constructs._jsii")


class ProviderFinder:
    """Finds the modules that load another way than they would by themselves."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return how to load `fullname`, or None to leave it to the other finders."""
        if not fullname.startswith(PREFIXES):
            return None
        from sm_tf_lazy_bindings.providers import find_spec

        return find_spec(fullname, path)


if os.environ.get("SM_TF_LAZY_BINDINGS") != "0":
    sys.meta_path.insert(0, ProviderFinder())
