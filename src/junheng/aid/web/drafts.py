"""Writing a version of a policy: the draft, whom it touches meanwhile, and the second yes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import Role, StaffRequest, paths_of, staff_required
from junheng.aid.access import may_keep
from junheng.aid.engine.conditions import NotAllowed, read_condition
from junheng.aid.engine.facts import FACTS, MONEY
from junheng.aid.engine.policies import Rate
from junheng.aid.engine.shares import Share
from junheng.aid.files.condition_faults import condition_fault
from junheng.aid.models import AidPolicy, PolicyVersion
from junheng.aid.models.policies import CODE, Kind, Level
from junheng.aid.selectors.policies import as_kept, rate_from, title_of, titles_of
from junheng.aid.selectors.terms import terms_of
from junheng.aid.sentences import facts as words
from junheng.aid.services.policies import Naming, Wording, ask_approval, name_policy, write_draft
from junheng.aid.web.money import yuan
from junheng.aid.web.policies import COUNTED, seen_policy
from junheng.commons.refusals import Refusal
from junheng.commons.web.choices import choose_from
from junheng.kernel.money import Fen
from junheng.places.facade import Place

BAR = "\uff5c"
PERCENT = "\uff05"
"""The full-width bar and percent sign, which are what a Chinese keyboard gives."""


class NamingForm(forms.Form):
    """What a policy is, whatever its versions say."""

    code = forms.RegexField(
        CODE,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Lower-case letters, digits and underscores; it never changes."),
    )
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=100)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=100)
    plain_zh = forms.CharField(
        label=gettext_lazy("What others read, in Chinese"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Needed where the policy asks of households: it tells no reason."),
    )
    plain_en = forms.CharField(
        label=gettext_lazy("What others read, in English"), max_length=100, required=False
    )
    level = forms.ChoiceField(label=pgettext_lazy("policy", "Level"), choices=Level.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    funds = forms.CharField(label=gettext_lazy("Source of funds"), max_length=100)


class DraftForm(forms.Form):
    """What a version says; conditions and amounts one a line."""

    valid_from = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Until before"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Left blank it holds until the next version."),
    )
    counted_on = forms.ChoiceField(
        label=gettext_lazy("Day whose facts decide"), choices=list(COUNTED.items())
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        max_length=8_000,
        help_text=gettext_lazy(
            "One a line: condition | what the document says | where in it, such as "
            "boarder | boards at school | article 2. All have to hold."
        ),
    )
    rates = forms.CharField(
        label=gettext_lazy("Amounts in yuan"),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        max_length=4_000,
        help_text=gettext_lazy(
            "One a line: amount | for whom. The first whose condition holds; without one, "
            "everybody. An amount may be a share: 50 % fee is half the fee."
        ),
    )
    gives_way_to = forms.MultipleChoiceField(
        label=gettext_lazy("Not paid beside"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Where one of these is due, this one is not paid."),
        error_messages={
            "invalid_choice": gettext_lazy("There is no such policy here. Choose from the list.")
        },
    )
    once = forms.BooleanField(label=gettext_lazy("Once in a lifetime"), required=False)
    document = forms.CharField(label=gettext_lazy("Document it rests on"), max_length=200)
    document_number = forms.CharField(
        label=pgettext_lazy("policy", "Number of the document"), max_length=100, required=False
    )

    def __init__(self, *args: Any, policy: AidPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = titles_of(policy.path, plain=False)
        others = [(code, title) for code, title in titles.items() if code != policy.code]
        choose_from(self, "gives_way_to", sorted(others, key=lambda other: other[1]))

    def clean_conditions(self) -> list[dict[str, str]]:
        """Lines as conditions; each is read before anything else is done with it."""
        rows = []
        for number, parts in self._lines("conditions"):
            if len(parts) != 3 or not all(parts):
                raise forms.ValidationError(
                    _("Line %(number)d has not the three parts condition | clause | place.")
                    % {"number": number}
                )
            self._read(parts[0], number)
            rows.append(dict(zip(("text", "clause", "place"), parts, strict=True)))
        return rows

    def clean_rates(self) -> list[dict[str, Any]]:
        """Lines as amounts."""
        rows = []
        for number, parts in self._lines("rates"):
            amount, when = (*parts, "")[:2]
            paid = self._share(amount, number) or self._fixed(amount, number)
            if when:
                self._read(when, number)
            rows.append(as_kept(paid) | {"when": when})
        return rows

    def _fixed(self, text: str, number: int) -> Rate:
        try:
            return Rate(None, Fen.parse(text).amount)
        except ValueError as error:
            words = _("Line %(number)d: “%(text)s” is no amount in yuan.")
            raise forms.ValidationError(words % {"number": number, "text": text}) from error

    def _share(self, text: str, number: int) -> Rate | None:
        """A share, if there is a percent sign."""
        percent, sign, of = text.replace(PERCENT, "%").partition("%")
        if not sign:
            return None
        try:
            return Rate(None, Share.parse(percent + sign, of.strip()))
        except ValueError as error:
            words = _(
                "Line %(number)d: “%(text)s” is no share. Write a percentage from %(least)s to "
                "%(most)s and one of these facts: %(facts)s."
            )
            least, most = Share(1, MONEY[0]).percent, Share(1000, MONEY[0]).percent
            told = {"number": number, "text": text, "least": least, "most": most}
            told |= {"facts": ", ".join(MONEY)}
            raise forms.ValidationError(words % told) from error

    def clean_gives_way_to(self) -> list[str]:
        """Codes in their order, each once."""
        return sorted(set(self.cleaned_data["gives_way_to"]))

    def _lines(self, name: str) -> list[tuple[int, list[str]]]:
        lines = str(self.cleaned_data[name]).replace(BAR, "|").splitlines()
        return [
            (number, [part.strip() for part in line.split("|")])
            for number, line in enumerate(lines, 1)
            if line.strip()
        ]

    def _read(self, text: str, number: int) -> None:
        try:
            read_condition(text)
        except NotAllowed as error:
            told = condition_fault(error, "", "").said_in(_)
            words = _("Line %(number)d: %(message)s %(fix)s")
            raise forms.ValidationError(
                words % {"number": number, "message": told.message, "fix": told.fix}
            ) from error

    def wording(self) -> Wording:
        """What was written; only of a form that is sound."""
        return Wording(**self.cleaned_data)


def beginning(row: PolicyVersion | None) -> dict[str, Any]:
    """What a form begins with: a draft as it is, or the version before."""
    if row is None:
        return {"valid_from": timezone.localdate().replace(month=9, day=1)}
    lines = [" | ".join((one["text"], one["clause"], one["place"])) for one in row.conditions]
    rates = [" | ".join(filter(None, (_written_again(one), one["when"]))) for one in row.rates]
    return {
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "counted_on": row.counted_on,
        "conditions": "\n".join(lines),
        "rates": "\n".join(rates),
        "gives_way_to": row.gives_way_to,
        "once": row.once,
        "document": row.document,
        "document_number": row.document_number,
    }


def _written_again(kept: dict[str, Any]) -> str:
    pays = rate_from(kept).pays
    return yuan(pays) if isinstance(pays, int) else f"{pays.percent} {pays.of}"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.AID_OFFICER)
def new(request: StaffRequest) -> HttpResponse:
    """Enter a policy; its first version comes after it."""
    form = NamingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        place = get_object_or_404(Place, path__in=paths_of(request.user, {Role.AID_OFFICER}))
        policy = name_policy(place, Naming(**form.cleaned_data))
        return HttpResponseRedirect(reverse("aid:draft", args=[policy.code]))
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/policy_new.html", {"form": form}, status=status)


def _kept(request: StaffRequest, code: str) -> AidPolicy:
    row = seen_policy(request, code)
    if not may_keep(request.user, row.path):
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.AID_OFFICER)
def draft(request: StaffRequest, code: str) -> HttpResponse:
    """Write the next version, or go on with its draft."""
    policy = _kept(request, code)
    latest = policy.versions.order_by("-number").first()
    open_draft = latest if latest and latest.state == PolicyVersion.State.DRAFT else None
    written = request.POST if request.method == "POST" else None
    form = DraftForm(written, policy=policy, initial=beginning(latest))
    if form.is_valid() and _written(request, policy, form, open_draft):
        return HttpResponseRedirect(reverse("aid:policy", args=[policy.code]))
    context = {
        "policy": policy,
        "name": title_of(policy),
        "form": form,
        "facts": [(name, words.NAMES[name], _values(name), words.source(name)) for name in FACTS],
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/draft.html", context, status=status)


def _values(name: str) -> str:
    fact = FACTS[name]
    if fact.codes:
        return ", ".join(f"'{code}' {words.value(name, code)}" for code in fact.codes)
    return {
        "yes_no": _("yes or no"),
        "number": _("whole number"),
        "day": _("day, such as DATE '2016-09-01'"),
        "money": _("amount: in no condition, but a rate may be a share of it"),
    }[fact.kind]


def _written(
    request: StaffRequest, policy: AidPolicy, form: DraftForm, row: PolicyVersion | None
) -> bool:
    try:
        write_draft(policy, form.wording(), by=request.user, draft=row)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("The draft is kept. Another person approves it before it holds."))
    return True


@require_POST
@staff_required(Role.AID_OFFICER)
def count(request: StaffRequest, code: str) -> HttpResponse:
    """Whom the draft touches, over the newest frozen term; nothing is kept."""
    from junheng.aid.snapshots import replaying  # DuckDB is heavy, other pages spare it
    from junheng.aid.snapshots.engine import TookTooLong

    policy = _kept(request, code)
    form = DraftForm(request.POST, policy=policy)
    context: dict[str, Any] = {}
    term = next((one for one in terms_of(request.user) if replaying.newest(one)), None)
    snapshot = replaying.newest(term) if term else None
    if not {"conditions", "rates"} & set(form.errors) and snapshot is not None:
        try:
            found = replaying.touched(snapshot, _content(policy, form))
            context = {"found": found, "amount": yuan(found.fen)}
        except TookTooLong:
            context = {"slow": True}
        except ValueError:
            context = {}
    context |= {"form": form, "term": term.name if term else ""}
    return TemplateResponse(request, "aid/draft_count.html", context)


def _content(policy: AidPolicy, form: DraftForm) -> dict[str, Any]:
    """As much of a draft as a count needs, whatever else is still missing."""
    written = form.cleaned_data
    day = timezone.localdate().isoformat()
    return {
        "code": policy.code,
        "version": 1,
        "valid_from": day,
        "valid_to": None,
        "counted_on": written.get("counted_on") or "first_day",
        "conditions": written["conditions"],
        "rates": written["rates"],
        "gives_way_to": [],
        "once": bool(written.get("once")),
    }


@require_POST
@staff_required(Role.AID_OFFICER)
def approve(request: StaffRequest, code: str) -> HttpResponse:
    """Ask a second person to approve the draft as it stands."""
    policy = _kept(request, code)
    row = get_object_or_404(policy.versions, state=PolicyVersion.State.DRAFT)
    try:
        approval = ask_approval(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("aid:policy", args=[policy.code]))
    messages.success(request, _("Asked for. It holds when somebody of the bureau agrees."))
    return HttpResponseRedirect(approval.get_absolute_url())
