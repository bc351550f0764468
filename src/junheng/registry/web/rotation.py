"""Rotation between town and country: who is due, by when, and why."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.masks import mask_name
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.registry.access import READERS
from junheng.registry.engine.rotation import Turn
from junheng.registry.files.rotation_rules import rules_on
from junheng.registry.models import Setting
from junheng.registry.selectors.rotation import RotationRow, rotation_of

TURNS = {
    Turn.OWES: gettext_lazy("Has to serve in the country"),
    Turn.SERVES: gettext_lazy("Serves in the country"),
    Turn.EARLY: gettext_lazy("In town before five years"),
    Turn.WAITS: gettext_lazy("No town post yet"),
    Turn.READY: gettext_lazy("May have a town post"),
}
TONES = {
    Turn.OWES: "danger",
    Turn.SERVES: "info",
    Turn.EARLY: "danger",
    Turn.WAITS: "plain",
    Turn.READY: "success",
}


class RotationTable(ListTable):
    """People of whom the rules ask something, the earliest day first."""

    name = MaskedColumn(mask=mask_name, verbose_name=pgettext_lazy("person", "Name"))
    number = tables.Column(gettext_lazy("Staff number"))
    school = tables.Column(gettext_lazy("School"))
    setting = tables.Column(gettext_lazy("Setting"))
    recruited_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Recruited on"))
    recruited_setting = tables.Column(gettext_lazy("Recruited for"))
    turn = BadgeColumn(tones=TONES, labels=TURNS, verbose_name=gettext_lazy("Where they stand"))
    why = tables.Column(gettext_lazy("In the country so far"), accessor="duty")
    due_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("By when"))

    def render_number(self, record: RotationRow) -> str:
        url = reverse("registry:staff_member", args=[record.person.ref])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def value_number(self, record: RotationRow) -> str:
        return record.number

    def render_setting(self, value: str) -> str:
        return str(Setting(value).label)

    def render_recruited_setting(self, value: str) -> str:
        return str(Setting(value).label)

    def render_why(self, record: RotationRow) -> str:
        served, owed = record.duty.served_days, record.duty.owed_days
        if not owed:
            return ngettext("%(n)d day", "%(n)d days", served) % {"n": served}
        words = ngettext("%(n)d day, %(owed)d missing", "%(n)d days, %(owed)d missing", served)
        return words % {"n": served, "owed": owed}


class RotationList(StaffMixin, ListPage):
    """Everybody of whom the rules ask something, or those of one kind."""

    roles = READERS
    table = RotationTable
    title = gettext_lazy("Rotation")
    pretitle = pgettext_lazy("school", "Staff")
    empty = gettext_lazy("The rules ask nothing of anybody here.")
    template_name: ClassVar[str] = "registry/rotation.html"
    request: StaffRequest

    def everybody(self) -> list[RotationRow]:
        if not hasattr(self, "_everybody"):
            today = timezone.localdate()
            self._everybody = rotation_of(self.request.user, on=today, rules=rules_on(today))
        return self._everybody

    def rows(self) -> Rows:
        wanted = self.request.GET.get("turn", "")
        return [row for row in self.everybody() if not wanted or row.turn == wanted]

    def context(self) -> dict[str, Any]:
        counted = Counter(row.turn for row in self.everybody())
        return {
            "rules": rules_on(timezone.localdate()),
            "turns": [
                (turn.value, str(words), counted[turn], TONES[turn])
                for turn, words in TURNS.items()
            ],
            "chosen": self.request.GET.get("turn", ""),
        }
