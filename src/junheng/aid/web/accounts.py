"""Accounts for payments: the list, what waits for a second person, and one beside the former."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.aid.access import SEES_PAYMENTS, may_approve
from junheng.aid.models import PayAccount
from junheng.aid.models.accounts import PAST, REFUSED, STANDING, WAITING, PayAccountQuerySet
from junheng.aid.selectors import accounts
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.selectors.subjects import names_of
from junheng.aid.services import account_approvals
from junheng.aid.web.filters import ChosenFilter
from junheng.aid.web.payment_forms import SendBackForm
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_id, mask_name, mask_number
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MaskedColumn, MomentColumn
from junheng.commons.web.lists import ListPage, Rows

STATES = {
    WAITING: pgettext_lazy("pay account", "waits for a second person"),
    STANDING: pgettext_lazy("pay account", "counts"),
    REFUSED: pgettext_lazy("pay account", "refused"),
    PAST: pgettext_lazy("pay account", "replaced"),
}
TONES = {WAITING: "warning", STANDING: "success", REFUSED: "danger", PAST: "plain"}
CHOSEN: Mapping[str, dict[str, Any]] = {
    WAITING: {"decided_at": None, "replaced_at": None},
    STANDING: {"decided_at__isnull": False, "replaced_at": None},
    REFUSED: {"refused_because__gt": ""},
    PAST: {"refused_because": "", "replaced_at__isnull": False},
}


class AccountTable(ListTable):
    """Accounts, the newest first; names and numbers in masks."""

    name = tables.Column(pgettext_lazy("account", "Whom it is for"), empty_values=())
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    kind = tables.Column(gettext_lazy("Kind of account"))
    holder = MaskedColumn(mask=mask_name, verbose_name=gettext_lazy("Holder of the account"))
    number = MaskedColumn(mask=mask_number, verbose_name=gettext_lazy("Account number"))
    state = BadgeColumn(tones=TONES, labels=STATES, verbose_name=gettext_lazy("State"))
    entered_by = tables.Column(gettext_lazy("Entered by"), accessor="entered_by__name")
    entered_at = MomentColumn(verbose_name=gettext_lazy("Entered at"))

    class Meta:
        model = PayAccount
        fields = ("name", "school", "kind", "holder", "number", "state", "entered_by", "entered_at")

    @cached_property
    def names(self) -> dict[str, str]:
        """Whom the accounts of this page are for."""
        rows = (row.record for row in self.paginated_rows)
        return names_of({row.subject for row in rows if row.subject})

    def render_name(self, record: PayAccount) -> str:
        name = self.names.get(record.subject, "") if record.subject else record.holder
        shown = mask_name(str(name)) if record.subject and name else str(name or "—")
        url = reverse("aid:account", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, shown)


class GroupFilter(ChosenFilter):
    """Accounts that one person brought with one table, and that wait."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return accounts.of_group(qs.waiting(), value) if value else qs  # type: ignore[attr-defined]  # of accounts


def _groups(request: HttpRequest) -> list[tuple[str, str]]:
    found: list[accounts.Group] = getattr(request, "account_groups", [])
    return [(one.key, f"{one.by_name} · {one.file or _('typed')}") for one in found]


class AccountFilters(ListFilters):
    """By state, and by who brought what waits."""

    state = django_filters.ChoiceFilter(
        choices=list(STATES.items()), method="by_state", label=gettext_lazy("State")
    )
    group = GroupFilter(_groups, label=gettext_lazy("Brought by"))

    def by_state(self, rows: PayAccountQuerySet, _name: str, value: str) -> PayAccountQuerySet:
        return rows.filter(**CHOSEN[value])


class AccountList(StaffMixin, ListPage):
    """The accounts of one's county, and above them what waits for a second person."""

    roles = SEES_PAYMENTS
    table = AccountTable
    filters = AccountFilters
    title = gettext_lazy("Accounts for payments")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("No account is known. Import a table of the families' cards.")
    template_name: ClassVar[str] = "aid/accounts.html"
    can_export = False
    request: StaffRequest

    def rows(self) -> Rows:
        self.request.account_groups = self.groups  # type: ignore[attr-defined]  # for the filter
        return accounts.accounts_of(self.request.user)

    @cached_property
    def groups(self) -> list[accounts.Group]:
        return accounts.groups_of(self.request.user)

    def context(self) -> dict[str, Any]:
        user = self.request.user
        approves = may_approve(user)
        return {
            "tab": "accounts",
            "keeps": [place.code for place in counties_kept(user)],
            "groups": [(one, approves and one.by != user.pk) for one in self.groups],
            "form": SendBackForm(),
        }


@require_POST
@staff_required(*SEES_PAYMENTS)
def decide_many(request: StaffRequest) -> HttpResponse:
    """Yes or no to all that one person brought with one table, as far as it was seen."""
    rows = accounts.of_group(
        PayAccount.objects.for_user(request.user), request.POST.get("group", "")
    )
    try:
        seen = datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError as error:
        raise Http404 from error
    return _decided(request, rows.filter(entered_at__lte=seen), reverse("aid:accounts"))


@require_safe
@staff_required(*SEES_PAYMENTS)
def account(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One account beside the one that counts until now."""
    row = _seen(request, pk)
    former = accounts.before(row)
    name = names_of([row.subject]).get(row.subject, "") if row.subject else ""
    waits = row.state == WAITING and may_approve(request.user, row.path)
    context = {
        "row": row,
        "name": mask_name(name) if name else str(row.organisation or "—"),
        "state": STATES[row.state],
        "tone": TONES[row.state],
        "former": former,
        "lines": list(_beside(row, former)),
        "others": accounts.others_with(row),
        "waits": row.state == WAITING,
        "form": SendBackForm() if waits and row.entered_by_id != request.user.pk else None,
    }
    return TemplateResponse(request, "aid/account.html", context)


@require_POST
@staff_required(*SEES_PAYMENTS)
def decide(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Yes or no to one account."""
    row = _seen(request, pk)
    rows = PayAccount.objects.filter(pk=row.pk)
    return _decided(request, rows, reverse("aid:account", args=[pk]))


def _seen(request: StaffRequest, pk: UUID) -> PayAccount:
    rows = accounts.accounts_of(request.user).select_related("decided_by")
    found: PayAccount = get_object_or_404(rows, pk=pk)
    return found


def _decided(request: StaffRequest, rows: PayAccountQuerySet, back: str) -> HttpResponse:
    """One call, then back to the page with what came of it."""
    if not may_approve(request.user):
        raise Http404
    try:
        if request.POST.get("what") == "approve":
            n = account_approvals.approve(rows, by=request.user)
            said = ngettext("%s account counts now.", "%s accounts count now.", n) % n
        else:
            n = account_approvals.refuse(rows, request.POST.get("words", ""), by=request.user)
            said = ngettext("%s account is refused.", "%s accounts are refused.", n) % n
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(back)


def _beside(row: PayAccount, former: PayAccount | None) -> Iterator[tuple[str, str, str, bool]]:
    """What is told of an account beside the former one, in masks, and whether it differs."""
    told, before = _told(row), _told(former) if former else []
    for place, (label, new, mask) in enumerate(told):
        old = before[place][1] if before else ""
        shown = (mask(old) if old else "—", mask(new) if new else "—")
        yield label, *shown, former is not None and new != old


def _told(row: PayAccount) -> list[tuple[str, str, Callable[[str], str]]]:
    """What is told of an account: its name, the value in the clear, and how it is masked."""
    return [
        (_("Kind of account"), row.get_kind_display(), str),
        (_("Holder of the account"), str(row.holder), mask_name),
        (_("Account number"), str(row.number), mask_number),
        (_("Holder's ID number"), str(row.holder_id or ""), mask_id),
    ]
