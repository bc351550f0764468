"""Lists: filters, sorting, pages, the empty list, the export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import django_filters
import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_htmx.middleware import HtmxDetails
from pytest_django import Settings

from junheng.commons.filters import ListFilters, SearchFilter, SwitchFilter
from junheng.commons.models import Job
from junheng.commons.tables import (
    BadgeColumn,
    Column,
    DateColumn,
    ListTable,
    MaskedColumn,
    MomentColumn,
    NumberColumn,
    sortable_columns,
    unindexed_sorts,
)
from junheng.commons.web import lists
from junheng.commons.web.budget import OverBudget, query_budget
from junheng.commons.web.lists import CappedPaginator, Listing, ListPage

pytestmark = pytest.mark.django_db


class JobTable(ListTable):
    title = MaskedColumn(mask=lambda title: f"{title[0]}**", verbose_name="Title")
    state = BadgeColumn(tones={"failed": "danger"}, verbose_name="State", orderable=True)
    done = NumberColumn(verbose_name="Done")


class JobFilters(ListFilters):
    title = SearchFilter(label="Title")
    state = django_filters.ChoiceFilter(label="State", choices=Job.State.choices)
    failed = SwitchFilter(label="Only failed", field_name="error", lookup_expr="gt", method="bad")

    def bad(self, rows: Any, _name: str, _value: bool) -> Any:
        return rows.filter(state="failed")


class JobPage(ListPage):
    table = JobTable
    filters = JobFilters
    title = "Jobs"

    def rows(self) -> Any:
        return Job.objects.order_by("state")


@pytest.fixture
def jobs(db: None) -> list[Job]:
    """Thirty jobs, every third failed."""
    states = ["done", "done", "failed"]
    return Job.objects.bulk_create(
        Job(kind="k", title=f"Job {n:02}", state=states[n % 3], done=n) for n in range(30)
    )


@pytest.fixture
def ask(rf: RequestFactory) -> Callable[..., Listing]:
    def listing(query: str = "", rows: Any = None, **options: Any) -> Listing:
        request = rf.get(f"/jobs/?{query}")
        chosen = Job.objects.order_by("state") if rows is None else rows
        given = {"table": JobTable, "filters": JobFilters, **options}
        return Listing(request, chosen, **given)

    return listing


def shown(listing: Listing) -> list[str]:
    return [row.record.title for row in listing.table.paginated_rows]


def test_a_list_shows_one_page_and_counts_all(jobs: list[Job], ask: Callable[..., Listing]) -> None:
    listing = ask()
    assert (len(shown(listing)), listing.count, listing.is_capped) == (25, 30, False)


def test_pages_neither_repeat_nor_skip_a_row(jobs: list[Job], ask: Callable[..., Listing]) -> None:
    both = shown(ask("sort=state")) + shown(ask("sort=state&page=2"))
    assert sorted(both) == sorted(job.title for job in jobs)


def test_a_far_page_shows_what_a_near_one_would(
    jobs: list[Job], ask: Callable[..., Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    near = shown(ask("sort=-state&page=2"))
    monkeypatch.setattr("junheng.commons.tables.FAR", 25)
    assert shown(ask("sort=-state&page=2")) == near


def test_days_and_moments_are_written_in_the_time_of_the_place() -> None:
    midnight = datetime(2026, 9, 1, 16, 0, tzinfo=UTC)
    assert DateColumn(format="Y-m-d").render(midnight.date()) == "2026-09-01"
    assert DateColumn().value(midnight.date()) == "2026-09-01"
    assert MomentColumn(format="Y-m-d H:i").render(midnight) == "2026-09-02 00:00"
    assert MomentColumn().value(midnight) == "2026-09-01 16:00:00+00:00"


@pytest.mark.parametrize(
    ("page", "number"),
    [("0", 1), ("-3", 1), ("2", 2), ("99", 2), ("many", 1), ("", 1), ("²", 1)],
)
def test_a_page_that_is_not_there_becomes_the_nearest(
    jobs: list[Job], ask: Callable[..., Listing], page: str, number: int
) -> None:
    assert ask(f"page={page}").table.page.number == number


@pytest.mark.parametrize(("asked", "size"), [("50", 50), ("7", 25), ("1000000", 25), ("x", 25)])
def test_only_offered_page_sizes_are_taken(
    jobs: list[Job], ask: Callable[..., Listing], asked: str, size: int
) -> None:
    assert ask(f"per_page={asked}").page_size == size


def test_only_columns_that_say_so_can_be_sorted(
    jobs: list[Job], ask: Callable[..., Listing]
) -> None:
    assert sortable_columns(JobTable) == {"state": ["state"]}
    assert not ask("sort=done").table.order_by
    assert not ask("sort=requested_by__password").table.order_by
    assert next(row.record.state for row in ask("sort=-state").table.paginated_rows) == "failed"


def test_sorting_without_an_index_is_found() -> None:
    class Slow(ListTable):
        message = Column(orderable=True)
        id = Column(orderable=True)
        requested_by = Column(orderable=True)
        state = Column(orderable=True)

    assert unindexed_sorts(Slow, Job) == ["message"]


def test_conditions_narrow_the_list(jobs: list[Job], ask: Callable[..., Listing]) -> None:
    assert ask("state=failed").count == 10
    assert ask("title=job 1").count == 10
    assert ask("failed=on").count == 10
    assert ask("failed=").count == 30


def test_a_condition_that_cannot_be_read_hides_everything_and_says_so(
    jobs: list[Job], ask: Callable[..., Listing]
) -> None:
    listing = ask("state=nonsense")
    assert listing.count == 0
    assert listing.widen_url == ""
    assert listing.form.errors["state"]


def test_an_empty_list_says_what_it_hides_and_how_to_widen_it(
    jobs: list[Job], ask: Callable[..., Listing]
) -> None:
    listing = ask("title=nowhere&state=done&sort=-state&page=2")
    assert listing.hidden == 30
    told = [(one.label, one.value, one.without_url) for one in listing.conditions]
    assert told == [
        ("Title", "nowhere", "/jobs/?state=done&sort=-state"),
        ("State", "Done", "/jobs/?title=nowhere&sort=-state"),
    ]
    assert listing.widen_url == "/jobs/?sort=-state&page=2"


def test_counting_stops_at_the_cap(
    jobs: list[Job], ask: Callable[..., Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "cap", 20)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        listing = ask()
    assert (listing.count, listing.is_capped, listing.table.paginator.num_pages) == (20, True, 1)
    assert "LIMIT 21" in asked[0]["sql"]


def test_two_lists_share_a_page_without_quarrel(
    jobs: list[Job], ask: Callable[..., Listing]
) -> None:
    query = "done-state=failed&done-sort=-state&page=2"
    first, second = ask(query), ask(query, part="done")
    assert (first.count, second.count) == (30, 10)
    assert (first.table.page.number, second.table.page.number) == (2, 1)
    assert second.id == "list-done"
    assert second.form["state"].html_name == "done-state"


def test_plain_rows_make_a_list_too(ask: Callable[..., Listing]) -> None:
    class Plain(ListTable):
        name = Column(orderable=True)

    rows = [{"name": "b"}, {"name": "a"}]
    listing = ask("sort=name", rows, table=Plain, filters=None)
    assert [row.record["name"] for row in listing.table.paginated_rows] == ["a", "b"]
    assert (listing.count, listing.conditions, listing.form) == (2, [], None)


# The page


def get(rf: RequestFactory, query: str = "", *, htmx: bool = False, **headers: str) -> HttpResponse:
    marks = {"HX-Request": "true", **headers} if htmx else {}
    request = rf.get(f"/jobs/?{query}", headers=marks)
    request.user = None  # type: ignore[assignment]  # the frame asks for nobody
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    response = JobPage.as_view()(request)
    assert isinstance(response, HttpResponse)
    return response


def test_the_page_shows_badges_masks_and_states_of_sorting(
    jobs: list[Job], rf: RequestFactory
) -> None:
    html = get(rf, "sort=-state").content.decode()
    assert 'class="badge toned tone-danger"' in html
    assert "J**" in html
    assert "Job 02" not in html
    assert 'aria-sort="descending"' in html
    assert "30 rows" in html


def test_htmx_gets_the_list_alone(jobs: list[Job], rf: RequestFactory) -> None:
    response = get(rf, "state=failed&_part=table", htmx=True)
    html = response.content.decode()
    assert "<html" not in html
    assert html.count('id="list-table"') == 1
    assert "_part=table" not in html
    assert response["HX-Push-Url"] == "/jobs/?state=failed"
    assert 'hx-swap-oob="true"' in html


def test_the_whole_page_comes_without_htmx_or_when_history_is_restored(
    jobs: list[Job], rf: RequestFactory
) -> None:
    assert "<html" in get(rf, "_part=table").content.decode()
    again = {"HX-History-Restore-Request": "true"}
    assert "<html" in get(rf, "_part=table", htmx=True, **again).content.decode()
    assert "<html" in get(rf, "", htmx=True).content.decode()


def test_words_of_a_reader_stay_text(jobs: list[Job], rf: RequestFactory) -> None:
    html = get(rf, "title=%3Cscript%3Ealert(1)%3C/script%3E").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_links_of_the_list_keep_its_conditions(jobs: list[Job], rf: RequestFactory) -> None:
    html = get(rf, "title=Job&sort=-state").content.decode()
    assert "?title=Job&amp;sort=state" in html
    assert "?title=Job&amp;sort=-state&amp;page=2" in html


def export(
    rf: RequestFactory, query: str, monkeypatch: pytest.MonkeyPatch, page: Any = JobPage
) -> Any:
    taken: dict[str, Any] = {}

    def door(request: Any, title: str, columns: Any, rows: Any) -> HttpResponseBase:
        taken.update(title=title, columns=list(columns), rows=[list(row) for row in rows])
        return HttpResponse()

    monkeypatch.setattr("junheng.commons.exports.export_response", door)
    response = page.as_view()(rf.post(f"/jobs/?{query}"))
    return taken, response


def test_the_export_takes_all_pages_as_filtered_sorted_and_masked(
    jobs: list[Job], rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, _ = export(rf, "sort=-state&page=2", monkeypatch)
    assert taken["title"] == "Jobs"
    assert taken["columns"] == ["Title", "State", "Done"]
    assert len(taken["rows"]) == 30
    assert taken["rows"][0][:2] == ["J**", "Failed"]
    assert sorted(row[2] for row in taken["rows"]) == list(range(30))
    assert len(export(rf, "state=failed", monkeypatch)[0]["rows"]) == 10


def test_a_list_that_does_not_leave_is_not_exported(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stays(JobPage):
        can_export = False

    taken, response = export(rf, "", monkeypatch, Stays)
    assert (taken, response.status_code) == ({}, 405)


# The budget


def spend_two(budget: int) -> None:
    with query_budget(budget, what="/jobs/"):
        Job.objects.exists()
        Job.objects.count()


def test_a_page_over_its_budget_is_loud_in_strict_settings(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STRICT_QUERY_BUDGET = True
    with query_budget(1, what="/jobs/"):
        Job.objects.exists()
    with pytest.raises(OverBudget, match="/jobs/: 2 queries, budget 1"):
        spend_two(1)
    settings.STRICT_QUERY_BUDGET = False
    with query_budget(0, what="/jobs/"):
        Job.objects.exists()
    assert "/jobs/: 1 queries, budget 0" in caplog.text


def test_the_list_costs_the_same_for_any_number_of_rows(
    jobs: list[Job], rf: RequestFactory
) -> None:
    with CaptureQueriesContext(connection) as asked:
        get(rf)
    assert len(asked) == 2, "one for the count, one for the page"


# The filters' dress


def test_a_long_choice_can_be_searched_and_an_unset_one_says_of_what() -> None:
    class Long(ListFilters):
        month = django_filters.ChoiceFilter(label="Month", choices=[(n, str(n)) for n in range(20)])
        half = django_filters.ChoiceFilter(label="Half", choices=[(1, "1"), (2, "2")])

        class Meta:
            model = Job
            fields: list[str] = []

    form = Long({}, queryset=Job.objects.all()).form
    assert "data-search" in form.fields["month"].widget.attrs
    assert "data-search" not in form.fields["half"].widget.attrs
    assert next(iter(form.fields["half"].widget.choices)) == ("", "Half: all")


def test_a_choice_of_rows_says_so_too() -> None:
    class ByJob(ListFilters):
        job = django_filters.ModelChoiceFilter(label="Job", queryset=Job.objects.all())

    job = Job.objects.create(kind="k", title="Assign")
    listing_form = ByJob({"job": str(job.pk)}, queryset=Job.objects.all()).form
    assert next(iter(listing_form.fields["job"].widget.choices)) == ("", "Job: all")
    assert lists._words(listing_form["job"], job) == "Assign"


def test_addresses_stay_on_the_page(jobs: list[Job], ask: Callable[..., Listing]) -> None:
    assert urlsplit(ask("_part=table&title=").url)[:3] == ("", "", "/jobs/")
    assert ask("_part=table&title=").url == "/jobs/"
