"""A visit: the family is heard, another person decides, nobody alone, hit by hit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from junheng.accounts.tests import cast
from junheng.aid.models import CheckHit, HouseholdStatus, HouseholdVisit
from junheng.aid.selectors.checks import shares, total
from junheng.aid.services import visiting
from junheng.aid.tests.checks import builders as build
from junheng.aid.tests.households import builders as households
from junheng.cases.facade import case_of
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.places.models import OrganisationKind, Role

pytestmark = pytest.mark.django_db
SAID = "The car is my brother's."


def heard(visit: HouseholdVisit, **given: Any) -> HouseholdVisit:
    defaults: dict[str, Any] = {
        "on": build.today(),
        "met": True,
        "said": SAID,
        "seen": "",
        "by": cast.tian(),
    }
    return visiting.hear(visit, **defaults | given)


def decided(visit: HouseholdVisit, *, wrong: bool, **given: Any) -> HouseholdVisit:
    judged = given.pop("judged", {hit.pk: wrong for hit in visit.hits.all()})
    defaults: dict[str, Any] = {"outcome": "stays", "words": "It is so.", "by": cast.zhou()}
    return visiting.decide(visit, wrong=judged, **defaults | given)


def test_a_family_is_heard_and_stays_and_the_case_ends() -> None:
    visit = build.flagged()
    heard(visit)
    decided(visit, wrong=True)
    visit.refresh_from_db()
    case = case_of(visiting.CASE, visit.number)
    assert case is not None
    assert (visit.outcome, visit.decided_by, case.state) == ("stays", cast.zhou(), "closed")
    assert build.only_hit(visit).wrong is True
    assert HouseholdStatus.objects.filter(valid_to=None).count() == 1, "nobody was removed by it"


def test_to_be_removed_removes_nobody_by_itself() -> None:
    visit = build.flagged()
    heard(visit)
    decided(visit, wrong=False, outcome="remove")
    assert HouseholdStatus.objects.filter(valid_to=None).count() == 1


def test_nobody_decides_before_the_family_was_heard() -> None:
    visit = build.flagged()
    with pytest.raises(visiting.NotHeard):
        decided(visit, wrong=True)
    assert build.only_hit(visit).wrong is None


def test_whoever_visited_does_not_decide() -> None:
    visit = build.flagged()
    heard(visit, by=cast.zhou())
    with pytest.raises(visiting.DecidesAlone):
        decided(visit, wrong=True)
    with pytest.raises(visiting.NotTheirVisit):
        decided(visit, wrong=True, by=cast.tian())
    decided(visit, wrong=True, by=cast.ma())


def test_a_family_that_nobody_met_keeps_its_days() -> None:
    visit = build.flagged()
    with pytest.raises(visiting.NotHeard, match="再次入户"):
        heard(visit, met=False, said="The door was locked.")
    with pytest.raises(IntegrityError, match="days to answer"), transaction.atomic():
        HouseholdVisit.objects.filter(pk=visit.pk).update(
            heard_on=build.today(), heard_by=cast.tian(), met=False
        )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"words": " "}, id="without a reason"),
        pytest.param({"judged": {}}, id="a hit nobody judged"),
        pytest.param({"outcome": "remove"}, id="removed for a wrong flag"),
        pytest.param({"outcome": "poor"}, id="no outcome"),
    ],
)
def test_a_decision_judges_every_hit_and_follows_from_them(given: dict[str, Any]) -> None:
    visit = build.flagged()
    heard(visit)
    with pytest.raises(visiting.NotJudged):
        decided(visit, wrong=True, **given)
    assert build.only_hit(visit).wrong is None


def test_what_was_decided_stays() -> None:
    visit = build.flagged()
    heard(visit)
    with pytest.raises(visiting.IsDecided):
        heard(visit)
    decided(visit, wrong=True)
    with pytest.raises(visiting.IsDecided):
        decided(visit, wrong=False)
    with pytest.raises(visiting.IsDecided):
        visiting.reply(visit, "No.")


def test_a_family_answers_by_itself_and_may_say_it_better() -> None:
    visit = build.flagged()
    with pytest.raises(visiting.NotHeard):
        visiting.reply(visit, " ")
    for words in ("No.", SAID):
        visiting.reply(visit, words)
    visit.refresh_from_db()
    assert str(visit.reply) == SAID


def test_who_visits_and_decides() -> None:
    visit = build.flagged()
    other = households.village("990100001002")
    committee = cast.organisation(
        "other-committee", OrganisationKind.VILLAGE_COMMITTEE, at=other.code
    )
    for by in (cast.person("bao", Role.VILLAGE_OFFICER, committee), cast.sun(), cast.ma()):
        with pytest.raises(visiting.NotTheirVisit):
            heard(visit, by=by)
    with pytest.raises(visiting.NotHeard):
        heard(visit, said=" ")
    heard(visit)
    for by in (cast.qian(), cast.sun()):
        with pytest.raises(Refusal):
            decided(visit, wrong=True, by=by)


def test_the_database_lets_nobody_decide_alone_or_unheard() -> None:
    visit = build.flagged()
    rows = HouseholdVisit.objects.filter(pk=visit.pk)
    end = {"outcome": "stays", "decided_by": cast.tian(), "decided_at": visit.opened_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**end)
    heard(visit)
    with pytest.raises(IntegrityError, match="every hit judged"), transaction.atomic():
        rows.update(**end | {"decided_by": cast.zhou()})
    CheckHit.objects.update(wrong=True)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        rows.update(**end)
    with pytest.raises(IntegrityError, match="every hit judged"), transaction.atomic():
        rows.update(**end | {"outcome": "remove", "decided_by": cast.zhou()})


def test_the_share_of_wrong_flags_counts_what_was_judged() -> None:
    first, second = build.flagged(), build.flagged("H-2", "990100198001010026")
    assert total(shares(cast.ma(), "register")).percent == "—"
    for visit, wrong in ((first, True), (second, False)):
        heard(visit)
        decided(visit, wrong=wrong)
    (by_register,) = shares(cast.ma(), "register")
    assert (by_register.code, by_register.flags, by_register.judged) == ("vehicle", 2, 2)
    assert by_register.percent == "50.0 %"
    (by_village,) = shares(cast.ma(), "village")
    assert (by_village.code, by_village.percent) == (cast.VILLAGE, "50.0 %")
    assert shares(cast.qian(), "village") == []
    assert Run.objects.count() == 2
