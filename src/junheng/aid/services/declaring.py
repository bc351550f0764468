"""Which lists are told in full, and what schools are: asked by one, agreed to by another.

Both change who is paid, so nothing of it is written before the second person agrees. What is
written is never changed but ended, from a day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import SchoolTrait, ToldInFull
from junheng.aid.models.told import IN_FULL, OF_A_SCHOOL
from junheng.aid.sentences.facts import NAMES
from junheng.aid.services import for_two
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.places.facade import Organisation, OrganisationKind, Place

TELL, TRAIT, END = "aid.tell_in_full", "aid.school_traits", "aid.end_what_was_told"
LISTS_PAGE, TRAITS_PAGE = "/aid/setup/lists/", "/aid/setup/traits/"
SHOWN = 30
OFFICES = (
    OrganisationKind.BUREAU,
    OrganisationKind.TOWNSHIP_OFFICE,
    OrganisationKind.VILLAGE_COMMITTEE,
)

Held = dict[tuple[str, str], list[SchoolTrait]]


class DaysDoNotFit(Refusal):
    """The days stand the wrong way round, or something else holds on one of them."""


class NoSuchSchool(Refusal):
    """There is no such school in the county."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What somebody says of a school.

    Attributes:
        school: Code of the school.
        until: First day on which it does not hold any more, None while it lasts.
        paper: The document that it rests on.
    """

    school: str
    fact: str
    since: date
    until: date | None
    paper: str

    def as_json(self) -> dict[str, Any]:
        """As an approval keeps it."""
        return {
            "school": self.school,
            "fact": self.fact,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else "",
            "paper": self.paper,
        }


def ask_to_tell(
    place: Place, fact: str, since: date, until: date | None, paper: str, *, by: User
) -> Approval:
    """Ask that a list of a county counts as told in full from a day on."""
    return approvals.ask(
        TELL,
        matter=f"aid.told {place.code} {fact}",
        path=place.path,
        by=by,
        payload=Trait(place.code, fact, since, until, paper).as_json(),
        reason=paper,
        title=_("List told in full: %(what)s") % {"what": f"{NAMES[fact]} · {since}"},
        url=LISTS_PAGE,
    )


def ask_for_traits(
    place: Place, traits: Sequence[Trait], *, by: User, matter: str = ""
) -> Approval:
    """Ask that schools of a county are what was typed or brought as a table."""
    first = traits[0]
    return approvals.ask(
        TRAIT,
        matter=matter or f"aid.trait {place.code} {first.school} {first.fact}",
        path=place.path,
        by=by,
        payload={"rows": [one.as_json() for one in traits]},
        reason=first.paper,
        title=f"{_('Traits of schools')}: {NAMES[first.fact]} · {len(traits)}",
        url=TRAITS_PAGE,
    )


def ask_to_end(row: ToldInFull | SchoolTrait, day: date, paper: str, *, by: User) -> Approval:
    """Ask that a list or a trait does not hold any more from a day on."""
    what = "told" if isinstance(row, ToldInFull) else "trait"
    where = row.place if isinstance(row, ToldInFull) else row.organisation
    return approvals.ask(
        END,
        matter=f"aid.end {what} {row.pk}",
        path=where.path,
        by=by,
        payload={"what": what, "pk": row.pk, "day": day.isoformat(), "paper": paper},
        reason=paper,
        title=f"{_('End')}: {where.name} · {NAMES[row.fact]} · {day}",
        url=LISTS_PAGE if what == "told" else TRAITS_PAGE,
    )


def register() -> None:
    """Make the three steps known to the pages of approvals."""
    for kind, title, check, carry_out, facts in (
        (TELL, gettext_lazy("A list is told in full"), _check_list, _tell, _list_facts),
        (TRAIT, gettext_lazy("Traits of schools"), _check_traits, _write_traits, _trait_facts),
        (END, gettext_lazy("End what was told"), _check_end, _end, _end_facts),
    ):
        for_two.register(kind, title, check, carry_out, facts)


def _read(row: Mapping[str, str]) -> Trait:
    until = date.fromisoformat(row["until"]) if row["until"] else None
    since = date.fromisoformat(row["since"])
    return Trait(row["school"], row["fact"], since, until, row["paper"])


def _traits(approval: Approval) -> list[Trait]:
    return [_read(row) for row in approval.payload["rows"]]


def overlaps(since: date, until: date | None) -> Q:
    """Rows that hold on a day of this stretch."""
    begun = Q(valid_from__lt=until) if until else Q()
    return begun & (Q(valid_to=None) | Q(valid_to__gt=since))


def schools_at(path: str, codes: Sequence[str] | None = None) -> dict[str, Organisation]:
    """The organisations of a county that have pupils, by code."""
    rows = Organisation.objects.exclude(kind__in=OFFICES).filter(path__startswith=path)
    rows = rows if codes is None else rows.filter(code__in=codes)
    return {one.code: one for one in rows}


def _in_order(one: Trait, facts: Sequence[str]) -> None:
    if one.fact not in facts:
        raise DaysDoNotFit(_("There is no such list: %(fact)s.") % {"fact": one.fact})
    if one.until is not None and one.until <= one.since:
        raise DaysDoNotFit(_("It ends before it begins. Check both days."))


def _check_list(approval: Approval) -> None:
    one = _read(approval.payload)
    _in_order(one, IN_FULL)
    rows = ToldInFull.objects.filter(place__code=one.school, fact=one.fact)
    if other := rows.filter(overlaps(one.since, one.until)).first():
        raise DaysDoNotFit(
            _("“%(list)s” is told in full from %(day)s on already. End that first.")
            % {"list": NAMES[one.fact], "day": other.valid_from}
        )


def _tell(approval: Approval) -> None:
    one = _read(approval.payload)
    ToldInFull.objects.create(
        place=Place.objects.get(code=one.school, path=approval.path),
        fact=one.fact,
        valid_from=one.since,
        valid_to=one.until,
        said_by=one.paper,
    )


def _check_traits(approval: Approval) -> None:
    traits = _traits(approval)
    schools = schools_at(approval.path, [one.school for one in traits])
    held = held_by(schools.values())
    for one in traits:
        _in_order(one, OF_A_SCHOOL)
        if one.school not in schools:
            raise NoSuchSchool(
                _("There is no school with the code %(code)s in this county.")
                % {"code": one.school}
            )
        if other := in_the_way(one, held):
            raise DaysDoNotFit(
                _("%(school)s: “%(trait)s” holds from %(day)s on already. End that first.")
                % {
                    "school": schools[one.school].name,
                    "trait": NAMES[one.fact],
                    "day": other.valid_from,
                }
            )


def held_by(schools: Iterable[Organisation]) -> Held:
    """Every trait of schools, by code of the school and trait."""
    found: Held = {}
    rows = SchoolTrait.objects.filter(organisation__in=schools).select_related("organisation")
    for row in rows:
        found.setdefault((row.organisation.code, row.fact), []).append(row)
    return found


def in_the_way(one: Trait, held: Held) -> SchoolTrait | None:
    """The same trait of the same school on a day of this one."""
    for row in held.get((one.school, one.fact), ()):
        begun = one.until is None or row.valid_from < one.until
        if begun and (row.valid_to is None or row.valid_to > one.since):
            return row
    return None


def waiting(user: User, *kinds: str) -> QuerySet[Approval]:
    """What of this waits for its second person, as far as somebody may know."""
    return approvals.visible_to(user).filter(kind__in=kinds, state=Approval.State.PENDING)


def _write_traits(approval: Approval) -> None:
    traits = _traits(approval)
    schools = schools_at(approval.path, [one.school for one in traits])
    SchoolTrait.objects.bulk_create(
        SchoolTrait(
            organisation=schools[one.school],
            fact=one.fact,
            valid_from=one.since,
            valid_to=one.until,
            document=one.paper,
        )
        for one in traits
    )


def _row(approval: Approval) -> Any:
    model, where = (
        (ToldInFull, "place")
        if approval.payload["what"] == "told"
        else (SchoolTrait, "organisation")
    )
    return model.objects.select_related(where).get(pk=approval.payload["pk"])


def _check_end(approval: Approval) -> None:
    row, day = _row(approval), date.fromisoformat(approval.payload["day"])
    if row.valid_to is not None:
        raise DaysDoNotFit(_("It ends on %(day)s already.") % {"day": row.valid_to})
    if day <= row.valid_from:
        raise DaysDoNotFit(
            _("It began on %(day)s and cannot end on that day or before.") % {"day": row.valid_from}
        )


def _end(approval: Approval) -> None:
    row = _row(approval)
    row.valid_to = date.fromisoformat(approval.payload["day"])
    row.save(update_fields=["valid_to"])


def _list_facts(approval: Approval) -> Iterator[tuple[str, object]]:
    one = _read(approval.payload)
    yield _("List"), NAMES[one.fact]
    yield _("From"), one.since
    yield _("Until before"), one.until or _("open")
    yield _("Document it rests on"), one.paper
    yield _("What changes"), _("Who is not on the list counts as a no from that day on.")


def _trait_facts(approval: Approval) -> Iterator[tuple[str, object]]:
    traits = _traits(approval)
    schools = schools_at(approval.path, [one.school for one in traits])
    yield _("Schools"), len({one.school for one in traits})
    for one in traits[:SHOWN]:
        school = schools.get(one.school)
        until = one.until or _("open")
        words = f"{NAMES[one.fact]} · {one.since} – {until} · {one.paper}"
        yield school.name if school else one.school, words
    if len(traits) > SHOWN:
        yield _("and more"), len(traits) - SHOWN


def _end_facts(approval: Approval) -> Iterator[tuple[str, object]]:
    row = _row(approval)
    yield _("What"), NAMES[row.fact]
    yield _("From"), row.valid_from
    yield _("Until before"), approval.payload["day"]
    yield _("Document it rests on"), approval.payload["paper"]
