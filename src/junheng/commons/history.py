"""Who changed what, when and why, written down by the database itself.

Triggers write the history, so bulk updates, raw SQL and COPY are caught as well as `save()`.
Event rows carry their context (user, address, reason) themselves and can be neither changed
nor removed nor made up: the database refuses (see `events_are_kept`).

    @tracked                                   on a model
    with reason("objection 12 upheld"): ...    in a service: why
    history_of(child)                          newest first, with what changed
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, overload

import pghistory
import pgtrigger
from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from junheng.commons.history_in_masses import DeletesInMasses, InsertsInMasses, UpdatesInMasses
from junheng.commons.masks import HIDDEN
from junheng.commons.sealing import SealedTextField

Masks = Mapping[str, Callable[[str], str]]
Events = tuple[type[pghistory.RowEvent], type[pghistory.RowEvent], type[pghistory.RowEvent]]
ROW_BY_ROW: Events = (pghistory.InsertEvent, pghistory.UpdateEvent, pghistory.DeleteEvent)
IN_MASSES: Events = (InsertsInMasses, UpdatesInMasses, DeletesInMasses)
Model = TypeVar("Model", bound=type[models.Model])


@overload
def tracked(model: Model) -> Model: ...
@overload
def tracked(
    *, exclude: Sequence[str] = (), inserts: bool = True, in_masses: bool = False
) -> Callable[[Model], Model]: ...


def tracked(
    model: Model | None = None,
    *,
    exclude: Sequence[str] = (),
    inserts: bool = True,
    in_masses: bool = False,
) -> Model | Callable[[Model], Model]:
    """Keep a history of every row of this model.

    Args:
        model: The class, when the decorator stands bare.
        exclude: Fields that are not copied into events (large, or written once).
        inserts: Whether a new row is an event. Without, where rows come by hundred thousands,
            events hold what a row said before it changed or went.
        in_masses: Whether rows come, change and go by the hundred thousand: their events are then
            written by statement instead of row by row.
    """
    insert, update, delete = IN_MASSES if in_masses else ROW_BY_ROW
    events: list[pghistory.RowEvent] = [
        *([insert()] if inserts else []),
        update(row=pghistory.New if inserts else pghistory.Old),
        delete(),
    ]

    def wrap(model: Model) -> Model:
        track = pghistory.track(
            *events,
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


# ------------------------------------------------------------------------ who and why


@contextmanager
def acting(**who_and_why: Any) -> Iterator[None]:
    """Sign every change made inside.

    Args:
        who_and_why: `user` (primary key), `url`, `job`, `why`, as far as they are known.
    """
    with connection.execute_wrapper(_one_by_one), pghistory.context() as context:
        before = dict(context.metadata)
        context.metadata.update(who_and_why)
        try:
            yield
        finally:
            context.metadata.clear()
            context.metadata.update(before)


def reason(why: str) -> AbstractContextManager[None]:
    """Say why the changes are made that stand inside this `with`."""
    return acting(why=why)


def sign_transaction() -> None:
    """Sign what a COPY in this transaction will change: COPY passes by Django's cursors."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL junheng.signed = 'yes'")


def _one_by_one(
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001  # Django's signature of an execute wrapper
    context: Any,
) -> Any:
    """Execute many as one after the other: pghistory signs a statement, not a list of them."""
    if not many:
        return execute(sql, params, many, context)
    with transaction.atomic():
        for each in params:
            context["cursor"].execute(sql, each)
    return None


class HistoryMiddleware:
    """Sign every change with the person and the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(user=_Whoever(request), url=request.path[:500]):
            return self.get_response(request)


class _Whoever:
    """The user of a request, asked for at the first change: most requests change nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def pk(self) -> Any:
        user = getattr(self._request, "user", None)
        return user.pk if user is not None else None


class ContextEncoder(DjangoJSONEncoder):
    """Writes contexts into the database's session (setting PGHISTORY_JSON_ENCODER)."""

    def default(self, o: Any) -> Any:
        return o.pk() if isinstance(o, _Whoever) else super().default(o)


# ------------------------------------------------------------------------ reading it


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an event changed.

    Attributes:
        field: Its name in the code.
        label: Its name on the screen.
        before: What stood there, None in the first event.
        after: What stands there since, None in the last event of a removed row.
    """

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event in the life of a row.

    Attributes:
        at: When, by the database's clock.
        what: "insert", "update" or "delete".
        who: Name of the person, "" if the system did it itself.
        user_id: The person's primary key.
        url: On which page.
        job: In which job.
        why: The reason that was given.
        changes: Field by field.
    """

    at: datetime
    what: str
    who: str
    user_id: int | None
    url: str
    job: str
    why: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        return str(TITLES[self.what])


TITLES = {"insert": _("Added"), "update": _("Changed"), "delete": _("Removed")}


def history_of(obj: models.Model, *, masks: Masks | None = None) -> list[HistoryRow]:
    """What happened to a row, newest first; in two queries. A removed row has one, too.

    Args:
        obj: The row.
        masks: By field, what hides the values of fields that are masked on the row's own page.
            Sealed fields are never shown.
    """
    model: Any = type(obj)
    events = list(model.pgh_event_model.objects.filter(pgh_obj=obj.pk).order_by("pgh_id"))
    names = _names({(event.pgh_context or {}).get("user") for event in events})
    rows = [
        _row(event, before, names, masks or {})
        for before, event in zip([None, *events], events, strict=False)
    ]
    return rows[::-1]


def _names(users: set[Any]) -> dict[str, str]:
    wanted = get_user_model()._default_manager.filter(pk__in=users - {None})
    return {str(user.pk): str(user) for user in wanted}


def _row(event: Any, before: Any, names: dict[str, str], masks: Masks) -> HistoryRow:
    signed = event.pgh_context or {}
    return HistoryRow(
        at=event.pgh_created_at,
        what=event.pgh_label,
        who=names.get(str(signed.get("user")), ""),
        user_id=signed.get("user"),
        url=signed.get("url") or "",
        job=signed.get("job") or "",
        why=signed.get("why") or "",
        changes=tuple(_changes(event, before, masks)),
    )


def _changes(event: Any, before: Any, masks: Masks) -> Iterator[Change]:
    removed = event.pgh_label == "delete"
    for field in type(event).pgh_tracked_model._meta.concrete_fields:
        if field.attname not in event.__dict__:
            continue
        old = before.__dict__[field.attname] if before is not None else None
        new = None if removed else event.__dict__[field.attname]
        if old != new:
            yield Change(
                field.name,
                str(field.verbose_name),
                None if old is None else shown(before, field, masks),
                None if new is None else shown(event, field, masks),
            )


def shown(event: Any, field: models.Field[Any, Any], masks: Masks) -> Any:
    """A value as a page may show it: a choice by its words, a masked one masked."""
    if isinstance(field, SealedTextField):
        return HIDDEN
    value = event.__dict__[field.attname]
    if field.name in masks:
        return masks[field.name](str(value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    display = getattr(event, f"get_{field.name}_display", None)
    return display() if display is not None else value
