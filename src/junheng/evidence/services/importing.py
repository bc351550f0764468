"""Deliveries: a department's table is looked through, taken over as a whole, taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from junheng.commons.imports import CannotUndo, Importer, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Table, Values
from junheng.evidence.access import may_keep
from junheng.evidence.engine.numbers import State as NumberState
from junheng.evidence.engine.numbers import read_numbers
from junheng.evidence.events import delivery_loaded
from junheng.evidence.files.columns import COLUMNS
from junheng.evidence.models import Connection, Delivery, Record, Register, record_of
from junheng.kernel.canonical import canonical_json
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

KEPT = 2
"""Deliveries of a connection whose rows are kept: the newest, and the one before."""
AT_A_TIME = 2_000


class DeliveryImporter(Importer):
    """Tables of one kind of register; the target names the connection and the day."""

    target_keys = ("connection", "as_of")
    accept = ".xlsx,.csv,.parquet"

    def __init__(self, register: Register) -> None:
        self.register = register
        self.kind = f"evidence.{register.value}"  # type: ignore[misc]  # one class, many kinds
        self.title = register.label  # type: ignore[misc]
        self.columns = COLUMNS[register.value]  # type: ignore[misc]

    def may(self, user: Any, target: Target) -> bool:
        found = self._connection(target)
        return found is not None and may_keep(user, found.path)

    def path(self, target: Target) -> str:
        found = self._connection(target)
        return found.path if found else ""

    def where(self, target: Target) -> str:
        found = self._connection(target)
        return f"{found.name} · {target.get('as_of', '')}" if found else ""

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        found = self._connection(target)
        return list(_faults(found, values, rows, target)) if found else []

    def apply(self, values: Values, batch: ImportBatch) -> None:
        found = self._connection(batch.target)
        if found is None:
            raise Connection.DoesNotExist
        load(found, values, as_of=date.fromisoformat(batch.target["as_of"]), batch=batch)

    def undo(self, batch: ImportBatch) -> None:
        take_back(Delivery.objects.select_related("connection").get(batch=batch))

    def _connection(self, target: Target) -> Connection | None:
        rows = Connection.objects.filter(register=self.register, way="tables", ended_on=None)
        try:
            return rows.filter(pk=int(target.get("connection", ""))).first()
        except ValueError:
            return None


IMPORTERS = tuple(DeliveryImporter(register) for register in Register)


def load(
    connection: Connection, values: Values, *, as_of: date, batch: ImportBatch | None = None
) -> Delivery:
    """Take a sound table over: it holds from now on, and the one before is kept.

    Args:
        connection: Whose register it is.
        values: Rows as `COLUMNS` of the register declare them.
        as_of: The day on which it was true.
        batch: The import it came by, if it came by one.
    """
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        delivery = Delivery.objects.create(
            connection=connection,
            batch=batch,
            as_of=as_of,
            rows=len(values),
            quality=quality_of(values),
            sha256=fingerprint(values),
        )
        for start in range(0, len(values), AT_A_TIME):
            part = values[start : start + AT_A_TIME]
            Record.objects.bulk_create(
                record_of(delivery, start + place, facts_of(value))
                for place, value in enumerate(part, start=1)
            )
        old = connection.deliveries.standing()[KEPT:]
        Record.objects.filter(delivery__in=[row.pk for row in old]).delete()
        _tell(connection)
    return delivery


def take_back(delivery: Delivery) -> None:
    """Remove the rows of a delivery; the one before holds again.

    Raises:
        CannotUndo: If it is not the newest.
    """
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=delivery.connection_id)
        if delivery.connection.deliveries.standing().first() != delivery:
            raise CannotUndo(gettext("A newer table is here; take that back first."))
        delivery.undone_at = timezone.now()
        delivery.save()
        delivery.records.all().delete()
        _tell(delivery.connection)


def _tell(connection: Connection) -> None:
    news = {"register": Register(connection.register), "path": connection.path}
    transaction.on_commit(lambda: delivery_loaded.send(Connection, **news))


def facts_of(value: Mapping[str, Any]) -> dict[str, str]:
    """A row as text; what is blank is left out."""
    return {name: str(known) for name, known in value.items() if known is not None}


def fingerprint(values: Values) -> str:
    """The same for the same rows, whatever kind of file they came in."""
    return sha256(canonical_json([facts_of(value) for value in values])).hexdigest()


def quality_of(values: Values) -> dict[str, int]:
    """How many rows have which weakness; shown beside the connection."""
    numbers = read_numbers([value["resident_id"] or "" for value in values])
    states = Counter(NumberState(state).name.lower() for state in numbers.state.tolist())
    born = sum(value.get("born_on") is None for value in values)
    keys = Counter(key for key in numbers.key.tolist() if key >= 0)
    return {
        **{f"number_{state}": count for state, count in states.items()},
        "without_birthday": born,
        "number_more_than_once": sum(count for count in keys.values() if count > 1),
    }


def _faults(connection: Connection, values: Values, rows: Table, target: Target) -> Iterable[Fault]:
    wrong = list(_wrong_day(connection, rows, target))
    yield from wrong or _twice(connection, values, rows, target)
    if not any(value["resident_id"] or value.get("born_on") for value in values):
        yield fault(
            rows.name,
            None,
            "",
            _("No row has an identity number or a day of birth."),
            _("Names alone say nothing: ask the department for one of the two columns."),
        )


def _wrong_day(connection: Connection, rows: Table, target: Target) -> Iterable[Fault]:
    try:
        as_of = date.fromisoformat(target.get("as_of", ""))
    except ValueError:
        yield fault(rows.name, None, "", _("The day on which the table was true is not given."))
        return
    if as_of > timezone.localdate():
        yield fault(rows.name, None, "", _("The day on which the table was true is yet to come."))
    newest = connection.deliveries.standing().first()
    if newest is not None and newest.as_of > as_of:
        yield fault(
            rows.name,
            None,
            "",
            _("A table of %(newest)s is here already, and this one is of %(as_of)s."),
            _("Give the right day, or take the newer table back first."),
            newest=newest.as_of,
            as_of=as_of,
        )


def _twice(connection: Connection, values: Values, rows: Table, target: Target) -> Iterable[Fault]:
    same = connection.deliveries.standing().filter(
        as_of=target["as_of"], sha256=fingerprint(values)
    )
    if same.exists():
        yield fault(
            rows.name,
            None,
            "",
            _("This very table of %(as_of)s was delivered already."),
            _("Nothing needs to be done; or give the day on which this one was true."),
            as_of=target.get("as_of"),
        )
