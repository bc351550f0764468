"""Migrations that put together again only what an operation changes: faster, the same database.

After every new model, field, constraint, index and trigger Django puts all models together again
that hang together with the one it stands on: in a house of this size nine tenths of the time of
its migrations. PostgreSQL is told nothing else when the one model is changed where it stands.
What a new field or model means for the *others* they learn the next time Django puts them together:
before a function of a migration runs (that is what a delayed state is), and when something is
altered or removed, for which the neighbours are then looked up in the state and not in the models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db.migrations.state import ProjectState
from django.db.models.fields.related import ManyToManyField
from pgtrigger.migrations import AddTrigger, RemoveTrigger

Key = tuple[str, str]
_done: list[bool] = []


def install() -> None:
    """Once for the process that migrates; asking twice is asking once."""
    if _done:
        return
    _done.append(True)
    for operation in (AddTrigger, RemoveTrigger):
        _replace(operation, "state_forwards", _without_reload)
    _replace(ProjectState, "add_model", _new_model)
    _replace(ProjectState, "add_field", _new_field)
    for part in ("_append_option", "_remove_option"):
        _replace(ProjectState, part, _other_options)
    _replace(ProjectState, "_find_reload_model", _neighbours)


def _replace(owner: type, name: str, new: Callable[..., Any]) -> None:
    """The method `name` is from now on `new`, which is given the former one first."""
    former = getattr(owner, name)
    setattr(owner, name, wraps(former)(lambda *args, **kwargs: new(former, *args, **kwargs)))


@contextmanager
def _no_reload(state: ProjectState) -> Iterator[None]:
    state.reload_model = lambda *_args, **_kwargs: None  # type: ignore[method-assign]  # for a while
    try:
        yield
    finally:
        del state.reload_model


def _rendered(state: ProjectState) -> bool:
    return "apps" in vars(state)


def _without_reload(former: Any, operation: Any, app_label: str, state: ProjectState) -> None:
    """A trigger looks at nothing of a model but the name of its table."""
    with _no_reload(state):
        former(operation, app_label, state)


def _new_model(former: Any, state: ProjectState, model_state: Any) -> None:
    """The others are pointed at, but do not change."""
    with _no_reload(state):
        former(state, model_state)
    if _rendered(state):
        state.is_delayed = True
        state.apps.render_multiple([model_state])


def _new_field(
    former: Any,
    state: ProjectState,
    app_label: str,
    model_name: str,
    name: str,
    field: Any,
    *preserve_default: Any,
) -> None:
    """A column comes to the model that is there, unless others are made of it or between it."""
    alone = not isinstance(field, ManyToManyField) and not _has_children(
        state, (app_label, model_name)
    )
    with _no_reload(state):
        former(state, app_label, model_name, name, field, *preserve_default)
    if not _rendered(state):
        return
    if not alone:
        state.reload_model(app_label, model_name)
        return
    state.is_delayed = True
    model = state.apps.get_model(app_label, model_name)
    model._meta.apps = state.apps  # where the field looks for what it points to
    model.add_to_class(name, state.models[app_label, model_name].fields[name].clone())
    state.apps.clear_cache()


def _other_options(
    former: Any, state: ProjectState, app_label: str, model_name: str, option: str, which: Any
) -> None:
    """A constraint or an index is known to its model, or no more; to no other one."""
    with _no_reload(state):
        former(state, app_label, model_name, option, which)
    if _rendered(state):
        model = state.apps.get_model(app_label, model_name)
        setattr(model._meta, option, list(state.models[app_label, model_name].options[option]))


def _has_children(state: ProjectState, key: Key) -> bool:
    return any(key in _bases(model) for model in state.models.values())


def _bases(model_state: Any) -> set[Key]:
    named = (base for base in model_state.bases if isinstance(base, str))
    return {(app, model) for app, _dot, model in (base.lower().partition(".") for base in named)}


def _neighbours(
    _former: Any, state: ProjectState, app_label: str, model_name: str, *delay: bool
) -> set[Key]:
    """The models to be put together again with one that was altered.

    Itself and what is made of it where it is to wait, since no other one points to what changed;
    else all that hang together.
    """
    start = (app_label, model_name.lower())
    if any(delay):
        state.is_delayed = True
        return {start} | {key for key, model in state.models.items() if start in _bases(model)}
    near = _points(state)
    found = edge = {start}
    while edge:
        edge = set().union(*(near.get(key, set()) for key in edge)) - found
        found = found | edge
    return found


def _points(state: ProjectState) -> dict[Key, set[Key]]:
    """Who points to whom, both ways: by relations, and by what a model is made of."""
    near: dict[Key, set[Key]] = {}
    pairs = [(to, key) for to, by in state.relations.items() for key in by]
    pairs += [(base, key) for key, model in state.models.items() for base in _bases(model)]
    for one, other in pairs:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    return near
