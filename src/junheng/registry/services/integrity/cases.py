"""Open findings of a school are one case of it; it closes when none is open any more."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.cases.facade import CaseKind, cases_of, open_case, register_kind, settle
from junheng.commons.models import Run
from junheng.places.facade import Organisation, Place, Role
from junheng.registry.models import IntegrityFinding

KIND = "registry.integrity"
DAYS = 10
ENDED = "closed"
MENDED = "mended"


def offer() -> None:
    """Make the kind known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=KIND,
            label=gettext_lazy("Findings in the register"),
            days=DAYS,
            role=Role.SCHOOL_HEAD,
            escalates_to=(Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER),
            page=lambda code: f"{reverse('registry:integrity')}?school={code}",
            closes_by_owner=True,
            facts={"run": gettext_lazy("Check of the register")},
        )
    )


def keep_cases(place: Place, run: Run) -> None:
    """Open a case for every school with open findings, close those of schools without any."""
    told = IntegrityFinding.objects.filter(path=place.path).values("organisation").distinct()
    schools = list(Organisation.objects.filter(pk__in=told).order_by("code"))
    open_at = set(
        IntegrityFinding.objects.open()
        .filter(path=place.path)
        .values_list("organisation_id", flat=True)
    )
    cases = cases_of(KIND, [school.code for school in schools])
    for school in schools:
        case = cases.get(school.code)
        under_way = case is not None and case.state != ENDED
        if school.pk in open_at and not under_way:
            _open(school, run)
        elif under_way and case is not None and school.pk not in open_at:
            words = _("The check %(run)s found nothing of it any more.") % {"run": run.ref}
            settle(case.number, outcome=MENDED, words=words, by=None)


def settle_if_done(school: Organisation, *, by: User) -> None:
    """Close a school's case when its last finding was looked into by a person."""
    if IntegrityFinding.objects.open().filter(organisation=school).exists():
        return
    case = cases_of(KIND, [school.code]).get(school.code)
    if case is not None and case.state != ENDED:
        settle(case.number, outcome=MENDED, words=_("Every finding was looked into."), by=by)


def _open(school: Organisation, run: Run) -> None:
    open_case(
        KIND,
        subject=school.code,
        title=_("Findings in the register: %(school)s") % {"school": school.name},
        path=school.path,
        facts={"run": run.ref},
        by=None,
    )
