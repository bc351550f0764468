"""Who changed what, when and why, written down by the database itself.

Triggers write the history, so bulk updates, raw SQL and COPY are caught as well as `save()`.
Event rows carry their context (user, address, reason) themselves and can be neither changed
nor removed nor made up: the database refuses (see `events_are_kept`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

import pghistory
import pgtrigger
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


@overload
def tracked(model: Model) -> Model: ...
@overload
def tracked(*, exclude: Sequence[str] = ()) -> Callable[[Model], Model]: ...


def tracked(
    model: Model | None = None, *, exclude: Sequence[str] = ()
) -> Model | Callable[[Model], Model]:
    """Keep a history of every row of this model.

    Args:
        model: The class, when the decorator stands bare.
        exclude: Fields that are not copied into events (large, or written once).
    """

    def wrap(model: Model) -> Model:
        track = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude),
            obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="+"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            meta={"triggers": events_are_kept()},
        )
        wrapped: Model = track(model)
        return wrapped

    return wrap if model is None else wrap(model)


def events_are_kept() -> list[pgtrigger.Trigger]:
    """Triggers of an event table: no change, no removal, and no entry but by a trigger."""
    refuse = "RAISE EXCEPTION 'history of % cannot be changed', TG_TABLE_NAME;"
    return [
        pgtrigger.Trigger(
            name="history_is_kept",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refuse,
        ),
        pgtrigger.Trigger(
            name="history_is_not_made_up",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition("pg_trigger_depth() < 1"),
            func=refuse,
        ),
    ]
