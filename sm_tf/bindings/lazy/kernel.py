"""The Node half: it changes how the jsii kernel loads a provider's JavaScript."""

import functools
import importlib

from sm_tf.bindings.assembly import load_assembly
from sm_tf.bindings.lazy.fallback import warn_that_loading_is_plain


class _Providers:
    """The class of the same name in our assembly."""

    __jsii_type__ = "sm-tf.Providers"


def resolves_types_of_submodules() -> bool:
    """Tell whether jsii can import a class's module when an object of the class arrives."""
    return hasattr(importlib.import_module("jsii._reference_map"), "_submodule_fqn_map")


@functools.cache
def make_lazy() -> bool:
    """Make the kernel load the providers' modules lazily; warn and return False if it cannot be made to."""
    import jsii

    # This starts the kernel: where Node is missing, that is no form that is unknown here.
    importlib.import_module("constructs._jsii")
    try:
        load_assembly()
        jsii.kernel.sinvoke(_Providers, "makeLazy", [])
    except Exception as error:
        warn_that_loading_is_plain("Each provider", f"the jsii kernel refused to be changed ({error})")
        return False
    return True


def what_was_unknown(assembly: str) -> str | None:
    """Say why the kernel loaded all modules of `assembly`, or None if it did not."""
    import jsii

    answer: str | None = jsii.kernel.sinvoke(_Providers, "whatWasUnknown", [assembly])
    return answer
