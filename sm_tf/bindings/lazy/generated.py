"""Loads modules without the slow modules that they import for little."""

import functools
import typing
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType

from sm_tf.bindings.lazy import stand_ins

# A statement `from MODULE import NAME` takes the name from our module of stand-ins.
_STAND_INS = {("unittest.mock", "Mock"), ("importlib.metadata", "version")}

_typing = functools.cache(stand_ins.typing_with_cache)


class SparingLoader(SourceFileLoader):
    """Loads a module that imports stand-ins for what is slow to load; a statement of another form stays."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code, with stand-ins."""
        code = super().get_code(fullname)
        return code and _with_stand_ins(code, in_functions=True)


class GeneratedLoader(SourceFileLoader):
    """Loads a module that jsii generated: it imports too, and asks for the types of a call at each call."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code, with stand-ins."""
        code = super().get_code(fullname)
        # Such a module has thousands of functions, none of which imports.
        return code and _with_stand_ins(code, in_functions=False)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, and let it keep what it asks about types."""
        # Publishing replaces the module, not the names that its functions see.
        names = module.__dict__
        super().exec_module(module)
        if names.get("typing") is typing:
            names["typing"] = _typing()


def _with_stand_ins(code: CodeType, *, in_functions: bool) -> CodeType:
    names, constants = list(code.co_names), code.co_consts
    for module, name in _STAND_INS:
        # The compiler writes the module's name, then what is taken from it, the whole list as one constant.
        if module in names and (name,) in constants:
            place = names.index(module)
            if names[place + 1 : place + 2] == [name]:
                names[place] = stand_ins.__name__
    if in_functions:
        constants = tuple(
            _with_stand_ins(constant, in_functions=True) if isinstance(constant, CodeType) else constant
            for constant in constants
        )
    return code.replace(co_names=tuple(names), co_consts=constants)
