"""One way to compile a kernel: once per machine, and never a reason to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function of arrays to machine code and keep the code for the next process.

    A kernel calls only kernels of its own file: the code that is kept is renewed when its
    file changes, not when another does.

    Where nothing can be written, neither beside the source nor in the user's cache, every
    process compiles anew (some seconds) instead of failing.
    """
    try:
        return cast("Kernel", njit(cache=True)(kernel))
    except RuntimeError:
        return cast("Kernel", njit(kernel))
