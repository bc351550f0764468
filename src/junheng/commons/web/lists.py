"""One way to show rows: filter, sort on an index, page, export, and say why a list is empty.

A room writes a table, filters and a queryset; `ListPage` is the page, `Listing` the same thing for
a page that shows more than a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.views import View

from junheng.commons.filters import ListFilters
from junheng.commons.tables import ListTable
from junheng.commons.web.budget import query_budget

PAGE_SIZES = (25, 50, 100)
COUNT_CAP = 10_000
Rows = QuerySet[Any] | Sequence[Any]


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic only in the stubs
    """Counts no further than the cap: a figure over ten thousand helps nobody and costs a scan."""

    cap: ClassVar[int] = COUNT_CAP

    @cached_property
    def counted(self) -> int:
        rows: Any = self.object_list
        while hasattr(rows, "data"):  # the wrappers of django-tables2
            rows = rows.data
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.cap + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.cap)

    @property
    def is_capped(self) -> bool:
        return self.counted > self.cap

    def page(self, number: int | str) -> Any:
        """The page, or the nearest there is: an old link never ends at an error."""
        return super().page(self._nearest(number))

    def _nearest(self, number: int | str) -> int:
        wanted = int(number) if str(number).isdecimal() else 1
        return min(max(wanted, 1), self.num_pages)


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter that is set, and the address of the list without it."""

    label: str
    value: str
    without_url: str


class Listing:
    """A filtered, sorted, paged table; several may share a page, each with its own `part`."""

    def __init__(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        table: type[ListTable],
        filters: type[ListFilters] | None = None,
        title: str | Promise = "",
        empty: str | Promise = "",
        part: str = "table",
        export: bool = True,
        tie_break: str = "pk",
        table_options: Mapping[str, Any] | None = None,
    ) -> None:
        self.request, self.all_rows, self.part = request, rows, part
        self.title, self.empty, self.can_export, self.tie_break = title, empty, export, tie_break
        self.prefix = "" if part == "table" else f"{part}-"
        self.filterset = self._filterset(filters)
        self.table = table(
            self._chosen(),
            order_by=self._asked_order(),
            prefix=self.prefix,
            **(table_options or {}),
        )
        # Given to the constructor, the request would make it page by itself: with a full count.
        self.table.request = request
        self._break_ties()
        self.table.paginate(
            page=request.GET.get(f"{self.prefix}page", 1),
            per_page=self.page_size,
            paginator_class=CappedPaginator,
        )

    # What the template asks
    @property
    def id(self) -> str:
        return f"list-{self.part}"

    @property
    def form(self) -> Any:
        return self.filterset.form if self.filterset is not None else None

    @property
    def count(self) -> int:
        return int(self.table.paginator.count)

    @property
    def is_capped(self) -> bool:
        return bool(self.table.paginator.is_capped)

    @property
    def page_size(self) -> int:
        asked = self.request.GET.get(f"{self.prefix}per_page", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]

    @property
    def sort_name(self) -> str:
        return str(self.table.prefixed_order_by_field)

    @property
    def sort_value(self) -> str:
        return self.request.GET.get(self.sort_name, "")

    @property
    def url(self) -> str:
        """This list as it stands, without the marks of a partial load."""
        return self._address(self._query())

    @property
    def widen_url(self) -> str:
        """The list without any condition, if there is one."""
        query = self._query()
        for name in self._filter_names():
            query.pop(name, None)
        return self._address(query) if self.conditions else ""

    @cached_property
    def hidden(self) -> int:
        """How many rows the conditions hide; asked only when the list is empty."""
        return CappedPaginator(self.all_rows, PAGE_SIZES[0]).count

    @cached_property
    def conditions(self) -> list[Condition]:
        """The filters that are set, in the order of the form."""
        if self.filterset is None or not self.filterset.form.is_bound:
            return []
        self.filterset.form.is_valid()
        cleaned = getattr(self.filterset.form, "cleaned_data", {})
        return [
            Condition(
                str(field.label), _words(field, cleaned[field.name]), self._without(field.html_name)
            )
            for field in self.filterset.form
            if cleaned.get(field.name) not in (None, "", False) and cleaned.get(field.name) != []
        ]

    # What the view asks
    @property
    def is_asked_alone(self) -> bool:
        """Whether htmx wants only this list, not the page around it."""
        htmx: Any = getattr(self.request, "htmx", None)
        wants_part = self.request.GET.get("_part") == self.part
        return bool(htmx) and wants_part and not htmx.history_restore_request

    def alone(self) -> HttpResponse:
        """The list without the page; the browser's address stays free of `_part`."""
        context = {"list": self, "alone": True}
        response = TemplateResponse(self.request, "commons/listing.html", context).render()
        response.headers["HX-Push-Url"] = self.url
        return response

    def export_rows(self) -> tuple[list[str], Iterator[list[Any]]]:
        """The heads and the rows as shown, masks included, over all pages."""
        values = self.table.as_values()  # one by one: see `tables._Rows`
        return [str(head) for head in next(values)], values

    # How it is done
    def _filterset(self, filters: type[ListFilters] | None) -> ListFilters | None:
        if filters is None:
            return None
        return filters(
            self.request.GET or None,
            queryset=self.all_rows,
            request=self.request,
            prefix=self.part if self.prefix else None,
        )

    def _chosen(self) -> Any:
        if self.filterset is None:
            return self.all_rows
        if self.filterset.is_bound and not self.filterset.is_valid():
            return self.filterset.queryset.none()
        return self.filterset.qs

    def _asked_order(self) -> list[str] | None:
        asked = self.request.GET.get(f"{self.prefix}sort", "")
        return asked.split(",") if asked else None

    def _break_ties(self) -> None:
        """Rows that sort alike keep one order, so that no page repeats or skips a row."""
        rows = self.table.data.data
        if self.tie_break and isinstance(rows, QuerySet):
            ordering = rows.query.order_by or rows.model._meta.ordering or ()
            self.table.data.data = rows.order_by(*ordering, self.tie_break)

    def _filter_names(self) -> list[str]:
        return [] if self.filterset is None else [field.html_name for field in self.filterset.form]

    def _query(self) -> QueryDict:
        query = self.request.GET.copy()
        query.pop("_part", None)
        for name in [name for name in query if not any(query.getlist(name))]:
            query.pop(name)
        return query

    def _without(self, name: str) -> str:
        query = self._query()
        for gone in (name, f"{self.prefix}page"):
            query.pop(gone, None)
        return self._address(query)

    def _address(self, query: QueryDict) -> str:
        asked = query.urlencode()
        return f"{self.request.path}?{asked}" if asked else self.request.path


def _words(field: Any, value: Any) -> str:
    """A chosen value as the form words it."""
    choices = dict(getattr(field.field.widget, "choices", ()))
    several = value if isinstance(value, list | tuple | QuerySet) else [value]
    if value is True:
        return "✓"
    return ", ".join(
        str(choices.get(_key(one), choices.get(str(_key(one)), one))) for one in several
    )


def _key(value: Any) -> Any:
    return getattr(value, "pk", value)


class ListPage(View):
    """The page of one list. Subclasses set the attributes and give `rows`."""

    table: ClassVar[type[ListTable]]
    filters: ClassVar[type[ListFilters] | None] = None
    title: ClassVar[str | Promise] = ""
    pretitle: ClassVar[str | Promise] = ""
    empty: ClassVar[str | Promise] = ""
    template_name: ClassVar[str] = "commons/list.html"
    can_export: ClassVar[bool] = True
    tie_break: ClassVar[str] = "pk"
    query_budget: ClassVar[int] = 12

    def rows(self) -> Rows:
        """The rows that this person may see, before filters."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """More for the template."""
        return {}

    def table_options(self) -> dict[str, Any]:
        """More for the table, such as columns to leave out."""
        return {}

    def listing(self) -> Listing:
        return Listing(
            self.request,
            self.rows(),
            table=self.table,
            filters=self.filters,
            title=self.title,
            empty=self.empty,
            export=self.can_export,
            tie_break=self.tie_break,
            table_options=self.table_options(),
        )

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        with query_budget(self.query_budget, what=request.path):
            listing = self.listing()
            if listing.is_asked_alone:
                return listing.alone()
            heading = {"title": self.title, "pretitle": self.pretitle}
            context = {"list": listing, **heading, **self.context()}
            return TemplateResponse(request, self.template_name, context).render()

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """The export button: the same rows as a workbook, logged."""
        if not self.can_export:
            return self.http_method_not_allowed(request)
        from junheng.commons.exports import export_response

        columns, rows = self.listing().export_rows()
        return export_response(request, str(self.title), columns, rows)
