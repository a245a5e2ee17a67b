"""Looks once for what a class of sm_tf overrides. jsii looks at each creation of an object."""

from typing import Any

import jsii._kernel


def look_once_for_overrides(package: str) -> None:
    """Keep what jsii finds for the classes of a package, which don't change. Other classes may."""
    kernel: Any = jsii._kernel
    find = getattr(kernel, "_get_overides", None)
    if find is None:
        return
    found: dict[tuple[Any, type], list[Any]] = {}

    def get_overrides(declared: Any, instance: Any) -> list[Any]:
        cls = type(instance)
        if not cls.__module__.startswith(f"{package}."):
            return list(find(declared, instance))
        if (declared, cls) not in found:
            found[declared, cls] = find(declared, instance)
        return list(found[declared, cls])

    kernel._get_overides = get_overrides
