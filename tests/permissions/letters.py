"""Letters: the officer and the school print, the bureau and the township read, all may verify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.permissions.table import BUSINESS, EVERYONE, Row, World

OFFICER = "admissions_officer"
PRINTERS = "admissions_officer school_clerk school_head"


def furnish(world: World) -> None:
    """A published round with letters, one of them printed and one revoked, and its notice."""
    from django.utils import timezone

    from junheng.admissions.services import printing, revoking
    from junheng.admissions.tests.letters import builders

    li = world.cast.by_role["admissions_officer"]
    record = builders.published(ref="letters")
    first, second = builders.issued(record)
    [other, *_] = builders.issued(record, "school-2")
    order = printing.Order(li)
    revoking.revoke(second, by=li, reason="table")
    today = timezone.localdate()
    builders.told(record.round, notice_from=today, notice_until=today, objections="0999-1")
    world.things |= {
        "letters_round": record.round,
        "letter": first,
        "revoked": second,
        "other_letter": other,
        "print": printing.print_letter(first, order),
        "other_print": printing.print_letter(other, order),
        "own_school": builders.school_of(record),
        "other_own_school": builders.school_of(record, "school-2"),
    }


def of_round(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["letters_round"].pk}


def at_school(thing: str) -> Any:
    return lambda world: {"pk": world.things["letters_round"].pk, "school": world.things[thing].pk}


def numbered(thing: str = "letter") -> Any:
    return lambda world: {"number": world.things[thing].number}


def printed(thing: str = "print") -> Any:
    return lambda world: {"pk": world.things[thing].pk}


def reason(_: World) -> Mapping[str, Any]:
    return {"reason": "table", "revoke-reason": "table", "language": "en"}


ROWS = [
    Row("admissions:letters", may=BUSINESS, args=of_round),
    Row("admissions:letters", may=BUSINESS, method="POST", args=of_round),
    Row("admissions:print_letters", may=PRINTERS, answer=302, method="POST", args=of_round),
    Row("admissions:papers", may=OFFICER, args=of_round),
    Row("admissions:papers", may=OFFICER, answer=422, method="POST", args=of_round),
    Row("admissions:notice_pdf", may=OFFICER, args=of_round),
    Row("admissions:desk", may=PRINTERS, args=at_school("own_school")),
    Row("admissions:desk", may=PRINTERS, answer=302, method="POST", args=at_school("own_school")),
    Row("admissions:desk", may=OFFICER, args=at_school("other_own_school"), note="of another"),
    Row("admissions:school_list", may=PRINTERS, args=at_school("own_school")),
    Row("admissions:school_list", may=OFFICER, args=at_school("other_own_school"), note="another"),
    Row("admissions:letter", may=BUSINESS, args=numbered()),
    Row(
        "admissions:letter",
        may="bureau_leader admissions_officer auditor",
        args=numbered("other_letter"),
        note="to a school of another township",
    ),
    Row(
        *("admissions:print_letter", PRINTERS),
        answer=302,
        method="POST",
        args=numbered(),
        data=reason,
    ),
    Row(
        *("admissions:revoke_letter", OFFICER),
        answer=302,
        method="POST",
        args=numbered(),
        data=reason,
    ),
    Row("admissions:letter_again", OFFICER, answer=302, method="POST", args=numbered("revoked")),
    Row("admissions:letter_file", may=PRINTERS, args=printed()),
    Row("admissions:letter_file", may=OFFICER, args=printed("other_print"), note="of another"),
    Row("letters:notices", may=EVERYONE),
    Row("letters:notice", may=EVERYONE, args=of_round),
    Row("letters:verify", may=EVERYONE, answer=404, args=numbered(), note="without its code"),
]
