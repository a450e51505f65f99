"""How numba puts the kernels of the simulation together: every one is translated once, inside the whole.

numba optimises each function it meets together with all that it calls, and translates it, so that a kernel deep down
is worked through again by everyone above it: more than a minute for the simulation, and calls that are then no longer
made part of their caller. A *part* here is compiled up to LLVM's own language and handed to what calls it, nothing
more; a *whole*, the kernel that Python calls, takes its parts in, is optimised once, and translated. The figures are
the same to the last bit, since no step reorders arithmetic.

This builds on inner workings of numba that it does not promise to keep: `TRIED` names the versions where it was seen
to work. With any other one the kernels are compiled in numba's own way, which only takes longer.
"""

from __future__ import annotations

import ctypes
from typing import Any

from numba import version_info
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.environment import lookup_environment
from numba.core.typed_passes import NopythonTypeInference

TRIED = ((0, 68),)
"""Major and minor of the numba versions whose inner workings are known to be these."""

ENVIRONMENT = "_ZN08NumbaEnv"
"""What the names of numba's variables for Python objects begin with, one for each function."""

are_known = version_info.short in TRIED
"""Whether kernels are compiled as parts of a whole."""


class PartLibrary(JITCodeLibrary):
    """The code of a kernel and of those it calls, for others to take in."""

    def finalize(self) -> None:
        """Take in the code of what is called; it is optimised and translated with the whole."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return what runs when Python calls a part: it raises TypeError, as there is no machine code."""
        self._ensure_finalized()
        return ctypes.cast(ctypes.pythonapi.PyErr_BadArgument, ctypes.c_void_p).value or 0

    @property
    def codegen(self) -> Any:
        """What numba asks to set the environment of the kernel: nothing, the whole does that."""
        return _NoMachineCode


class _NoMachineCode:
    @staticmethod
    def set_env(name: str, environment: object) -> None:
        """Leave it to the whole, in whose machine code the variable will stand."""


class WholeLibrary(JITCodeLibrary):
    """The code of a kernel that Python calls, with all its parts."""

    def _finalize_final_module(self) -> None:
        super()._finalize_final_module()
        names = [variable.name for variable in self._final_module.global_variables]
        for name in names:
            environment = lookup_environment(name) if name.startswith(ENVIRONMENT) else None
            if environment is not None:
                self._codegen.set_env(name, environment)  # type: ignore[attr-defined]


@register_pass(mutates_CFG=False, analysis_only=True)
class _StartPart(FunctionPass):
    _name = "start_part"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return True


@register_pass(mutates_CFG=False, analysis_only=True)
class _StartWhole(FunctionPass):
    _name = "start_whole"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        state.library = WholeLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return True


def _passes(state: Any, start: type) -> list[Any]:
    passes = DefaultPassBuilder.define_nopython_pipeline(state)
    passes.add_pass_after(start, NopythonTypeInference)
    passes.finalize()
    return [passes]


class PartCompiler(CompilerBase):
    """numba's own passes, ending in a part."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes to run."""
        return _passes(self.state, _StartPart)


class WholeCompiler(CompilerBase):
    """numba's own passes, ending in a whole."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes to run."""
        return _passes(self.state, _StartWhole)
