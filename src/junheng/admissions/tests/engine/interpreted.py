"""Run compiled kernels as plain Python, so that coverage and a debugger can see inside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from numba.core.dispatcher import Dispatcher

_ENGINE = "junheng.admissions.engine."


def kernels() -> set[Any]:
    """Every kernel of the engine's modules that are loaded."""
    return {kernel for _, _, kernel in _places()}


@contextmanager
def interpreted() -> Iterator[None]:
    """Within this block no kernel of the engine is compiled."""
    replaced = _places()
    assert replaced, "no kernel is loaded"
    for module, name, kernel in replaced:
        setattr(module, name, kernel.py_func)
    try:
        yield
    finally:
        for module, name, kernel in replaced:
            setattr(module, name, kernel)


def _places() -> list[tuple[ModuleType, str, Any]]:
    """Where kernels are found by name: where they are defined and where they are imported."""
    return [
        (module, name, kernel)
        for module_name, module in list(sys.modules.items())
        if module_name.startswith(_ENGINE)
        for name, kernel in list(vars(module).items())
        if isinstance(kernel, Dispatcher)
    ]
