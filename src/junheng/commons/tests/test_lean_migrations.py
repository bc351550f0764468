"""What the lean way of migrating knows of the models is what Django knows of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from junheng.commons import lean_migrations

STEPS: list[Operation] = [
    operations.CreateModel("School", [("id", models.AutoField(primary_key=True))]),
    operations.CreateModel(
        "Pupil",
        [
            ("id", models.AutoField(primary_key=True)),
            ("school", models.ForeignKey("t.School", models.CASCADE)),
        ],
    ),
    operations.AddField("School", "name", models.CharField(max_length=9, default="")),
    operations.AddField("School", "twin", models.ForeignKey("self", models.CASCADE, null=True)),
    operations.CreateModel("Graduate", [], bases=("t.pupil",), options={"proxy": True}),
    operations.AddField("Pupil", "friends", models.ManyToManyField("t.School", related_name="of")),
    operations.AddField("Pupil", "born", models.DateField(null=True)),
    operations.AddField("Pupil", "second", models.ForeignKey("t.School", models.CASCADE, "also")),
    operations.AddConstraint(
        "School", models.CheckConstraint(condition=~models.Q(name=""), name="named")
    ),
    operations.AddIndex("School", models.Index(fields=["name"], name="by_name")),
]
LATER: list[Operation] = [
    operations.AlterField(
        "Pupil", "second", models.ForeignKey("t.School", models.PROTECT, "also", db_index=False)
    ),
    operations.AlterField("Pupil", "second", models.ForeignKey("t.Pupil", models.PROTECT, "also")),
    operations.AlterField("Pupil", "second", models.ForeignKey("t.School", models.PROTECT, "also")),
    operations.AlterField("School", "name", models.TextField()),
    operations.AlterField("School", "id", models.BigAutoField(primary_key=True)),
    operations.RemoveField("Pupil", "born"),
    operations.RenameField("Pupil", "second", "other"),
    operations.RemoveConstraint("School", "named"),
    operations.AlterModelOptions("Pupil", {"ordering": ["id"]}),
    operations.RenameModel("School", "House"),
]


FRIEND = models.ForeignKey("t.Pupil", models.CASCADE, null=True)
REPLACED = (
    *("add_model", "add_field", "alter_field", "_append_option", "_remove_option"),
    *("_find_reload_model", "clone", "rename_model", "rename_field"),
)


@contextmanager
def _as_django_has_them() -> Iterator[None]:
    """The replaced methods, put back for a while."""
    replaced: list[tuple[type, str, Any]]
    replaced = [(ProjectState, name, getattr(ProjectState, name)) for name in REPLACED]
    replaced.append((StateApps, "clone", StateApps.clone))
    for owner, name, method in replaced:
        setattr(owner, name, method.__wrapped__)
    try:
        yield
    finally:
        for owner, name, method in replaced:
            setattr(owner, name, method)


def _after(steps: list[Operation]) -> ProjectState:
    lean_migrations.install()
    state = ProjectState()
    assert state.apps  # put together from here on, as in a migration
    for step in steps:
        before = state.clone()
        step.state_forwards("t", state)
        assert before.apps is not state.apps
    return state


def _known(state: ProjectState) -> dict[str, Any]:
    """Fields with what they point to, and the rules of the table, of every model."""
    return {
        model._meta.label: (
            {f.name: f.related_model and f.related_model._meta.label for f in _own(model)},
            {f.name: type(f).__name__ for f in _own(model)},
            sorted(one.name for one in (*model._meta.constraints, *model._meta.indexes)),
        )
        for model in state.apps.get_models(include_auto_created=True)
    }


def _own(model: type[models.Model]) -> list[Any]:
    return [*model._meta.local_fields, *model._meta.local_many_to_many]


@pytest.mark.parametrize("count", range(1, len(STEPS) + len(LATER) + 1))
def test_after_every_step_the_models_are_as_django_puts_them_together(count: int) -> None:
    steps = [*STEPS, *LATER][:count]
    lean = _after(steps)
    with _as_django_has_them():
        whole = _after(steps)
    assert _known(lean) == _known(whole)


@pytest.mark.parametrize("count", range(len(STEPS), len(STEPS) + len(LATER) + 1))
def test_a_function_of_a_migration_sees_both_ends_of_every_relation(count: int) -> None:
    state = _after([*STEPS, *LATER][:count])
    assert state.is_delayed
    state.clear_delayed_apps_cache()
    models_of = {model._meta.label: model for model in state.apps.get_models()}
    school = models_of.get("t.School") or models_of["t.House"]
    pupil = models_of["t.Pupil"]
    assert pupil._meta.get_field("school").related_model is school
    assert pupil in {one.related_model for one in school._meta.related_objects}


def test_what_was_before_a_change_is_not_put_together_anew() -> None:
    state = _after(STEPS)
    pupil = state.apps.get_model("t", "Pupil")
    operations.AddIndex("School", models.Index(fields=["twin"], name="by_twin")).state_forwards(
        "t", state
    )
    assert state.apps.get_model("t", "Pupil") is pupil


@pytest.mark.parametrize("count", range(len(STEPS) + len(LATER)))
def test_what_was_written_down_before_a_step_stays_as_it_was(count: int) -> None:
    steps = [*STEPS, *LATER]
    state = _after(steps[:count])
    before = state.clone()
    steps[count].state_forwards("t", state)
    with _as_django_has_them():
        assert before == _after(steps[:count])
        assert state == _after(steps[: count + 1])


def test_models_are_put_together_for_a_function_that_looks_at_them_and_for_no_other() -> None:
    seen: list[str] = []

    def blind(_apps: Any, _editor: Any) -> None:
        seen.append("nothing")

    def looking(apps: Any, _editor: Any) -> None:
        seen.append(apps.get_model("t", "Pupil")._meta.get_field("twin").related_model._meta.label)

    state = _after([*STEPS, operations.AddField("Pupil", "twin", FRIEND)])
    for code, together in ((blind, False), (looking, True)):
        before = state.clone()
        editor: Any = SimpleNamespace(connection=connection)
        operations.RunPython(code).database_forwards("t", editor, before, state)
        assert ("apps" in vars(before)) is together
    assert seen == ["nothing", "t.Pupil"]
