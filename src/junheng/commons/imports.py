"""Tables that come in: received, looked through, taken over, undone; one mechanism for all rooms.

A room writes an `Importer` and registers it in `AppConfig.ready()`; the pages, the template, the
workbook of mistakes, the limits and the log come from here. Nothing is written before every row
is sound, all of a batch is taken over in one transaction, and undoing it is one transaction too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.commons import import_files, import_reports
from junheng.commons.history import reason
from junheng.commons.import_files import ImportFiles
from junheng.commons.jobs import Progress, job
from junheng.commons.models import ImportBatch
from junheng.commons.refusals import Refusal
from junheng.commons.regular import regular
from junheng.commons.sealing import steady_keys
from junheng.commons.sheets import (
    Column,
    Table,
    Values,
    check_rows,
    error_workbook,
    read_table_file,
    template_workbook,
    unread,
)
from junheng.kernel.faults import Fault, Refused, fault, gettext_noop

State = ImportBatch.State
Target = Mapping[str, str]
SMALL_BYTES = 300_000
"""Files up to here are read and taken over while the officer waits: about a second."""


class NotNow(Refusal):
    """The batch is not in the state that this step needs."""


class CannotUndo(Refusal):
    """Something was built on what the batch brought; the importer says what."""


class Importer(ABC):
    """What a room knows of one kind of import.

    Attributes:
        kind: Unique name, "room.things".
        title: What is imported, on the screen.
        columns: What the file must and may have.
        target_keys: Query arguments that say where the rows go, such as "round".
        accept: Endings of the files that it takes, as a browser wants them.
        has_template: Whether there is an empty table to fill in.
        most_rows: How many rows are taken in one go.
    """

    kind: ClassVar[str]
    title: ClassVar[str | Promise]
    columns: ClassVar[Sequence[Column]]
    target_keys: ClassVar[tuple[str, ...]] = ()
    accept: ClassVar[str] = ".xlsx,.csv"
    has_template: ClassVar[bool] = True
    most_rows: ClassVar[int] = 200_000

    def read(self, data: bytes, name: str) -> Table:
        """The rows of a file: its first table.

        Raises:
            Refused: If it cannot be read, with every reason found.
        """
        return next(iter(read_table_file(data, name=name).values()))

    def columns_for(self, rows: Table) -> Sequence[Column]:
        """The columns by which this table is read, where files come in several versions."""
        return self.columns

    def rows_of(self, table: Table) -> tuple[Values, list[Fault]]:
        """Every row as it is declared, or what is wrong with it."""
        if len(table) > self.most_rows:
            return [], [_too_many(table, self.most_rows)]
        values, faults = check_rows(self.columns_for(table), table)
        return values, faults

    @abstractmethod
    def may(self, user: Any, target: Target) -> bool:
        """Whether somebody may import there, and see and undo what was imported there."""

    def path(self, target: Target) -> str:
        """Place or organisation that the batch belongs to, "" for none."""
        return ""

    def where(self, target: Target) -> str:
        """Where the rows go, in words for the page."""
        return ""

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        """What is wrong with sound rows together, or with what is there already."""
        return []

    def wait(self) -> None:  # noqa: B027  # most importers have nothing to lock
        """Lock what must not change between the last `check` and `apply`; in a transaction."""

    @abstractmethod
    def apply(self, values: Values, batch: ImportBatch) -> None:
        """Write the rows; inside a transaction. Keep the batch with what it made."""

    @abstractmethod
    def undo(self, batch: ImportBatch) -> None:
        """Take back what `apply` wrote; inside a transaction.

        Raises:
            CannotUndo: If something else needs it meanwhile.
        """

    def unread(self, rows: Table) -> list[str]:
        """Headers that nobody asked for, to be shown before anything is taken over."""
        return unread(self.columns_for(rows), rows)

    def template(self) -> bytes:
        return template_workbook(self.columns)


_IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Offer a kind of import; call it from `AppConfig.ready()`."""
    _IMPORTERS[importer.kind] = importer


def importer_of(kind: str) -> Importer | None:
    return _IMPORTERS.get(kind)


def files() -> ImportFiles:
    """Where the files lie that came in, with what was found in them: sealed."""
    return import_files.files()


def receive(
    importer: Importer, data: bytes, *, name: str, target: Target, by: AbstractBaseUser
) -> ImportBatch:
    """Keep a file that somebody brought and look through it, at once or in a job.

    Raises:
        DiskFull, StorageFails: Nothing was kept.
    """
    blob = files().put(data)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=importer.kind,
            path=importer.path(target),
            target=dict(target),
            file_name=name[:200],
            sha256=blob.sha256,
            by_id=by.pk,
        )
        if blob.bytes > SMALL_BYTES:
            _later(look_through_later, batch, by, _("Look through %s"))
    if blob.bytes <= SMALL_BYTES:
        look_through(batch)
    return batch


def look_through(batch: ImportBatch) -> list[Fault]:
    """Read and check every row, and keep a report for the page; nothing is taken over."""
    importer = _known(batch)
    rows: Table | None = None
    try:
        rows = _read(batch)
        values, faults = importer.rows_of(rows)
        if not faults:
            with steady_keys():
                faults = importer.check(values, rows, batch.target)
    except Refused as refused:
        faults = refused.faults
    if rows is not None and not faults:
        _keep_table(batch, rows)
    with transaction.atomic():
        fresh = _locked(batch, State.RECEIVED, State.PREVIEWED)
        fresh.report_sha256 = import_reports.keep(rows, faults, importer.unread).sha256
        fresh.errors_sha256 = ""
        if faults and rows is not None:
            fresh.errors_sha256 = (
                files().put(error_workbook(importer.columns_for(rows), rows, faults)).sha256
            )
        fresh.rows, fresh.faults = len(rows) if rows is not None else 0, len(faults)
        fresh.state = State.REFUSED if faults else State.PREVIEWED
        fresh.save()
    batch.refresh_from_db()
    return faults


def take_over(batch: ImportBatch, by: AbstractBaseUser) -> None:
    """Write the rows of a batch that was looked through, at once or in a job."""
    if files().size(batch.sha256) <= SMALL_BYTES:
        write(batch)
        return
    with transaction.atomic():
        fresh = _locked(batch, State.PREVIEWED)
        _later(write_later, fresh, by, _("Take over %s"))
    batch.refresh_from_db()


def write(batch: ImportBatch) -> None:
    """Write all rows in one transaction, checked again: the world may have changed since.

    Raises:
        NotNow: If the batch was not looked through, or has been written already.
        Refused: If it is no longer sound; the batch then says so, and nothing was written.
    """
    importer = _known(batch)
    with transaction.atomic(), reason(_("Import of %s") % batch.file_name), steady_keys():
        fresh = _locked(batch, State.PREVIEWED)
        importer.wait()
        rows = _read(fresh)
        values, faults = importer.rows_of(rows)
        faults = faults or importer.check(values, rows, fresh.target)
        if not faults:
            importer.apply(values, fresh)
            fresh.state, fresh.applied_at = State.APPLIED, timezone.now()
            fresh.save()
    batch.refresh_from_db()
    files().drop_table(batch.sha256)
    if faults:
        look_through(batch)
        raise Refused(faults)


def undo(batch: ImportBatch, by: AbstractBaseUser) -> None:
    """Take back everything that a batch brought.

    Raises:
        NotNow: If it was not taken over, or undone already.
        CannotUndo: If something was built on it.
    """
    importer = _known(batch)
    with transaction.atomic(), reason(_("Import of %s undone") % batch.file_name):
        fresh = _locked(batch, State.APPLIED)
        importer.undo(fresh)
        fresh.state, fresh.undone_at, fresh.undone_by_id = State.UNDONE, timezone.now(), by.pk
        fresh.save()
    batch.refresh_from_db()


@job("commons.look_through", title=gettext_lazy("Look through a file"))
def look_through_later(progress: Progress, *, batch: str) -> str:
    """Look through a large file."""
    progress.step(0, 0, _("Reading and checking every row"))
    the_batch = ImportBatch.objects.get(pk=UUID(batch))
    if the_batch.state == State.RECEIVED:
        look_through(the_batch)
    return the_batch.get_absolute_url()


@job("commons.take_over", title=gettext_lazy("Take over a file"))
def write_later(progress: Progress, *, batch: str) -> str:
    """Take over a large file."""
    progress.step(0, 0, _("Writing all rows"))
    the_batch = ImportBatch.objects.get(pk=UUID(batch))
    if the_batch.state == State.PREVIEWED:
        write(the_batch)
    return the_batch.get_absolute_url()


@regular("commons.import_files", cron="20 18 * * *")
def look_after_files() -> None:
    """Seal what an earlier version left open, and remove what waited too long."""
    files().seal_plain()
    files().drop_tables()


def _later(work: Any, batch: ImportBatch, by: AbstractBaseUser, title: str) -> None:
    batch.job = work.later(
        by=by,
        path=batch.path,
        title=title % batch.file_name,
        url=batch.get_absolute_url(),
        batch=str(batch.pk),
    )
    batch.save()


def _read(batch: ImportBatch) -> Table:
    """What was read out of the file already, or else the file."""
    importer = _known(batch)
    known = files().table(batch.sha256, _reading(batch))
    return known or importer.read(files().get(batch.sha256), batch.file_name)


def _keep_table(batch: ImportBatch, rows: Table) -> None:
    """For a large file, which takes longer to be read than to be judged."""
    if files().size(batch.sha256) > SMALL_BYTES:
        files().keep_table(batch.sha256, _reading(batch), rows)


def _reading(batch: ImportBatch) -> str:
    """Who reads, and what the file is called in what is said about it."""
    return f"{batch.kind} {batch.file_name}"


def _known(batch: ImportBatch) -> Importer:
    importer = importer_of(batch.kind)
    if importer is None:
        raise NotNow(_("This version of Junheng does not know this kind of import."))
    return importer


def _locked(batch: ImportBatch, *states: str) -> ImportBatch:
    fresh = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if fresh.state not in states:
        raise NotNow(
            _("The file “%(name)s” cannot be changed any more: %(state)s.")
            % {"name": fresh.file_name, "state": fresh.get_state_display()}
        )
    return fresh


def _too_many(table: Table, most: int) -> Fault:
    return fault(
        table.name,
        None,
        "",
        gettext_noop("The table has %(rows)s rows; at most %(most)s are taken in one go."),
        gettext_noop("Send it in parts."),
        rows=len(table),
        most=most,
    )
