"""A term of aid with good defaults; only what matters to a test is spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from junheng.accounts.tests import cast
from junheng.aid.models import AidPolicy, AidTerm, PolicyVersion, SchoolTrait, ToldInFull
from junheng.aid.models.told import IN_FULL
from junheng.aid.services import deciding
from junheng.aid.services.policies import Naming, Wording, ask_approval, name_policy, write_draft
from junheng.commons import approvals
from junheng.commons.models import Run
from junheng.places.models import Organisation
from junheng.registry.models import Pupil, PupilTag
from junheng.registry.tests import builders as registry

FIRST, LAST = date(2025, 9, 1), date(2026, 1, 16)
POOR = "registered_poor"


def a_term(**given: Any) -> AidTerm:
    """The first term of 2025-2026 in Yunhuai."""
    defaults = {"starts_on": FIRST, "ends_on": LAST} | given
    made, _ = AidTerm.objects.get_or_create(
        place=cast.counties(), code="2025-2026-1", defaults=defaults
    )
    return made


def told(*facts: str) -> None:
    """These lists of Yunhuai are told in full, all of them if none is named."""
    ToldInFull.objects.bulk_create(
        ToldInFull(place=cast.counties(), fact=fact, valid_from=FIRST, said_by="Bureau")
        for fact in facts or IN_FULL
    )


def tag(pupil: Pupil, *tags: str, since: date = FIRST, until: date | None = None) -> None:
    """What a pupil is known for."""
    PupilTag.objects.bulk_create(
        PupilTag(pupil=pupil, tag=one, valid_from=since, valid_to=until) for one in tags
    )


def trait(fact: str, school: Organisation | None = None, since: date = FIRST) -> None:
    """A school is in a programme."""
    SchoolTrait.objects.create(
        organisation=school or cast.school(), fact=fact, valid_from=since, document="List"
    )


def a_policy(code: str = "boarders", **given: Any) -> AidPolicy:
    """A policy of Yunhuai, made where it is not there yet."""
    if known := AidPolicy.objects.filter(code=code).first():
        return known
    naming = {"title_zh": code, "title_en": code.title(), "level": "county", "kind": "living"}
    plain = {"plain_zh": "allowance", "plain_en": "Allowance"}
    return name_policy(cast.counties(), Naming(code=code, funds="County", **naming | plain | given))


def wording(*texts: str, fen: int = 50_000, **given: Any) -> Wording:
    """What a version says: these conditions, and one amount for everybody."""
    defaults: dict[str, Any] = {
        "valid_from": date(2024, 9, 1),
        "counted_on": "first_day",
        "conditions": [
            {"text": text, "clause": f"clause {n}", "place": f"art. {n}"}
            for n, text in enumerate(texts or ("boarder", POOR), 1)
        ],
        "rates": [{"when": "", "fen": fen}],
        "document": "Notice of the county",
    }
    return Wording(**defaults | given)


def a_draft(*texts: str, code: str = "boarders", **given: Any) -> PolicyVersion:
    """A draft of a version, written by Ma."""
    return write_draft(a_policy(code), wording(*texts, **given), by=cast.ma())


def approved(*texts: str, code: str = "boarders", **given: Any) -> PolicyVersion:
    """A version that Ma wrote and Wu approved."""
    draft = a_draft(*texts, code=code, **given)
    approvals.agree(ask_approval(draft, by=cast.ma()), cast.wu())
    draft.refresh_from_db()
    return draft


def decided(term: AidTerm | None = None, *, publish: bool = True) -> Run:
    """A run of a term, published by Ma."""
    run = deciding.freeze_and_request(term or a_term(), by=cast.ma(), enqueue=lambda _run: None)
    deciding.execute(run, lambda _done, _total: None)
    if publish:
        deciding.publish_term(run, by=cast.ma())
    return run


def pupils(*tags: Sequence[str]) -> list[Pupil]:
    """Pupils of Primary School school-1, each with these tags."""
    registry.facts()
    school_class = registry.a_class(size=0)
    made = [registry.a_pupil(school_class) for _each in tags]
    for pupil, some in zip(made, tags, strict=True):
        tag(pupil, *some)
    return made
