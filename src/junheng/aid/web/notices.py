"""Public notices: for everybody while they are posted, and as proof for those in charge."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import (
    StaffMixin,
    StaffRequest,
    address_of,
    family_required,
    note_read,
    phone_of,
    staff_required,
)
from junheng.aid.access import SEES_PAYMENTS, may_keep
from junheng.aid.models import NoticeObjection, PublicNotice
from junheng.aid.selectors.notices import notices_of, objections_of, posted_on
from junheng.aid.services import notice_objections, notices
from junheng.aid.services.notice_objections import is_posted
from junheng.aid.web.batch_steps import step
from junheng.aid.web.money import YuanColumn, yuan
from junheng.commons.furniture import bureau_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import DateColumn, ListTable, MomentColumn, NumberColumn
from junheng.commons.web.lists import ListPage, Rows

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive"}
STATE_TONES = {"open": "info", "upheld": "success", "rejected": "plain"}


class ObjectForm(forms.Form):
    """What is wrong with a notice."""

    words = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Only the bureau reads it. Name nobody's troubles but your own."),
    )


class CounterForm(ObjectForm):
    """The same, typed in at the counter."""

    contact = forms.CharField(
        label=gettext_lazy("How to reach whoever objects"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    """The answer to an objection."""

    upheld = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("", gettext_lazy("not upheld: the notice is right")),
            ("1", gettext_lazy("upheld: something is put right")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response[name] = value
    return response


def _page_of(notice: PublicNotice) -> str:
    """The page as it was posted; it was made by our own template, from masked values."""
    chinese = (get_language() or "").startswith("zh")
    return mark_safe(notice.page_zh if chinese else notice.page_en)  # noqa: S308 -- made by us


# ------------------------------------------------------------------------ for everybody


@require_safe
def posted(request: HttpRequest) -> HttpResponse:
    """The notices of today."""
    rows = [(row, yuan(row.fen)) for row in posted_on(timezone.localdate())]
    return _private(render(request, "aid/notices.html", {"rows": rows}))


@require_safe
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One notice while it is posted; afterwards a sentence that it is over."""
    row = get_object_or_404(PublicNotice, pk=pk)
    if row.from_on > timezone.localdate():
        raise Http404
    if not is_posted(row):
        return _private(render(request, "aid/notice_over.html", {"notice": row}, status=410))
    context = {"notice": row, "page": _page_of(row), "bureau": bureau_name()}
    return _private(render(request, "aid/notice.html", context))


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def object_to(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A family objects, by its telephone."""
    row = get_object_or_404(PublicNotice.objects.select_related("organisation", "batch"), pk=pk)
    if not is_posted(row):
        raise Http404
    form = ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = notice_objections.raise_objection(
                row, form.cleaned_data["words"], by=request.user, contact=phone_of(request.user)
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("aid:my_objection", made.number)
    context = {"form": form, "notice": row}
    return _private(render(request, "aid/object.html", context, status=422 if form.errors else 200))


@require_safe
@family_required
def my_objection(request: StaffRequest, number: str) -> HttpResponse:
    """What became of one's own objection."""
    mine = NoticeObjection.objects.filter(raised_by=request.user, at_counter=False)
    row = get_object_or_404(mine.select_related("notice__organisation"), number=number)
    context = {"objection": row, "tone": STATE_TONES[row.state]}
    return _private(render(request, "aid/my_objection.html", context))


# ---------------------------------------------------------------------- for those in charge


class NoticeTable(ListTable):
    """Notices, the newest first."""

    school = tables.Column(gettext_lazy("School"), accessor="organisation__name", empty_values=())
    batch = tables.Column(gettext_lazy("Batch number"), accessor="batch__number")
    heads = NumberColumn(verbose_name=gettext_lazy("Heads"))
    fen = YuanColumn(verbose_name=pgettext_lazy("amount", "Yuan"))
    from_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Posted from"))
    until_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("until"))
    raised = NumberColumn(verbose_name=gettext_lazy("Objections"))
    open = NumberColumn(verbose_name=pgettext_lazy("objections", "Open"))
    posted_at = MomentColumn(verbose_name=gettext_lazy("Posted at"))

    def render_school(self, record: Any) -> str:
        url = reverse("aid:notice_proof", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, self.value_school(record))

    def value_school(self, record: Any) -> str:
        place: str = record.batch.place.name
        return record.organisation.name if record.organisation else place


class NoticeList(StaffMixin, ListPage):
    """The notices of one's county."""

    roles = SEES_PAYMENTS
    table = NoticeTable
    title = gettext_lazy("Notices of aid")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("A notice is posted from a batch that the bank has answered.")
    template_name: ClassVar[str] = "aid/notice_list.html"
    request: StaffRequest

    def rows(self) -> Rows:
        return notices_of(self.request.user)

    def context(self) -> dict[str, Any]:
        return {"tab": "notices"}


@step(may=may_keep)
def post_notice(request: StaffRequest, batch: Any) -> str:
    """Post what a batch paid."""
    count = notices.post(batch.pk, by=request.user)
    return _("%s notices are posted, one for each school.") % count


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*SEES_PAYMENTS)
def proof(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The page as it was posted, its fingerprint computed again, and what was objected."""
    row = get_object_or_404(notices_of(request.user), pk=pk)
    keeps = may_keep(request.user, row.path)
    form = CounterForm(request.POST or None)
    if request.method == "POST":
        if not (keeps and is_posted(row)):
            raise Http404
        if form.is_valid():
            made = notice_objections.raise_objection(
                row, by=request.user, at_counter=True, **form.cleaned_data
            )
            messages.success(request, _("Objection %s is taken in.") % made.number)
            return redirect("aid:notice_proof", pk)
    computed = notices.fingerprint(row.page_zh, row.page_en) if row.page_zh else ""
    context = {
        "notice": row,
        "page": _page_of(row),
        "agrees": computed == row.sha256 if computed else None,
        "posted": is_posted(row),
        "keeps": keeps,
        "form": form if keeps and is_posted(row) else None,
        "objections": objections_of(request.user).filter(notice=row).order_by("raised_at"),
    }
    status = 422 if form.errors else 200
    return _private(render(request, "aid/notice_proof.html", context, status=status))


@require_POST
@staff_required(*SEES_PAYMENTS)
def take_down(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a notice down, with a reason."""
    row = get_object_or_404(notices_of(request.user), pk=pk)
    if not may_keep(request.user, row.path):
        raise Http404
    try:
        notices.take_down(pk, request.POST.get("why", "")[:200], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is taken down. The proof stays."))
    return redirect("aid:notice_proof", pk)


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*SEES_PAYMENTS)
def objection(request: StaffRequest, number: str) -> HttpResponse:
    """One objection for those in charge: what is said, and the answer; every look is noted."""
    row = get_object_or_404(objections_of(request.user), number=number)
    if not may_keep(request.user, row.notice.path):
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            notice_objections.answer(
                row.pk, given["words"], upheld=given["upheld"] == "1", by=request.user
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The answer is kept."))
        return redirect("aid:notice_objection", number)
    why = _("Answering the objection")
    note_read(request.user, row, ["words", "contact"], why, address=address_of(request))
    context = {"objection": row, "tone": STATE_TONES[row.state], "form": form}
    status = 422 if form.errors else 200
    return _private(render(request, "aid/notice_objection.html", context, status=status))
