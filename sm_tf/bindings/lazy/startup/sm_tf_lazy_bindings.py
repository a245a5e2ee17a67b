"""Makes CDKTF and its prebuilt provider packages load fast, unless the environment has SM_TF_LAZY_BINDINGS=0.

The `.pth` file beside this module imports it whenever Python starts, so that it stands before the first
import of a provider, whatever a program imports first. It therefore imports nothing itself: it registers a
finder, and sm_tf is loaded when CDKTF is.

PYTEST_DONT_REWRITE: pytest would warn that it comes too late to rewrite the assertions of this module.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

PREFIXES = ("cdktf_cdktf_provider_", "cdktn_provider_", "constructs.", "cdktf.", "cdktn.")
NAMES = {"constructs", "cdktf", "cdktn", "jsii._type_checking"}
# Other programs import these too: they are loaded another way for jsii alone.
NAMES_FOR_JSII = {"typeguard", "dateutil.parser"}


class ProviderFinder:
    """Finds the modules that load another way than they would by themselves."""

    def find_spec(
        self,
        fullname: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,  # noqa: ARG002
    ) -> "ModuleSpec | None":
        """Return how to load `fullname`, or None to leave it to the other finders."""
        if not (
            fullname.startswith(PREFIXES)
            or fullname in NAMES
            or (fullname in NAMES_FOR_JSII and "jsii" in sys.modules)
        ):
            return None
        try:
            from sm_tf.bindings.lazy.providers import find_spec
        except ModuleNotFoundError:  # an editable install whose folder is gone
            return None
        return find_spec(fullname, path)


if os.environ.get("SM_TF_LAZY_BINDINGS") != "0":
    sys.meta_path.insert(0, ProviderFinder())
