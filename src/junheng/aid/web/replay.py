"""A draft over last term's people: who gains, who loses, what it costs; two drafts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE
from junheng.aid.models import AidTerm, PolicyVersion
from junheng.aid.selectors.policies import content_of, title_of
from junheng.aid.selectors.terms import terms_of
from junheng.aid.sentences import facts as words
from junheng.aid.web.money import yuan
from junheng.commons.models import Snapshot
from junheng.commons.web.choices import choose_from
from junheng.places.facade import Organisation, Place

GROUPS = {
    "school": (gettext_lazy("School"), ("school",)),
    "township": (gettext_lazy("Township"), ("township",)),
    "crossed": (gettext_lazy("Sex × disabled × boarder"), ("sex", "disabled", "boarder")),
    "poor": (gettext_lazy("Registered poor × stage"), ("registered_poor", "stage")),
}


class ReplayForm(forms.Form):
    """Which term, which drafts, by which groups."""

    term = forms.ChoiceField(label=gettext_lazy("Term"))
    draft = forms.ChoiceField(label=gettext_lazy("Version to try"))
    second = forms.ChoiceField(label=gettext_lazy("Beside it"), required=False)
    by = forms.ChoiceField(
        label=pgettext_lazy("groups", "By"),
        choices=[(key, label) for key, (label, _by) in GROUPS.items()],
    )

    def __init__(self, *args: Any, terms: Sequence[AidTerm], versions: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        shown = [(str(one.pk), f"{_named(one)} · {one.get_state_display()}") for one in versions]
        choose_from(self, "term", [(one.code, one.name) for one in terms])
        choose_from(self, "draft", shown)
        choose_from(self, "second", [("", _("Nothing")), *shown])


def _named(version: PolicyVersion) -> str:
    return f"{title_of(version.policy)} · {_('Version %(n)s') % {'n': version.number}}"


@require_safe
@staff_required(*IN_CHARGE)
def replay(request: StaffRequest) -> HttpResponse:
    """Choose, and see both beside today's."""
    from junheng.aid.snapshots import replaying

    frozen = [(one, replaying.newest(one)) for one in terms_of(request.user)]
    terms = [one for one, snapshot in frozen if snapshot is not None]
    seen = PolicyVersion.objects.for_user(request.user).select_related("policy")
    versions = list(seen.order_by("state", "policy__code", "-number"))
    versions.sort(key=lambda one: one.state != PolicyVersion.State.DRAFT)
    asked = request.GET if "draft" in request.GET else None
    form = ReplayForm(asked, terms=terms, versions=versions)
    context: dict[str, Any] = {"form": form, "ready": bool(terms and versions)}
    if form.is_valid():
        chosen = form.cleaned_data
        snapshot = next(s for one, s in frozen if s is not None and one.code == chosen["term"])
        known = {str(one.pk): one for one in versions}
        picked = [known[pk] for pk in (chosen["draft"], chosen["second"]) if pk]
        label, by = GROUPS[chosen["by"]]
        context |= {"results": [_result(one, snapshot, by) for one in picked], "label": label}
    return TemplateResponse(request, "aid/replay.html", context)


def _result(version: PolicyVersion, snapshot: Snapshot, by: Sequence[str]) -> dict[str, Any]:
    from junheng.aid.snapshots import replaying
    from junheng.aid.snapshots.engine import TookTooLong

    named: dict[str, Any] = {"title": _named(version)}
    try:
        rows, whole = replaying.replay(snapshot, content_of(version), by)
    except TookTooLong:
        return named | {"slow": True}
    names = _names(by, [row.group for row in rows])
    lines = [(_group(row.group, by, names), _figures(row)) for row in rows]
    return named | {"rows": lines, "whole": _figures(whole)}


COLUMNS = (
    pgettext_lazy("count", "People"),
    gettext_lazy("Have more"),
    gettext_lazy("Have less"),
    gettext_lazy("Undecided"),
    gettext_lazy("Today, yuan"),
    gettext_lazy("With it, yuan"),
    gettext_lazy("Difference, yuan"),
)


def _figures(row: Any) -> list[tuple[Any, Any]]:
    """Heads, then yuan today, with the draft, and the difference, named; None is not shown."""
    known = row.today_fen is not None and row.draft_fen is not None
    money = (row.today_fen, row.draft_fen, row.draft_fen - row.today_fen if known else None)
    told = [None if fen is None else yuan(fen) for fen in money]
    heads = [row.people, row.gain, row.lose, row.undecided]
    return list(zip(COLUMNS, [*heads, *told], strict=True))


def _names(by: Sequence[str], groups: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    codes = [str(value) for group in groups for value in group if value is not None]
    if by == ("school",):
        return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))
    if by == ("township",):
        return dict(Place.objects.filter(code__in=codes).values_list("code", "name"))
    return {}


def _group(group: tuple[Any, ...], by: Sequence[str], names: dict[str, str]) -> str:
    if by in (("school",), ("township",)):
        return names.get(str(group[0]), _("No school"))
    return " · ".join(
        f"{words.NAMES[name]}: {words.value(name, value)}"
        for name, value in zip(by, group, strict=True)
    )
