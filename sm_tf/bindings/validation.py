"""Checks that can only be made when the whole program has run."""

from collections.abc import Callable

import jsii

from sm_tf.bindings.core import Construct, IValidation


def validate_at_synth(construct: Construct, find_problems: Callable[[], list[str]]) -> None:
    """Fail the synthesis, naming the construct's path, with what `find_problems` returns then."""
    construct.node.add_validation(_Validation(find_problems))


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, find_problems: Callable[[], list[str]]) -> None:
        self._find_problems = find_problems

    def validate(self) -> list[str]:
        return self._find_problems()
