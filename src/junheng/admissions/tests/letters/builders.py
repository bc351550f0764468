"""A published round of Yunhuai whose children have names, and its letters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Letter, Round, RoundPapers, RoundRun, RoundSchool
from junheng.admissions.services import issuing, loading, steps
from junheng.admissions.tests.rounds import builders
from junheng.kernel.ref import Ref

NAMES = {
    "c1": "王一涵",
    "c2": "李子轩",
    "c3": "欧阳雨桐",
    "c4": "赵梓",
    "c5": "阿依古丽·买买提",
    "c6": "周\U00020bb7",
    "c7": "#panic",
}
"""By the child's code; one has a character that no font here has, one is written in markup."""


def applied(the_round: Round, names: Mapping[str, str] = NAMES) -> None:
    """An application for each of these children."""
    for code, name in names.items():
        Application.objects.create(
            round=the_round,
            number=str(Ref.draw("AR", 2026, secrets.randbelow)),
            code=code,
            child_name=name,
            guardian_name="Zhao",
            phone="13800000001",
            look_up=code,
            path=the_round.path,
        )


def told(the_round: Round, **different: object) -> RoundPapers:
    """What the papers of the round say."""
    says = {"check_in_when": "29 August, 8:30", "bring": "Household book", "contact": "0999-1"}
    made, _ = RoundPapers.objects.update_or_create(round=the_round, defaults={**says, **different})
    return made


def published(**different: str) -> RoundRun:
    """A published round with names and words for its papers; `different` is the round's own."""
    record = builders.published(cast.li(), cast.wu(), **different)
    applied(record.round)
    told(record.round)
    return record


def school_of(record: RoundRun, code: str = "school-1") -> RoundSchool:
    found: RoundSchool = record.input.schools.get(code=code)
    return found


def issued(record: RoundRun, code: str = "school-1") -> list[Letter]:
    """The letters to a school."""
    issuing.issue(record.round, school_of(record, code), by=cast.li())
    letters = Letter.objects.filter(school__code=code, end="").order_by("pk")
    return list(letters.select_related("application", "school", "round"))


def corrected(record: RoundRun, by: User, second: User) -> RoundRun:
    """The same round after a correction that seats c3 at school-1 in place of somebody else."""
    seated = set(record.placements.filter(school__code="school-1").values_list("code", flat=True))
    instead = next(code for code in ("c3", "c4") if code not in seated)
    place = f"{instead},990100001001,116.000{'300' if instead == 'c3' else '400'},36.500000"
    children = builders.CHILDREN.replace(f"{place},2,", f"{place},1,school-1")
    made = loading.load_correction(builders.uploaded(by, applicants=children), by)
    builders.both(steps.CORRECT, record.round, by, second, input=made.pk, reason="court order 7")
    again = builders.ran(builders.fresh(record.round), seed="", by=by)
    builders.both(steps.PUBLISH, record.round, by, second, run=again.run.ref)
    found: RoundRun = RoundRun.objects.select_related("run", "round", "input").get(pk=again.pk)
    return found
