"""Migrations that put together again only what an operation changes: faster, the same database.

After every new model, field, constraint, index and trigger Django puts all models together again
that hang together with the one it stands on: in a house of this size nine tenths of the time of
its migrations. PostgreSQL is told nothing else when the one model is changed where it stands.
What a new field or model means for the *others* they learn the next time Django puts them together:
before a function of a migration looks at models (that is what a delayed state is), and when
something is altered or removed, for which the neighbours are then looked up in the state and not
in the models.

Django also writes down all models before every operation. Here a state shares with the one that
was before it what neither has asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import SimpleNamespace
from typing import Any

from django.db.migrations.operations import RunPython
from django.db.migrations.state import AppConfigStub, ModelState, ProjectState, StateApps
from django.db.migrations.utils import field_is_referenced
from django.db.models.fields.related import ManyToManyField
from django.utils.functional import SimpleLazyObject
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
    _replace(ProjectState, "alter_field", _other_field)
    for part in ("_append_option", "_remove_option"):
        _replace(ProjectState, part, _other_options)
    _replace(ProjectState, "_find_reload_model", _neighbours)
    for renaming in ("rename_model", "rename_field"):
        _replace(ProjectState, renaming, _of_its_own)
    _replace(ProjectState, "clone", _sharing)
    _replace(StateApps, "clone", _same_models)
    _replace(RunPython, "database_forwards", _asked_late)


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


def _new_field(former: Any, state: ProjectState, *change: Any) -> None:
    """A column comes to the model that is there, unless others are made of it or between it."""
    app_label, model_name, name, field, *_ = change
    alone = not isinstance(field, ManyToManyField) and not _has_children(
        state, (app_label, model_name)
    )
    with _no_reload(state):
        former(state, *change)
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


def _other_field(former: Any, state: ProjectState, *change: Any) -> None:
    """Whoever points to a model does not learn of a reference that goes where it went before."""
    app_label, model_name, name, field, *_ = change
    key = app_label, model_name
    old = state.models[key].fields[name]
    if not _goes_there_still(old, field) or field_is_referenced(state, key, (name, field)):
        former(state, *change)
        return
    with _no_reload(state):
        former(state, *change)
    state.reload_model(app_label, model_name, delay=True)


def _goes_there_still(old: Any, new: Any) -> bool:
    return (
        type(old) is type(new)
        and not isinstance(new, ManyToManyField)
        and bool(new.is_relation)
        and old.remote_field.model == new.remote_field.model
        and old.remote_field.related_name == new.remote_field.related_name
    )


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


class _Shared(dict[Key, ModelState]):
    """The models of a state: one that is asked for by its name is the state's own from then on.

    Operations change a model where it stands, after they have asked for it.
    """

    def __init__(self, models: dict[Key, ModelState]) -> None:
        super().__init__(models)
        self._own: set[Key] = set()

    def __getitem__(self, key: Key) -> ModelState:
        if key not in self._own:
            self[key] = super().__getitem__(key).clone()
        return super().__getitem__(key)

    def __setitem__(self, key: Key, model: ModelState) -> None:
        self._own.add(key)
        super().__setitem__(key, model)

    def pop(self, key: Key, *default: Any) -> Any:
        self._own.discard(key)
        return super().pop(key, *default)


def _sharing(_former: Any, state: ProjectState) -> ProjectState:
    """A state like this one; what either of the two changes later, the other does not see."""
    new = ProjectState(real_apps=state.real_apps)
    new.models = _Shared(state.models)
    state.models = _Shared(state.models)
    if _rendered(state):
        new.apps = state.apps.clone()
    new.is_delayed = state.is_delayed
    return new


def _of_its_own(former: Any, state: ProjectState, *names: str) -> None:
    """Another name is written into whatever points to it, found without asking for it by name."""
    state.models = {key: model.clone() for key, model in state.models.items()}
    former(state, *names)


def _same_models(_former: Any, apps: StateApps) -> StateApps:
    """A registry of the same models: they are put together anew and never changed."""
    new = StateApps([], {})
    new.all_models = defaultdict(dict, {app: dict(of) for app, of in apps.all_models.items()})
    for label in apps.app_configs:
        config = AppConfigStub(label)
        config.apps = new
        config.import_models()
        new.app_configs[label] = config
    new.real_models = apps.real_models
    return new


def _asked_late(
    former: Any, operation: Any, app_label: str, editor: Any, before: ProjectState, after: Any
) -> None:
    """Models are put together for a function when it looks at the first of them."""
    before.clear_delayed_apps_cache()
    apps = SimpleLazyObject(lambda: before.apps)
    late = SimpleNamespace(clear_delayed_apps_cache=lambda: None, apps=apps)
    former(operation, app_label, editor, late, after)
