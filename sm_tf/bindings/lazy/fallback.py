"""What is said when a provider cannot be loaded lazily."""

import warnings


class LazyBindingsWarning(UserWarning):
    """A provider package is loaded as a whole: the result is the same, but it takes seconds longer."""


def warn_that_loading_is_plain(package: str, unknown: str) -> None:
    """Say that `package` is loaded as a whole, because of `unknown`."""
    warnings.warn(
        f"{package} is loaded as a whole, because {unknown}. Synthesis works and gives the same result, but "
        "it is slower and takes more memory. SM_TF_LAZY_BINDINGS=0 loads it this way without this warning.",
        LazyBindingsWarning,
        stacklevel=2,
    )
