"""What a family is told: the list, the decision, who said no and why, what would differ."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from junheng.admissions.engine.reasons import (
    Change,
    ChangeKind,
    Claim,
    DiversionReason,
    Diverted,
    Drawing,
    Explanation,
    FullBy,
    Listed,
    Missed,
    Moved,
    Nearer,
    Offer,
    Offered,
    OfferReason,
    OfferVerdict,
    Verdict,
)
from junheng.admissions.engine.types import GradeReason, How, Key
from junheng.admissions.sentences import sentences

NAMES = {"S1": "First School", "S2": "Second School", "S3": "Willow School"}
OWN = Claim(2, sibling=False, ticket="9c" + "0" * 62, printed="")
LAST = Claim(2, sibling=False, ticket="4b" + "0" * 62, printed="")


def listed(school: str, verdict: Verdict, **more: object) -> Listed:
    usual: dict[str, object] = {
        "rank": 1,
        "source": How.CHOICE,
        "seats": 45,
        "free": 0,
        "own": OWN,
        "last": LAST,
        "changes": (),
    }
    return Listed(school_id=school, verdict=verdict, **{**usual, **more})  # type: ignore[arg-type]  # a dict of mixed values


def explained(*rows: Listed, **more: object) -> Explanation:
    usual: dict[str, object] = {
        "applicant_id": "a1",
        "how": How.CHOICE,
        "school_id": "S1",
        "list_rank": 1,
        "distance_m": 850,
        "seats_needed": 1,
        "missed": (),
        "diverted": None,
    }
    return Explanation(listed=rows, **{**usual, **more})  # type: ignore[arg-type]  # a dict of mixed values


def told(explanation: Explanation, **more: object) -> str:
    return "\n".join(sentences(explanation, str, names=NAMES, **more))  # type: ignore[arg-type]  # as above


def test_a_seat_at_the_first_choice_is_told_in_a_few_words() -> None:
    first = listed("S1", Verdict.SEATED, last=None)
    second = listed("S3", Verdict.NOT_NEEDED, rank=2, source=How.ZONE)
    assert sentences(explained(first, second), str, names=NAMES) == [
        "The family asked for, in this order: First School.",
        "After these the schools of the home's zone count: Willow School.",
        "The child has a seat at First School, number 1 of the list.",
        "From the home to the school it is 850 m.",
        "First School had seats for all who asked.",
        "The schools after it on the list did not have to be asked.",
    ]


def test_a_seat_by_zone_is_told_so() -> None:
    row = listed("S1", Verdict.SEATED, source=How.ZONE)
    text = told(explained(row, how=How.ZONE, distance_m=1_249))
    assert "named no school" in text
    assert "a school of its zone" in text
    assert "1.2 km" in text
    assert "gave its 45 seats in order" in text


def test_a_school_without_a_name_is_called_by_its_id() -> None:
    assert "number 1 of the list" in sentences(explained(listed("S9", Verdict.SEATED)), str)[1]
    assert "S9" in sentences(explained(listed("S9", Verdict.SEATED)), str)[0]


@pytest.mark.parametrize(
    ("own", "last", "words"),
    [
        pytest.param(
            OWN, replace(LAST, tier=1), "tier 1; this child is of tier 2", id="another tier"
        ),
        pytest.param(OWN, replace(LAST, sibling=True), "older brother or sister", id="sibling"),
        pytest.param(OWN, LAST, "its ticket is 4b000000…, this child's is 9c000000…", id="ticket"),
        pytest.param(
            replace(OWN, ticket="12"),
            replace(LAST, ticket="9"),
            "its ticket is 9, this child's is 12",
            id="place in a drawing",
        ),
        pytest.param(
            OWN,
            replace(LAST, ticket="9c" + "0" * 10 + "a" * 52),
            "9c0000000000a…, this child's is 9c00000000000…",
            id="tickets that begin alike",
        ),
    ],
)
def test_the_first_thing_that_was_better_is_named(own: Claim, last: Claim, words: str) -> None:
    refused = listed("S2", Verdict.OUTRANKED, own=own, last=last)
    text = told(explained(refused, listed("S1", Verdict.SEATED, rank=2)))
    assert "Second School had 45 seats, and all went to children who come before" in text
    assert words in text


def test_what_does_not_count_in_the_round_is_not_compared() -> None:
    refused = listed("S2", Verdict.OUTRANKED, last=replace(LAST, tier=1, sibling=True))
    assert "by lottery" in told(explained(refused), priority=(Key.TICKET,))


def test_what_would_have_been_enough_is_told_once_for_all_ways() -> None:
    changes = (
        Change(ChangeKind.TIER, "1"),
        Change(ChangeKind.SIBLING, "S2"),
        Change(ChangeKind.TICKET, LAST.ticket),
    )
    text = told(explained(listed("S2", Verdict.OUTRANKED, changes=changes)))
    assert (
        "With everything else as it was, this would have been enough there: tier 1, or an older "
        "brother or sister at the school when the lists were closed, or a ticket smaller than "
        "4b000000…." in text
    )
    assert "tier 2 or smaller" in told(
        explained(listed("S2", Verdict.OUTRANKED, changes=(Change(ChangeKind.TIER, "2"),)))
    )


def test_a_group_that_was_too_large_is_told_so() -> None:
    changes = (Change(ChangeKind.GROUP_SIZE, "1"),)
    row = listed("S2", Verdict.OWN_GROUP, changes=changes)
    text = told(explained(row, seats_needed=2))
    assert "had seats left when the turn came (1), but fewer than the 2" in text
    assert "asking for no more than 1 seats together" in text
    assert "The group of 2 children stays together." in text


def test_a_child_kept_out_by_a_group_and_a_school_without_seats_are_told_so() -> None:
    rows = (listed("S2", Verdict.KEPT_OUT), listed("S3", Verdict.NO_SEATS, rank=2, seats=0))
    text = told(explained(*rows, how=How.UNPLACED, school_id=None, list_rank=0, distance_m=None))
    assert "a group of children who must stay together needed several seats" in text
    assert "Willow School had no seat to give in this round." in text
    assert "The child has no seat in this round." in text
    assert "The rules of this round give no seat outside the list." in text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (DiversionReason.LEAST_TOTAL, "all their ways together are the shortest"),
        (DiversionReason.NEAREST_WITH_ROOM, "the nearest school with seats for all 2 children"),
        (DiversionReason.NO_FREE_SEATS, "No school had a free seat"),
        (DiversionReason.TOO_FAR, "farther away than the rules"),
        (DiversionReason.NO_ROOM_TOGETHER, "seats for all 2 children of the group together"),
        (DiversionReason.ALL_TAKEN, "Every free seat in reach is taken"),
    ],
)
def test_every_reason_of_the_diversion_has_its_sentence(
    reason: DiversionReason, words: str
) -> None:
    diverted = Diverted(reason, 4_000, 100, (), 0)
    assert words in told(
        explained(how=How.DIVERTED, list_rank=0, diverted=diverted, seats_needed=2)
    )


def test_schools_that_are_nearer_and_why_they_were_full() -> None:
    nearer = tuple(
        Nearer(school, metres, 10, full_by)
        for school, metres, full_by in (
            ("S1", 400, FullBy.LIST),
            ("S2", 950, FullBy.DIVERSION),
            ("S9", 1_950, FullBy.GROUP_SIZE),
        )
    )
    diverted = Diverted(DiversionReason.LEAST_TOTAL, 4_000, 100, nearer, 5)
    text = told(explained(how=How.DIVERTED, school_id="S3", list_rank=0, diverted=diverted))
    assert "No school on the list had a seat for the child. It has a seat at Willow School." in text
    assert "First School (400 m) is nearer, but had no seat left after the lists." in text
    assert "Second School (950 m) is nearer, but its free seats went to children" in text
    assert "S9 (2.0 km) is nearer, but had fewer free seats than the group needs." in text
    assert "Further schools that are nearer and were full: 2." in text
    assert "No school was asked for" in text


def test_a_school_on_the_list_is_not_told_to_be_full_twice() -> None:
    nearer = (Nearer("S2", 950, 10, FullBy.LIST),)
    diverted = Diverted(DiversionReason.LEAST_TOTAL, 4_000, 100, nearer, 1)
    refused = listed("S2", Verdict.OUTRANKED)
    text = told(explained(refused, how=How.DIVERTED, list_rank=0, diverted=diverted))
    assert "Second School had 45 seats" in text
    assert "is nearer" not in text


def test_a_school_that_would_have_had_a_seat_is_named() -> None:
    missed = (Missed("S2", 2_300, 4, None), Missed("S3", None, 1, None))
    text = told(explained(missed=missed, how=How.UNPLACED, school_id=None, list_rank=0))
    assert "Had Second School (2.3 km) been on the list" in text
    assert "Had Willow School been on the list" in text


def test_every_hole_is_filled_and_every_sentence_goes_through_the_catalogue() -> None:
    asked: list[str] = []

    def gettext(sentence: str) -> str:
        asked.append(sentence)
        return "«" + sentence + "»"

    changes = (Change(ChangeKind.TIER, "1"), Change(ChangeKind.TICKET, "0"))
    row = listed("S2", Verdict.OUTRANKED, changes=changes)
    said = sentences(explained(row, listed("S1", Verdict.SEATED, rank=2)), gettext)
    assert all(line.startswith("«") and line.endswith("»") for line in said)
    assert not [line for line in said if re.search(r"%\(", line)]
    assert len(asked) >= len(said)


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        pytest.param(
            Offered(OfferReason.NOTHING_OFFERED, 1, False, 0, 0, ()),
            "none was left, or none in reach",
            id="nothing",
        ),
        pytest.param(
            Offered(
                OfferReason.ASKED, 1, False, 2, 0,
                (Offer("S3", 900, False, 4, OfferVerdict.OPEN),),
            ),
            "The first of them are: Willow School.",
            id="asked, more than are shown",
        ),
        pytest.param(
            Offered(
                OfferReason.ASKED, 1, False, 1, 0,
                (Offer("S3", 900, False, 4, OfferVerdict.OPEN),),
            ),
            "They are: Willow School.",
            id="asked",
        ),
        pytest.param(
            Offered(OfferReason.DECLINED, 3, False, 2, 0, ()), "wants none of them", id="declined"
        ),
        pytest.param(
            Offered(
                OfferReason.CHOSEN, 3, False, 9, 4,
                (
                    Offer("S1", 900, False, 0, OfferVerdict.TAKEN),
                    Offer("S2", 900, False, 1, OfferVerdict.TAKEN),
                    Offer("S3", 950, False, 4, OfferVerdict.SEATED),
                ),
            ),
            "Schools with free seats that the family is offered: 9.\n"
            "The family did not answer. By the rules of this round it took part with the schools "
            "in the order in which they were offered.\n"
            "Families chose one after another in the order of their tickets; this one was number "
            "3.\n"
            "First School had no seat left then.\n"
            "Second School had seats left then (1), but fewer than the 1 that the group needs "
            "together.\n"
            "Of the schools that still had room then, Willow School is the first on its ranking.\n"
            "Further schools that were taken when the turn came: 2.",
            id="chosen",
        ),
        pytest.param(
            Offered(OfferReason.ALL_TAKEN, 3, True, 2, 0, ()), "The family ranked them.", id="taken"
        ),
    ],
)  # fmt: skip
def test_an_offer_is_told_with_the_turn_and_what_was_left(offered: Offered, expected: str) -> None:
    how = How.OFFERED if offered.reason is OfferReason.CHOSEN else How.UNPLACED
    assert expected in told(explained(how=how, list_rank=0, offered=offered))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (GradeReason.MOVED, "the whole grade is taught at Second School, 2.3 km from First School"),
        (GradeReason.NO_ROOM, "a grade is never split"),
        (GradeReason.TOO_FAR, "farther away than the rules"),
        (GradeReason.HOST_TAKEN, "take the grades of other schools"),
        (GradeReason.NOT_MOVABLE, "no school on the list may move"),
    ],
)
def test_what_became_of_a_grade_is_told(reason: GradeReason, expected: str) -> None:
    went = reason is GradeReason.MOVED
    moved = Moved(reason, "S1", "S2" if went else None, 98, 8, 2_300 if went else None)
    how = How.MOVED if went else How.UNPLACED
    text = told(explained(listed("S1", Verdict.SEATED), how=how, school_id="S2", moved=moved))
    assert expected in text
    assert ("goes to Second School with the whole entering grade" in text) == went
    assert ("By list the child had a seat at First School" in text) == went
    assert "came in time" not in text or not went


# ------------------------------------------------------------------- schools open by lottery


def test_a_drawing_that_was_won_is_told_with_its_figures() -> None:
    row = listed("S1", Verdict.SEATED, drawing=Drawing(312, 40), seats=90)
    assert (
        "First School draws lots when more families ask than it has seats: 312 families drew for "
        "90 seats, and this child's number was 40. The smallest numbers win; nothing else counts "
        "there."
    ) in told(explained(row))
    assert "in order" not in told(explained(row)).splitlines()[-1]


def test_a_drawing_that_was_lost_takes_nothing_from_the_claim_elsewhere() -> None:
    lost = listed("S3", Verdict.OUTRANKED, drawing=Drawing(312, 140), seats=90)
    seated = listed("S1", Verdict.SEATED, rank=2, source=How.ZONE)
    text = told(explained(lost, seated, how=How.ZONE, list_rank=2))
    assert "this child's number was 140" in text
    assert "Not winning took nothing from its claim at the schools after it." in text
    assert "The last seat went to" not in text


def test_where_all_were_taken_no_lot_decided() -> None:
    row = listed("S1", Verdict.SEATED, drawing=Drawing(60, 12), seats=90, last=None)
    assert (
        "First School takes everybody as long as there are seats: 60 families asked for its 90 "
        "seats, so no lot had to decide."
    ) in told(explained(row))


def test_a_group_that_drew_is_told_its_number_and_what_was_left() -> None:
    row = listed(
        "S1",
        Verdict.OWN_GROUP,
        drawing=Drawing(9, 4),
        changes=(Change(ChangeKind.GROUP_SIZE, "1"),),
    )
    text = told(explained(row, how=How.UNPLACED, school_id=None, list_rank=0, seats_needed=2))
    assert "this child's number was 4" in text
    assert "fewer than the 2 that the group needs together" in text


def test_a_school_that_did_not_have_to_draw_for_the_child_says_nothing() -> None:
    rows = (
        listed("S1", Verdict.SEATED, last=None),
        listed("S3", Verdict.NOT_NEEDED, rank=2, drawing=Drawing(9, None)),
    )
    assert "lots" not in told(explained(*rows))
