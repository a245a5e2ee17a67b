"""The base of all constructs."""

from inspect import Signature, signature
from typing import Any

from jsii import JSIIAbstractClass

from sm_tf.bindings.core import Annotations, Construct, TerraformProvider
from sm_tf.bindings.overrides import look_once_for_overrides
from sm_tf.bindings.resources import place_of
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.public import public

look_once_for_overrides("sm_tf")


class _ConstructClass(JSIIAbstractClass):
    """The metaclass of the constructs. jsii's own hides the arguments of `Model(…)` from tools."""

    @property
    def __signature__(self) -> Signature:
        constructor = signature(self.__init__)  # type: ignore[misc]
        return constructor.replace(
            parameters=list(constructor.parameters.values())[1:], return_annotation=Signature.empty
        )


@public
class SmTfConstruct(Construct, metaclass=_ConstructClass):
    """A construct that creates resources of the AWS provider."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        public(cls)

    def __init__(self, scope: Construct, id: str, provider: TerraformProvider | None = None) -> None:
        self.place = place_of(scope).below(id, provider)
        super().__init__(scope, id)
        self._warned: set[str] = set()
        if type(self)._check_at_synth is not SmTfConstruct._check_at_synth:
            self.place.stack.checks.append(self._find_problems)

    def __repr__(self) -> str:
        shown = next(cls for cls in type(self).__mro__ if not cls.__name__.startswith("_"))
        return f"<{shown.__name__} {self.path}>"

    @property
    def path(self) -> str:
        """The construct's path. Error messages begin with it."""
        return self.place.path

    def _check_at_synth(self, check: Checks) -> None:
        """Check the construct's final state, after the program has run."""

    def _warn(self, check: Checks) -> None:
        """Show the warnings of a check as annotations, each once."""
        for warning in check.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                Annotations.of(self).add_warning(warning)

    def _find_problems(self) -> dict[str, list[str]]:
        check = Checks()
        self._check_at_synth(check)
        self._warn(check)
        return {self.path: check.problems} if check.problems else {}
