"""What waits for a second person: the list, the page with both buttons, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.commons import approvals
from junheng.commons.filters import ListFilters
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable
from junheng.commons.web.lists import ListPage

TONES = {"pending": "warning", "agreed": "success", "declined": "danger", "withdrawn": "plain"}
WHY_MAX = 500


class ApprovalTable(ListTable):
    """Steps, those asked for last on top."""

    title = tables.Column(linkify=True)
    state = BadgeColumn(tones=TONES)

    class Meta:
        model = Approval
        fields = ("title", "state", "asked_by", "asked_at", "decided_by", "decided_at")


class ApprovalFilters(ListFilters):
    """By state."""

    state = django_filters.ChoiceFilter(choices=Approval.State.choices, label=gettext_lazy("State"))


class ApprovalList(LoginRequiredMixin, ListPage):
    """Steps that somebody has to do with."""

    table = ApprovalTable
    filters = ApprovalFilters
    title = gettext_lazy("Steps for two")
    empty = gettext_lazy("No step waits for a second person.")
    can_export: ClassVar[bool] = False

    def rows(self) -> QuerySet[Approval]:
        if not approvals.takes_part(self.request.user):
            raise Http404
        return approvals.visible_to(self.request.user).order_by("-asked_at")


@require_safe
@login_required
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Who asks for what, what one should know, and the two answers."""
    return _page(request, _visible(request, approval_id))


def _page(request: HttpRequest, shown: Approval, status: int = 200) -> HttpResponse:
    pending = shown.state == Approval.State.PENDING
    context = {
        "approval": shown,
        "facts": list(approvals.step_of(shown.kind).facts(shown)),
        "tone": TONES[shown.state],
        "may_agree": approvals.may_agree(request.user, shown),
        "own": shown.asked_by_id == request.user.pk,
        "pending": pending,
        "why_max": WHY_MAX,
    }
    return TemplateResponse(request, "commons/approval.html", context, status=status).render()


def _answering(act: Callable[[HttpRequest, Approval], str]) -> Any:
    """A view that answers and says so, or says why it could not."""

    @require_POST
    @login_required
    def view(request: HttpRequest, approval_id: UUID) -> HttpResponse:
        shown = _visible(request, approval_id)
        try:
            messages.success(request, act(request, shown))
        except Refusal as no:
            messages.error(request, str(no))
            return HttpResponseRedirect(shown.get_absolute_url())
        return HttpResponseRedirect(shown.url or shown.get_absolute_url())

    return view


def _agree(request: HttpRequest, shown: Approval) -> str:
    approvals.agree(shown, request.user)  # type: ignore[arg-type]  # login_required
    return _("You agreed, and it is done: %s.") % shown.title


def _decline(request: HttpRequest, shown: Approval) -> str:
    why = request.POST.get("why", "").strip()[:WHY_MAX]
    if not why:
        raise Refusal(_("Please say why, so that the person who asked knows what to do."))
    approvals.decline(shown, request.user, why)  # type: ignore[arg-type]  # login_required
    return _("You declined: %s.") % shown.title


def _withdraw(request: HttpRequest, shown: Approval) -> str:
    approvals.withdraw(shown, request.user)  # type: ignore[arg-type]  # login_required
    return _("You took it back: %s.") % shown.title


agree, decline, withdraw = _answering(_agree), _answering(_decline), _answering(_withdraw)


def _visible(request: HttpRequest, approval_id: UUID) -> Approval:
    found: Approval = get_object_or_404(approvals.visible_to(request.user), pk=approval_id)
    return found
