"""The registry of triggers finds what the library's would find, and refuses what it refuses."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from pgtrigger import registry

from junheng.commons.models import Approval
from junheng.commons.trigger_registry import Registry, install


def _trigger(name: str, when: pgtrigger.When = pgtrigger.Before) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, when=when, operation=pgtrigger.Insert, func="RETURN NEW;")


def test_it_is_the_one_that_stands_and_stays_so() -> None:
    first = registry._registry
    install()
    assert type(first) is Registry
    assert registry._registry is first


def test_it_knows_what_the_library_would_look_for() -> None:
    known = registry._registry
    every = list(known.values())
    assert every
    assert known.by_db_table == {(m._meta.db_table, t.name): t for m, t in every}
    assert known.pg_function_names == {t.get_pgid(m) for m, t in every}


MODEL: Any = Approval  # the library's types say an instance


def test_another_trigger_of_a_name_that_is_taken_is_refused() -> None:
    trigger = _trigger("for_this_test")
    with trigger.register(MODEL), pytest.raises(KeyError, match="already"):
        _trigger("for_this_test", pgtrigger.After).register(MODEL)
