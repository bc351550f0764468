"""What was decided of people goes when its time is over: rows, frozen facts and lists by person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from junheng.accounts.tests import cast
from junheng.aid.models import AidTerm, DecidedDay, Difference, Entitlement, PersonAnswers
from junheng.aid.services import auditing, deciding, forgetting_answers
from junheng.aid.snapshots import replaying
from junheng.aid.tests import builders
from junheng.aid.tests.sharing import shared
from junheng.commons.models import Run
from junheng.commons.runs import files_of
from junheng.commons.snapshots import freeze, hashes_of, is_whole, thaw
from junheng.commons.storage import Damaged, store
from junheng.commons.tests.roles import as_the_site

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 2, 1, tzinfo=UTC)
"""The term of the builders is over by then, and that is more than half a year ago."""


@pytest.fixture(scope="module")
def run(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Run]:
    """A term that was decided twice, published and compared."""
    with shared(django_db_blocker, tmp_path_factory.mktemp("files")):
        builders.pupils(["boarder", "registered_poor"], ["boarder"], [])
        builders.told("boarder", "registered_poor")
        builders.approved()
        builders.decided(publish=False)
        made = builders.decided()
        auditing.compare(builders.a_term())
        yield made


@pytest.fixture(autouse=True)
def files_come_back(run: Run) -> Iterator[None]:
    """What a test drops from the disk, no transaction takes back."""
    hashes = [*hashes_of(run.snapshot).values(), files_of(run)["entitlements.csv"].sha256]
    kept = [store().get(one) for one in hashes]
    yield
    for data in kept:
        store().put(data)


def all_of(until: datetime, most: int = 2_000) -> list[int]:
    with as_the_site():
        return list(iter(lambda: forgetting_answers.clear(until, most), 0))


def left() -> list[int]:
    return [model.objects.count() for model in (PersonAnswers, Entitlement, Difference)]


def test_rows_and_files_go_so_many_at_a_time_and_heads_and_sums_stay(run: Run) -> None:
    before, receipt = left(), run.receipt
    assert all(before)
    assert thaw(run.snapshot)
    done = all_of(AFTER, most=2)
    assert max(done[:-1]) <= 2
    assert left() == [0, 0, 0]
    for sha256 in (*hashes_of(run.snapshot).values(), files_of(run)["entitlements.csv"].sha256):
        assert not store().holds(sha256)
    run.refresh_from_db()
    assert (run.receipt, run.published_at is not None) == (receipt, True)
    assert DecidedDay.objects.filter(run=run).exists()
    assert all_of(AFTER) == []
    with pytest.raises(Damaged):
        thaw(run.snapshot)
    assert not is_whole(run.snapshot)
    assert replaying.newest(builders.a_term()) is None


def test_killed_halfway_the_next_night_does_the_rest(run: Run) -> None:
    with as_the_site(), transaction.atomic():
        assert forgetting_answers.clear(AFTER, 1) == 1
        transaction.set_rollback(True)
    whole = left()
    with as_the_site():
        forgetting_answers.clear(AFTER, 1)
    assert left()[0] == whole[0] - 1
    store().drop(hashes_of(run.snapshot)["facts.parquet"])
    all_of(AFTER)
    assert left() == [0, 0, 0]


def test_nothing_goes_of_a_term_that_is_not_over(run: Run) -> None:
    assert all_of(datetime(2026, 1, 16, tzinfo=UTC)) == []
    assert is_whole(run.snapshot)


def test_contents_that_a_younger_term_rests_on_stay(run: Run) -> None:
    later = AidTerm.objects.create(
        place=cast.counties(), code="2025-2026-2", starts_on=date(2026, 2, 20), ends_on=date.max
    )
    facts = thaw(run.snapshot)["facts.parquet"]
    Run.objects.create(
        ref="RUN-LATER", kind=deciding.KIND, matter=later.matter, rules_version="1",
        snapshot=freeze("aid.term", {"facts.parquet": facts}), requested_at=timezone.now(),
    )  # fmt: skip
    all_of(AFTER)
    assert store().holds(hashes_of(run.snapshot)["facts.parquet"])
    assert not store().holds(hashes_of(run.snapshot)["term.json"])


def test_the_database_keeps_what_is_younger_and_what_counts(run: Run) -> None:
    young = timezone.now() - timedelta(days=179)
    for deed in (
        lambda: forgetting_answers.clear(young, 10),
        lambda: PersonAnswers.objects.filter(run=run).delete(),
        lambda: Entitlement.objects.filter(run=run).delete(),
    ):
        with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_a_term_of_long_ago_is_neither_compared_nor_decided_anew(run: Run) -> None:
    term = builders.a_term()
    AidTerm.objects.filter(pk=term.pk).update(starts_on=date(2015, 9, 1), ends_on=date(2016, 1, 16))
    term.refresh_from_db()
    with pytest.raises(auditing.DecisionIsGone):
        auditing.compare(term)
    with pytest.raises(deciding.TermIsClosed):
        deciding.freeze_and_request(term, by=cast.ma(), enqueue=lambda _run: None)
