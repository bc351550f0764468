"""Statements made once: they find and write what a queryset finds and writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from junheng.commons.history import acting, history_of
from junheng.commons.made_once import Insertion, NotFoundAgain, Update, made_once
from junheng.commons.models import Job, Message

pytestmark = pytest.mark.django_db


@made_once
def jobs_of(person: int, kind: str) -> QuerySet[Job]:
    """Those of a person, of a kind."""
    rows = Job.objects.filter(requested_by=person, kind=kind)
    return rows.select_related("requested_by").order_by("-requested_at")[:2]


@made_once
def kinds_like(stem: str, since: datetime, besides: UUID) -> QuerySet[Job, tuple[str, int]]:
    rows = Job.objects.filter(kind__istartswith=stem, requested_at__gte=since)
    wanted = rows.exclude(pk=besides).values("kind").annotate(n=Count("pk")).order_by("kind")
    return wanted.values_list("kind", "n")


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def add(kind: str, **more: Any) -> Job:
    return Job.objects.create(kind=kind, **more)


def test_rows_are_those_of_the_queryset_for_these_arguments(li: Any) -> None:
    wang = get_user_model().objects.create(username="made-once-wang")
    made = [add("test.a", requested_by=li, args={"n": n}) for n in range(3)]
    add("test.a", requested_by=wang)
    add("test.b", requested_by=li)
    found = jobs_of(li.pk, "test.a")
    assert [values_of(row) for row in found] == [values_of(row) for row in made[:0:-1]]
    assert {row.requested_by for row in jobs_of(wang.pk, "test.a")} == {wang}
    assert jobs_of(wang.pk, "test.b") == []


def test_it_is_one_query_with_what_belongs_to_it(li: Any, django_assert_num_queries: Any) -> None:
    add("test.a", requested_by=li)
    jobs_of(li.pk, "test.a")
    with django_assert_num_queries(1):
        assert jobs_of(li.pk, "test.a")[0].requested_by == li


def test_values_groups_and_beginnings_are_found_whatever_stands_in_them() -> None:
    before = timezone.now() - timedelta(minutes=1)
    for kind in ("50%_a", "50%_a", "50%_b", "50xya"):
        last = add(kind)
    nothing = uuid4()
    assert kinds_like("50%_", before, nothing) == [("50%_a", 2), ("50%_b", 1)]
    assert kinds_like("50X", before, nothing) == [("50xya", 1)]
    assert kinds_like("50x", before, last.pk) == []
    assert kinds_like("50", timezone.now() + timedelta(days=1), nothing) == []


def test_without_a_value_the_queryset_is_asked_as_it_stands(li: Any) -> None:
    @made_once
    def whose(person: int) -> QuerySet[Job]:
        return Job.objects.filter(requested_by=person)

    mine, nobodys = add("test.a", requested_by=li), add("test.a")
    assert whose(li.pk) == [mine]
    assert whose(None) == [nobodys]  # type: ignore[arg-type]  # as a page may do
    assert whose(li.pk) == [mine]


def test_what_is_made_is_made_once(li: Any) -> None:
    times = []

    @made_once
    def counted(person: int) -> QuerySet[Job]:
        times.append(person)
        return Job.objects.filter(requested_by=person)

    for _each in range(3):
        counted(li.pk)
    assert len(times) == 2
    assert li.pk not in times


def test_what_is_computed_of_an_argument_is_refused() -> None:
    @made_once
    def computed(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind.upper())

    @made_once
    def unused(kind: str, other: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind)

    @made_once
    def unknown(kind: list[str]) -> QuerySet[Job]:
        return Job.objects.filter(kind__in=kind)

    asked: list[Any] = [lambda: computed("a"), lambda: unknown(["a"]), lambda: unused("a", "b")]
    for ask in asked:
        with pytest.raises(NotFoundAgain):
            ask()


def test_a_value_that_looks_like_a_mark_is_noticed() -> None:
    @made_once
    def alike(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind).exclude(kind="made-once-1")

    with pytest.raises(NotFoundAgain):
        alike("a")


def a_message(**more: Any) -> Message:
    now = datetime(2027, 5, 1, tzinfo=UTC)
    return Message(
        template="test.words",
        phone="13800000001",
        content="{}",
        **{"subject": "S-1", "written_at": now, "next_at": now, "expires_at": now, **more},
    )


def test_an_inserted_row_is_as_if_it_had_been_saved() -> None:
    ours, theirs = a_message(), a_message()
    assert Insertion(Message)(ours)
    theirs.save(force_insert=True)
    kept = [Message.objects.get(pk=row.pk) for row in (ours, theirs)]
    assert [str(row.phone) for row in kept] == ["13800000001"] * 2
    first, second = ({**values_of(row), "id": 0, "phone": 0, "content": 0} for row in kept)
    assert first == second
    assert not ours._state.adding


def test_a_row_that_is_there_is_left_as_it_is() -> None:
    once = Insertion(Message, unless_there=True)
    assert once(a_message(dedupe="once"))
    assert not once(a_message(dedupe="once", subject="S-2"))
    assert [row.subject for row in Message.objects.all()] == ["S-1"]


def test_a_number_comes_back_and_the_history_says_who(li: Any) -> None:
    person = get_user_model()(username="made-once", name="Zhao")
    with acting(user=li.pk):
        assert Insertion(get_user_model())(person)
    assert get_user_model().objects.get(pk=person.pk).username == "made-once"
    assert [row.user_id for row in history_of(person)] == [li.pk]


def test_only_the_named_columns_are_written(li: Any) -> None:
    job = add("test.a", requested_by=li)
    job.kind, job.args, job.requested_by_id = "test.b", {"words": ["a", 1]}, None
    with CaptureQueriesContext(connection) as asked:
        Update(Job, "kind", "args")(job)
    assert len(asked) == 1
    job = Job.objects.get(pk=job.pk)
    assert (job.kind, job.args, job.requested_by) == ("test.b", {"words": ["a", 1]}, li)


def test_writing_a_row_that_is_gone_fails_as_django_does() -> None:
    job = add("test.a")
    Job.objects.filter(pk=job.pk).delete()
    with pytest.raises(DatabaseError, match="gone"):
        Update(Job, "kind")(job)


def test_a_day_is_an_argument() -> None:
    @made_once
    def on(day: date) -> QuerySet[Job]:
        return Job.objects.filter(requested_at__date=day)

    job = add("test.a")
    today = timezone.localdate(job.requested_at)
    assert on(today) == [job]
    assert on(today - timedelta(days=1)) == []
