"""The examples in the kernel's docstrings are true."""

from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

import junheng.kernel

MODULES = [module.name for module in iter_modules(junheng.kernel.__path__) if not module.ispkg]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name: str) -> None:
    assert doctest.testmod(import_module(f"junheng.kernel.{name}")).failed == 0
