"""A term is decided: from frozen facts to entitlements, answers for everybody and a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.engine.entitlement import answers, claims, doubled
from junheng.aid.engine.facts import FACTS, STORED, Kind
from junheng.aid.engine.policies import Count, GivesWayWrongly, Overlapping, counts_of
from junheng.aid.models import AidTerm, DecidedDay, Entitlement, PersonAnswers
from junheng.aid.selectors.terms import is_over
from junheng.aid.snapshots.frozen import Frozen, freeze_term, thawed
from junheng.commons.copying import copy_in, count_after_commit
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.runs import attach, finish, publish, queue_run, start
from junheng.places.facade import Organisation, Place

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

KIND = "aid.entitlement"
VERSION = "1"
OF_ENTITLEMENT = (*("run_id", "subject", "path", "policy", "version", "for_day", "answer", "fen"),)
OF_ANSWERS = ("run_id", "subject", "path", "day", "facts", "answers")
Told = Callable[[int, int], None]


class CannotDecide(Refusal):
    """The facts or the policies contradict each other; that has to be mended first."""


class TermIsClosed(Refusal):
    """What was closed is not decided anew."""


def term_of(run: Run) -> AidTerm:
    """Which term a run decides."""
    _aid, code, county = run.matter.split(" ")
    found: AidTerm = AidTerm.objects.select_related("place").get(code=code, place__code=county)
    return found


def freeze_and_request(term: AidTerm, *, by: User | None, enqueue: Callable[[Run], None]) -> Run:
    """Freeze what a term is decided from and ask for the run, both or neither.

    Args:
        term: An open term.
        by: Who asks; None for the clock.
        enqueue: Puts the run into the queue, in the same transaction.

    Raises:
        TermIsClosed: If it was closed.
        AlreadyRunning: If the term is being decided.
    """
    _must_be_open(term)
    frozen = freeze_term(term)
    return queue_run(
        kind=KIND,
        matter=term.matter,
        snapshot=frozen,
        rules_version=VERSION,
        by=by,
        enqueue=enqueue,
    )


def _must_be_open(term: AidTerm) -> None:
    if is_over(term):
        raise TermIsClosed(_("The term %(code)s ended too long ago.") % {"code": term.code})
    if term.closed_at is not None:
        raise TermIsClosed(_("The term %(code)s was closed.") % {"code": term.code})


def execute(run: Run, told: Told) -> None:
    """Carry out a run; killed halfway it leaves nothing, and done twice it does the same once.

    Args:
        run: A run of this kind.
        told: Hears how many steps of how many are done.

    Raises:
        CannotDecide: If a person has two facts for one day, or policies contradict each other.
    """
    if not start(run):
        return
    frozen = thawed(run.snapshot)
    with frozen.engine as engine, TemporaryDirectory() as folder:
        counts = _counts(frozen)
        for done, count in enumerate(counts):
            told(done, len(counts) + 1)
            _decide(engine, count, done)
        _places(engine)
        files = _written(engine, run, counts, Path(folder))
        told(len(counts), len(counts) + 1)
        _take_over(run, frozen, counts, files)


def _counts(frozen: Frozen) -> tuple[Count, ...]:
    try:
        return counts_of(frozen.policies, frozen.period)
    except (Overlapping, GivesWayWrongly) as error:
        raise CannotDecide(
            _("The policies contradict each other: %(which)s.") % {"which": error.code}
        ) from error


def _decide(engine: Engine, count: Count, number: int) -> None:
    twice = engine.execute(doubled(count, "duckdb")).fetchall()
    if twice:
        raise CannotDecide(
            _("%(people)d people have two rows of facts for %(day)s.")
            % {"people": len(twice), "day": count.day.isoformat()}
        )
    engine.execute(f"CREATE TABLE answers_{number} AS {answers(count, 'duckdb')}")


def _places(engine: Engine) -> None:
    """Where the rows of a school are seen from, and those of nobody's school."""
    engine.execute("CREATE TABLE paths (code VARCHAR, path VARCHAR)")
    codes = [
        code
        for (code,) in engine.execute(
            "SELECT DISTINCT school FROM facts WHERE school IS NOT NULL"
            " UNION SELECT DISTINCT county FROM facts"
        ).fetchall()
    ]
    known = dict(Organisation.objects.filter(code__in=codes).values_list("code", "path"))
    known |= dict(Place.objects.filter(code__in=codes).values_list("code", "path"))
    if known:
        engine.executemany("INSERT INTO paths VALUES (?, ?)", sorted(known.items()))


def _written(
    engine: Engine, run: Run, counts: tuple[Count, ...], folder: Path
) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {"entitlements": [], "answers": []}
    for number, count in enumerate(counts):
        for name, select in (
            ("entitlements", _entitlements(count, number, run)),
            ("answers", _answers(counts, number, run)),
        ):
            file = folder / f"{name}-{number}.csv"
            engine.execute(f"COPY ({select}) TO '{file}' (FORMAT csv, HEADER false)")
            files[name].append(file)
    return files


def _entitlements(count: Count, number: int, run: Run) -> str:
    versions = " ".join(f"WHEN '{one.code}' THEN {one.version}" for one in count.policies)
    return (
        f"SELECT {run.pk}, c.subject, coalesce(s.path, p.path), c.policy,"
        f" CASE c.policy {versions} END, c.for_day, c.answer, c.fen"
        f" FROM ({claims(count, 'duckdb', table=f'answers_{number}')}) AS c"
        f" JOIN answers_{number} AS a USING (subject)"
        " LEFT JOIN paths s ON s.code = a.school LEFT JOIN paths p ON p.code = a.county"
        " ORDER BY c.subject, c.policy"
    )


def _answers(counts: tuple[Count, ...], number: int, run: Run) -> str:
    """A row for everybody; later in the term only for those of whom something changed."""
    count = counts[number]
    told = ", ".join(f"a.answer_{place}" for place in range(len(count.policies)))
    facts = ", ".join(_as_json(name) for name in STORED)
    day = f"DATE '{count.day.isoformat()}'"
    return (
        f"SELECT {run.pk}, a.subject, coalesce(s.path, p.path), {day},"
        f" '{{' || concat_ws(',', {facts}) || '}}', '[' || concat_ws(',', {told}) || ']'"
        f" FROM answers_{number} AS a JOIN facts f ON f.subject = a.subject"
        f" AND f.valid_from <= {day} AND (f.valid_to IS NULL OR f.valid_to > {day})"
        " LEFT JOIN paths s ON s.code = a.school LEFT JOIN paths p ON p.code = a.county"
        f"{_unchanged(counts, number)} ORDER BY a.subject"
    )


def _unchanged(counts: tuple[Count, ...], number: int) -> str:
    """Leaves out those of whom an earlier day says the same, by the same row of facts."""
    mine = [(one.code, one.version) for one in counts[number].policies]
    for before in reversed(range(number)):
        theirs = [(one.code, one.version) for one in counts[before].policies]
        if set(mine) <= set(theirs):
            same = " AND ".join(
                f"a.answer_{place} = b.answer_{theirs.index(one)}" for place, one in enumerate(mine)
            )
            return (
                f" ANTI JOIN answers_{before} AS b ON b.subject = a.subject"
                f" AND f.valid_from <= DATE '{counts[before].day.isoformat()}' AND {same}"
            )
    return ""


def _as_json(name: str) -> str:
    """A fact as a piece of JSON, nothing at all where it is missing."""
    quote = '"' if FACTS[name].kind in (Kind.CODE, Kind.DAY) else ""
    return f"'\"{name}\":{quote}' || CAST(f.{name} AS VARCHAR) || '{quote}'"


def _take_over(
    run: Run, frozen: Frozen, counts: tuple[Count, ...], files: dict[str, list[Path]]
) -> None:
    listing = b"".join(_without_run(file) for file in files["entitlements"])
    attach(run, {"entitlements.csv": listing})
    with transaction.atomic():
        DecidedDay.objects.bulk_create(
            DecidedDay(
                run=run, day=one.day, policies=[[each.code, each.version] for each in one.policies]
            )
            for one in counts
        )
        for file in files["entitlements"]:
            copy_in(Entitlement, OF_ENTITLEMENT, file)
        for file in files["answers"]:
            copy_in(PersonAnswers, OF_ANSWERS, file)
        finish(
            run,
            receipt=_receipt(run, frozen, counts),
            result_sha256=hashlib.sha256(listing).hexdigest(),
        )
        count_after_commit(Entitlement, PersonAnswers)


def _without_run(file: Path) -> bytes:
    """Lines without the number of the run, so that the same decision has the same fingerprint."""
    lines = file.read_bytes().splitlines(keepends=True)
    return b"".join(line.split(b",", 1)[1] for line in lines)


def _receipt(run: Run, frozen: Frozen, counts: tuple[Count, ...]) -> dict[str, Any]:
    return {
        "kind": run.kind,
        "term": frozen.period.code,
        "snapshot": run.snapshot.sha256,
        "rules_version": run.rules_version,
        "people": _one(frozen.engine, "SELECT count(DISTINCT subject) FROM facts"),
        "days": {one.day.isoformat(): _sums(frozen.engine, one, n) for n, one in enumerate(counts)},
    }


def _sums(engine: Engine, count: Count, number: int) -> dict[str, list[int]]:
    """By policy: version, heads entitled, heads undecided, fen."""
    return {
        one.code: [
            one.version,
            _one(engine, f"SELECT count(*) FROM answers_{number} WHERE answer_{place} = 0"),
            _one(engine, f"SELECT count(*) FROM answers_{number} WHERE answer_{place} < 0"),
            _one(engine, f"SELECT coalesce(sum(fen_{place}), 0) FROM answers_{number}"),
        ]
        for place, one in enumerate(count.policies)
    }


def _one(engine: Engine, sql: str) -> int:
    return int(engine.execute(sql).fetchall()[0][0])


def publish_term(run: Run, *, by: User) -> None:
    """Make this the run that counts; what an earlier one decided gives way to it.

    Raises:
        TermIsClosed: If the term was closed.
        CannotPublish: If it is not done, or another one took over.
    """
    with transaction.atomic():
        term = AidTerm.objects.select_for_update().get(pk=term_of(run).pk)
        _must_be_open(term)
        publish(run, by)
        earlier = Run.objects.filter(matter=run.matter, superseded_at__isnull=False)
        Entitlement.objects.filter(run__in=earlier).delete()
        PersonAnswers.objects.filter(run__in=earlier).delete()
        DecidedDay.objects.filter(run__in=earlier).delete()
