"""Payment batches: the list, one batch with its lines, and the steps that three people take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import (
    Role,
    StaffMixin,
    StaffRequest,
    User,
    scope_q,
)
from junheng.aid.access import SEES_PAYMENTS, in_charge, may_approve, may_keep, may_pay
from junheng.aid.files.bank import layout, layouts
from junheng.aid.models import AidTerm, PaymentBatch, PaymentLine
from junheng.aid.selectors.batches import batches_of, lines_of, standing_of
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.selectors.policies import titles_of
from junheng.aid.selectors.terms import terms_of
from junheng.aid.services import answers
from junheng.aid.web.filters import policy_filter
from junheng.aid.web.money import YuanColumn, yuan
from junheng.aid.web.payment_forms import DraftForm, SendBackForm
from junheng.aid.web.payment_words import (
    ACCOUNTS,
    BECAME,
    BECAME_TONES,
    STATE_TONES,
    STEP_OF,
    STEPS,
)
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.masks import mask_name, mask_number
from junheng.commons.tables import (
    BadgeColumn,
    DateColumn,
    ListTable,
    MaskedColumn,
    MomentColumn,
    NumberColumn,
)
from junheng.commons.web.lists import ListPage, Rows

State = PaymentBatch.State
LINE = "text-decoration-underline"
"""Of links within words: told apart by more than their colour."""


class BatchTable(ListTable):
    """Batches, the newest first."""

    number = tables.Column(gettext_lazy("Batch number"))
    period = tables.Column(pgettext_lazy("payment", "Period"))
    source = tables.Column(gettext_lazy("Source of funds"))
    count = NumberColumn(verbose_name=pgettext_lazy("payment", "Lines"))
    fen = YuanColumn(verbose_name=pgettext_lazy("amount", "Yuan"))
    state = BadgeColumn(
        tones=STATE_TONES, labels=dict(State.choices), verbose_name=gettext_lazy("State")
    )
    made_by = tables.Column(gettext_lazy("Drafted by"), accessor="made_by__name")
    made_at = MomentColumn(verbose_name=gettext_lazy("Drafted at"))

    def render_number(self, record: PaymentBatch) -> str:
        url = reverse("aid:batch", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def value_number(self, record: PaymentBatch) -> str:
        return record.number

    def render_source(self, record: PaymentBatch) -> str:
        return record.get_source_display()

    def render_period(self, record: PaymentBatch) -> str:
        return record.term


class BatchFilters(ListFilters):
    """Search a number, narrow by state."""

    q = SearchFilter(field_name="number", label=gettext_lazy("Search a batch number"))
    state = django_filters.ChoiceFilter(choices=State.choices, label=gettext_lazy("State"))


class BatchList(StaffMixin, ListPage):
    """The batches of one's county."""

    roles = SEES_PAYMENTS
    table = BatchTable
    filters = BatchFilters
    title = gettext_lazy("Payment batches")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("A batch is drafted from what is due.")
    template_name: ClassVar[str] = "aid/batches.html"
    request: StaffRequest

    def rows(self) -> Rows:
        return batches_of(self.request.user)

    def context(self) -> dict[str, Any]:
        kept = terms_kept(self.request.user)
        return {
            "tab": "batches",
            "form": DraftForm(terms=kept) if kept.exists() else None,
            "keeps": [place.code for place in counties_kept(self.request.user)],
        }


class LineTable(ListTable):
    """Lines of a batch; names and account numbers in masks."""

    titles: Mapping[str, str] = {}

    number = NumberColumn(verbose_name=pgettext_lazy("payment", "No."))
    name = MaskedColumn(mask=mask_name, verbose_name=pgettext_lazy("person", "Name"))
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    policy = tables.Column(gettext_lazy("Policy"))
    for_day = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("For"))
    fen = YuanColumn(verbose_name=pgettext_lazy("amount", "Yuan"))
    account_kind = tables.Column(gettext_lazy("Paid into"))
    account = MaskedColumn(mask=mask_number, verbose_name=gettext_lazy("Account number"))
    became = BadgeColumn(
        tones=BECAME_TONES, labels=BECAME, verbose_name=gettext_lazy("What became of it")
    )
    why = tables.Column(gettext_lazy("The bank says"), accessor="outcome__code", default="")

    def __init__(self, *args: Any, titles: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = titles or {}

    def render_policy(self, value: str, record: PaymentLine) -> str:
        title = self.titles.get(value, value)
        return _("%s (supplement)") % title if record.supplements else title

    value_policy = render_policy

    def render_account_kind(self, record: PaymentLine) -> str:
        return record.get_account_kind_display()

    def render_why(self, record: Any) -> str:
        code = layout(record.outcome.answer.layout).code_of(record.outcome.code)
        words = code.title if code else record.outcome.code
        again = getattr(record, "followed_by", None)
        if again is not None:
            url = reverse("aid:batch", args=[again.batch_id])
            told = _("paid again in %s") % again.batch.number
            return format_html('{} · <a class="{}" href="{}">{}</a>', words, LINE, url, told)
        if record.became in ("returned", "partly"):
            url = reverse("aid:pay_account", args=[record.pk])
            told = _("another account")
            return format_html('{} · <a class="{}" href="{}">{}</a>', words, LINE, url, told)
        return words

    def value_why(self, record: Any) -> str:
        return str(record.outcome.code)


class LineFilters(ListFilters):
    """Narrow by what became of lines, and by policy."""

    became = django_filters.ChoiceFilter(
        choices=list(BECAME.items()), label=gettext_lazy("What became of it")
    )
    policy = policy_filter()


class BatchPage(StaffMixin, ListPage):
    """One batch: how it stands, the next step, and its lines."""

    roles = SEES_PAYMENTS
    table = LineTable
    filters = LineFilters
    title = gettext_lazy("Payment lines")
    pretitle = gettext_lazy("Payment batches")
    template_name: ClassVar[str] = "aid/batch.html"
    query_budget = 16
    request: StaffRequest
    batch: PaymentBatch

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.batch = visible(request, kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.batch = visible(request, kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def rows(self) -> Rows:
        self.request.policy_titles = self.titles  # type: ignore[attr-defined]  # for the filter
        return lines_of(self.batch)

    def table_options(self) -> dict[str, Any]:
        return {"titles": self.titles}

    @cached_property
    def titles(self) -> dict[str, str]:
        """What policies are called; plainly for whoever is not in charge."""
        path = self.batch.path
        return titles_of(path, plain=not in_charge(self.request.user, path))

    def context(self) -> dict[str, Any]:
        batch, stands = self.batch, standing_of(self.batch)
        ledger = [(ACCOUNTS[key], yuan(abs(fen))) for key, fen in _shown(stands.accounts)]
        return {
            "batch": batch,
            "tone": STATE_TONES[State(batch.state)],
            "steps": STEPS,
            "step": STEP_OF[State(batch.state)],
            "stands": stands,
            "fen": yuan(stands.fen),
            "policies": [
                (self.titles.get(code, code), n, yuan(fen)) for code, n, fen in stands.policies
            ],
            "ledger": ledger,
            "file": getattr(batch, "file", None),
            "may": _may(self.request, batch, stands.returned),
            "send_back": SendBackForm(),
            "layouts": layouts(),
            "answer_url": _answer_url(batch),
        }


def terms_kept(user: User) -> QuerySet[AidTerm]:
    """The terms of which somebody drafts batches."""
    return terms_of(user).filter(scope_q(user, "place__path", {Role.AID_OFFICER}), closed_at=None)


def _shown(accounts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(key, accounts[key]) for key in ACCOUNTS]


def _answer_url(batch: PaymentBatch) -> str:
    return f"{reverse('commons:import_start', args=[answers.KIND])}?batch={batch.pk}"


def _may(request: StaffRequest, batch: PaymentBatch, returned: int) -> dict[str, bool]:
    """Which buttons somebody sees; the services ask again."""
    user, path = request.user, batch.path
    another = user.pk not in (batch.made_by_id, batch.checked_by_id)
    pays = may_pay(user, path) and another
    closed = batch.state == State.PARTLY_RETURNED
    return {
        "check": batch.state == State.DRAFT and another and may_approve(user, path),
        "give_up": batch.state == State.DRAFT and may_keep(user, path),
        "send_back": batch.state == State.CHECKED and may_approve(user, path),
        "pay_out": batch.state == State.CHECKED and pays,
        "answer": batch.state == State.PAID_OUT and pays,
        "file": batch.state not in (State.DRAFT, State.CHECKED) and may_pay(user, path),
        "notice": bool(batch.closed_at) and may_keep(user, path),
        "follow": closed and bool(returned) and may_keep(user, path),
    }


def visible(request: StaffRequest, pk: UUID) -> PaymentBatch:
    """A batch that somebody may see, or 404."""
    found: PaymentBatch = get_object_or_404(batches_of(request.user), pk=pk)
    return found
