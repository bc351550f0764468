"""For auditors: who signed in, who was shown what, who changed what."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.access.administration import AUDIENCE_OF_LOGS
from junheng.accounts.access.gates import StaffMixin, StaffRequest, staff_required
from junheng.accounts.access.tracking import Tracked, tracked_kinds
from junheng.accounts.selectors import attempts_for, changes_for, readings_for, sign_ins_for
from junheng.accounts.web.filters import (
    AttemptFilters,
    ChangeFilters,
    ReadingFilters,
    SignInFilters,
)
from junheng.accounts.web.tables import AttemptTable, ChangeTable, ReadingTable, SignInTable
from junheng.commons.history import Change, HistoryRow, history_of
from junheng.commons.sealing import SealedTextField
from junheng.commons.web.lists import ListPage, Rows


class SignInList(StaffMixin, ListPage):
    """Sign-ins of people in the auditor's part, and tries with names that are no account's."""

    roles = AUDIENCE_OF_LOGS
    table = SignInTable
    filters = SignInFilters
    title = gettext_lazy("Sign-ins")
    pretitle = gettext_lazy("Audit")
    empty = gettext_lazy("Nobody signed in yet")

    def rows(self) -> Rows:
        return sign_ins_for(self.request.user)


class AttemptList(StaffMixin, ListPage):
    """What the rules refused: who tried what, and what they were told."""

    roles = AUDIENCE_OF_LOGS
    table = AttemptTable
    filters = AttemptFilters
    title = gettext_lazy("Refused attempts")
    pretitle = gettext_lazy("Audit")
    empty = gettext_lazy("Nothing was refused yet")

    def rows(self) -> Rows:
        return attempts_for(self.request.user).order_by("-at", "-pk")


class ReadingList(StaffMixin, ListPage):
    """What people in the auditor's part were shown in the clear."""

    roles = AUDIENCE_OF_LOGS
    table = ReadingTable
    filters = ReadingFilters
    title = gettext_lazy("Readings of masked values")
    pretitle = gettext_lazy("Audit")
    empty = gettext_lazy("Nothing masked was shown yet")

    def rows(self) -> Rows:
        return readings_for(self.request.user)


class ChangeList(StaffMixin, ListPage):
    """The history of one kind of rows in the auditor's part."""

    roles = AUDIENCE_OF_LOGS
    table = ChangeTable
    filters = ChangeFilters
    title = gettext_lazy("Changes")
    pretitle = gettext_lazy("Audit")
    empty = gettext_lazy("Nothing of this kind has changed yet")
    tie_break = "pgh_id"

    @cached_property
    def tracked(self) -> Tracked:
        """The history that was chosen, the first one where none was."""
        known = tracked_kinds()
        return known.get(self.request.GET.get("kind", "")) or next(iter(known.values()))

    def rows(self) -> Rows:
        rows: Rows = changes_for(self.request.user, self.tracked)
        return rows

    def table_options(self) -> dict[str, Any]:
        return {"tracked": self.tracked}


@require_safe
@staff_required(*AUDIENCE_OF_LOGS)
def change(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """What happened to one row, field by field; private values stay out of sight."""
    tracked = tracked_kinds().get(kind)
    if tracked is None or not changes_for(request.user, tracked).filter(pgh_obj_id=pk).exists():
        raise Http404
    rows = [_without_private(row, tracked) for row in history_of(tracked.model(pk=pk))]
    context = {"rows": rows, "label": tracked.label, "kind": kind, "pk": pk}
    return render(request, "accounts/change.html", context)


def _without_private(row: HistoryRow, tracked: Tracked) -> dict[str, Any]:
    sealed = {
        field.name
        for field in tracked.model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    }
    hidden = sealed | tracked.private
    return {"row": row, "changes": [_hidden(c) if c.field in hidden else c for c in row.changes]}


def _hidden(changed: Change) -> Change:
    return Change(changed.field, changed.label, "•••", "•••")
