"""What everybody may know of a round, signed in or not: no child, no person, no home.

From opening on: rules, calendar, the public event, commitments. After freezing: fingerprints.
After the event: its figures, the opened words, the seed. After publication: what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from junheng.admissions.engine import seeds
from junheng.admissions.engine.calendar import Span
from junheng.admissions.engine.types import Method
from junheng.admissions.models import (
    Contribution,
    FrozenList,
    Round,
    RoundAct,
    RoundContact,
    RoundDate,
    RoundRun,
)
from junheng.admissions.selectors.calendar import name_of, spans_of
from junheng.admissions.selectors.lotteries import lotteries_of
from junheng.admissions.selectors.materials import (
    ListRow,
    contact_of,
    published_list,
    published_reasons,
)
from junheng.admissions.selectors.public_results import Statistics, statistics_of
from junheng.admissions.selectors.rounds import round_title
from junheng.kernel.canonical import canonical_json

State = Round.State
Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PublicContribution:
    """A contribution; `identity` and `words` are blank while it is sealed."""

    number: int
    commitment: str
    identity: str
    words: str

    @property
    def text(self) -> str:
        """What the commitment is the SHA-256 of."""
        return f"{self.identity}{seeds.SEPARATOR}{self.words}"


@dataclass(frozen=True, slots=True)
class PublicList:
    """A frozen list: `content`, with a line feed at its end, is what the fingerprint is of."""

    version: int
    sha256: str
    body: Mapping[str, Any]
    content: str
    tables: tuple[tuple[str, str], ...]
    reason: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class PublicResult:
    """A result that is published, or was until another one superseded it."""

    run: str
    result_sha256: str
    receipt_sha256: str
    published_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicCallUp:
    """A calling up from the waiting lists: how many seats, and what its receipt hashes to."""

    number: int
    at: datetime
    seats: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A round in the public list."""

    title: str
    place: str
    code: str
    ref: str
    year: int
    state: str
    state_name: str


@dataclass(frozen=True, slots=True)
class PublicRound:
    """Everything that the public page of a round says.

    Attributes:
        row: Its name, place and state.
        event: The public event as announced and, later, as entered.
        rules: As the round keeps them.
        material: The text that the seed comes from; "" before the event is entered.
        seed: What tickets are drawn with; "" before.
        statistics: Figures by school; None before publication.
        results: The newest first.
        phase: 0 before applications are taken, 1 meanwhile, 2 after.
        materials: The papers that families may be asked for.
        material_versions: Version, moment and reason of every published list, newest first.
        contact: Telephones and counters.
        lotteries: Names by code of the schools open by lottery.
        call_ups: From the waiting lists, the first one first.
        before, after: The round that this one is the second of, and its own second round.
    """

    row: PublicRow
    level: str
    policy: str
    rules: Mapping[str, Any]
    born: tuple[Any, Any]
    dates: tuple[tuple[str, datetime, datetime], ...]
    event: Any
    contributions: tuple[PublicContribution, ...]
    lists: tuple[PublicList, ...]
    material: str
    seed: str
    by_ring: bool
    results: tuple[PublicResult, ...]
    statistics: Statistics | None
    pack_access: str
    phase: int
    materials: ListRow | None
    material_versions: tuple[tuple[int, datetime, str], ...]
    contact: RoundContact | None
    lotteries: Mapping[str, str]
    call_ups: tuple[PublicCallUp, ...]
    before: PublicRow | None
    after: PublicRow | None

    @property
    def published(self) -> bool:
        return self.row.state in (State.PUBLISHED, State.CLOSED)


def public_rounds() -> list[PublicRow]:
    """The rounds that were opened, newest year first."""
    rounds = Round.objects.public().select_related("place").order_by("-year", "place__code", "ref")
    return [_row(the_round) for the_round in rounds]


def version_of_all() -> Version:
    """What changes with every act of any round; a page is made again when it does."""
    return _newest(RoundAct.objects.all())


def version_of(code: str, ref: str) -> Version | None:
    """What changes with every act of an opened round; None if there is no such round."""
    acts = RoundAct.objects.filter(round__place__code=code, round__ref=ref)
    applying = Q(round__dates__what=RoundDate.What.APPLICATIONS)
    found = acts.exclude(round__state=State.PLANNED).aggregate(
        newest=Max("pk"),
        count=Count("pk", distinct=True),
        begins_at=Min("round__dates__begins_at", filter=applying),
        ends_at=Max("round__dates__ends_at", filter=applying),
        called=Max("round__call_ups__number"),
        second=Max("round__second_round__acts__pk"),
    )
    phase = phase_of(found["begins_at"], found["ends_at"], timezone.now())
    beside = found["called"] or 0, found["second"] or 0
    return (found["newest"], found["count"], phase, *beside) if found["count"] else None


def phase_of(begins_at: datetime | None, ends_at: datetime | None, now: datetime) -> int:
    """Before, while and after applications are taken: 0, 1, 2; a page is made again then."""
    if begins_at is None or ends_at is None:
        return 0
    return int(now >= begins_at) + int(now >= ends_at)


def _newest(acts: Any) -> Version:
    found = acts.aggregate(newest=Max("pk"), count=Count("pk"))
    return found["newest"] or 0, found["count"]


def opened_round(code: str, ref: str) -> Round | None:
    """An opened round by its public address."""
    rounds = Round.objects.public().filter(place__code=code, ref=ref)
    found: Round | None = rounds.select_related("place", "input", "event").order_by("-pk").first()
    return found


def public_round(the_round: Round) -> PublicRound:
    """What everybody may know of a round."""
    contributions = contributions_of(the_round)
    lists = lists_of(the_round)
    spans = spans_of(the_round)
    by_ring = the_round.rules.get("method") == Method.RING
    return PublicRound(
        row=_row(the_round),
        level=the_round.level,
        policy=the_round.policy,
        rules=the_round.rules,
        born=(the_round.born_from, the_round.born_by),
        dates=dates_of(spans),
        event=the_round.event,
        contributions=contributions,
        lists=lists,
        material=material_of(the_round, contributions, lists),
        seed=the_round.seed,
        by_ring=by_ring,
        results=_results(the_round),
        statistics=statistics_of(the_round),
        pack_access=the_round.pack_access,
        phase=_phase(spans),
        materials=published_list(the_round),
        material_versions=tuple(published_reasons(the_round)),
        contact=contact_of(the_round),
        lotteries=lotteries_of(the_round),
        call_ups=call_ups_of(the_round),
        **_beside(the_round),
    )


def call_ups_of(the_round: Round) -> tuple[PublicCallUp, ...]:
    """What was offered from the waiting lists; the receipts themselves are fetched one by one."""
    rows = the_round.call_ups.order_by("number").annotate(seats=Count("offers"))
    return tuple(PublicCallUp(*row) for row in rows.values_list("number", "at", "seats", "sha256"))


def _beside(the_round: Round) -> dict[str, PublicRow | None]:
    """The rounds before and after it, as far as they were opened."""
    beside = Round.objects.public().select_related("place")
    found = beside.filter(Q(pk=the_round.second_of_id) | Q(second_of=the_round.pk))
    rows = {one.second_of_id == the_round.pk: _row(one) for one in found}
    return {"before": rows.get(False), "after": rows.get(True)}


def _phase(spans: Sequence[Span]) -> int:
    own = {span.what: span for span in spans}.get("applications")
    return phase_of(own.begins_at, own.ends_at, timezone.now()) if own else 0


def dates_of(spans: Sequence[Span]) -> tuple[tuple[str, datetime, datetime], ...]:
    """The calendar in order: name, beginning and end; nothing of it depends on today."""
    ordered = sorted(spans, key=lambda span: (span.begins_at, span.ends_at))
    return tuple((name_of(span.what), span.begins_at, span.ends_at) for span in ordered)


def contributions_of(the_round: Round) -> tuple[PublicContribution, ...]:
    """The contributions by number; sealed ones only as their commitments."""
    rows = Contribution.objects.filter(round=the_round).order_by("number").defer("words")
    return tuple(
        PublicContribution(row.number, row.commitment, str(row.pk), row.opened)
        if row.opened_at
        else PublicContribution(row.number, row.commitment, "", "")
        for row in rows
    )


def lists_of(the_round: Round) -> tuple[PublicList, ...]:
    """The frozen lists, the first one first."""
    return tuple(_list(row) for row in FrozenList.objects.filter(round=the_round).order_by("pk"))


def _list(row: FrozenList) -> PublicList:
    content = canonical_json(row.content).decode().removesuffix("\n")
    tables = tuple(sorted(row.content["tables"].items()))
    return PublicList(
        version=row.version,
        sha256=row.list_sha256,
        body=row.content,
        content=content,
        tables=tables,
        reason=row.reason,
        frozen_at=row.frozen_at,
    )


def material_of(
    the_round: Round,
    contributions: tuple[PublicContribution, ...],
    lists: tuple[PublicList, ...],
) -> str:
    """The text that the seed comes from, once it is known."""
    if not the_round.seed:
        return ""
    words = [one.words for one in contributions]
    return seeds.material(the_round.ref, lists[0].sha256, words, the_round.event.figures)


def _results(the_round: Round) -> tuple[PublicResult, ...]:
    records = RoundRun.objects.filter(round=the_round, run__published_at__isnull=False)
    fields = ("ref", "result_sha256", "receipt_sha256", "published_at", "superseded_at")
    rows = records.order_by("-run__published_at").values_list(*(f"run__{name}" for name in fields))
    return tuple(PublicResult(*row) for row in rows)


def _row(the_round: Round) -> PublicRow:
    return PublicRow(
        title=round_title(the_round),
        place=the_round.place.name,
        code=the_round.place.code,
        ref=the_round.ref,
        year=the_round.year,
        state=the_round.state,
        state_name=the_round.get_state_display(),
    )
