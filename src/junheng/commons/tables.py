"""Tables of the lists: sorted only where a column says so, masked on the page and in the export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django.db.models import Field, Model, QuerySet
from django.template.loader import render_to_string
from django.utils.formats import date_format, localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django_tables2.utils import signature

Column = tables.Column
CHUNK = 2_000
FAR = 500
"""Rows before a page from which on it is fetched in two steps."""
Reader = Callable[[Any], Any]
LOOK = "table table-vcenter list-table cards-on-phone"


class ListTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Base of every list. A column sorts only with `orderable=True`, which needs an index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A Meta is not inherited in django-tables2, so the house's defaults are set here.
        kwargs.setdefault("template_name", "commons/table.html")
        kwargs.setdefault("orderable", False)
        kwargs.setdefault("attrs", {"class": LOOK, **self._meta.attrs})
        super().__init__(*args, **kwargs)
        self.rows = _Rows(self.data, self)
        self.wanted: dict[str, tuple[tuple[str, ...], str | None]] = {}
        self._readers: dict[str, Reader | None] = {}

    def reader(self, column: Any) -> Reader | None:
        """How a column that is a plain field of the model is read; the library asks row by row."""
        if column.name not in self._readers:
            self._readers[column.name] = _reader(self.data.model, str(column.accessor))
        return self._readers[column.name]

    @property
    def body(self) -> SafeString:
        """The rows of the page as HTML; what a column says for all its cells is written once."""
        columns = [
            (format_html('<td {}data-label="{}">', _attributes(column), column.header), shown)
            for column, shown in ((column, self._shown(column)) for column in self.columns)
        ]
        lines = (
            f"<tr {row.attrs.as_html()}>{''.join(_cell(row, *column) for column in columns)}</tr>"
            for row in self.paginated_rows
        )
        return mark_safe("\n".join(lines))  # noqa: S308 -- every part is escaped where it is made

    def _shown(self, column: Any) -> Reader:
        """What a cell of this column shows of a row: the bare value where nobody renders it."""
        read, default, empty = self.reader(column), column.default, column.column.empty_values
        own = hasattr(self, f"render_{column.name}") or column.link
        if read is None or own or type(column.column).render is not tables.Column.render:
            return lambda row: row._get_and_render_with(column, row._call_render, default)
        return lambda row: default if (value := read(row.record)) in empty else value


class _Row(tables.rows.BoundRow):  # type: ignore[misc]  # django-tables2 has no types
    """Knows what a column's functions take: asking Python for every cell is most of the work."""

    def _get_and_render_with(self, bound_column: Any, render_func: Any, default: Any) -> Any:
        read = self._table.reader(bound_column)
        if read is None:
            return super()._get_and_render_with(bound_column, render_func, default)
        value = read(self.record)
        if value in bound_column.column.empty_values:
            return default
        return render_func(bound_column, value)

    def _call_render(self, bound_column: Any, value: Any = None) -> Any:
        given = self._optional_cell_arguments(bound_column, value)
        content = self._called("render", bound_column, given)
        return bound_column.link(content, **given) if bound_column.link else content

    def _call_value(self, bound_column: Any, value: Any = None) -> Any:
        given = self._optional_cell_arguments(bound_column, value)
        return self._called("value", bound_column, given)

    def _called(self, what: str, bound_column: Any, given: dict[str, Any]) -> Any:
        """Call the column's function with what it takes of what could be given."""
        function, key = getattr(bound_column, what), f"{what} {bound_column.name}"
        known = self._table.wanted
        if key not in known:
            known[key] = signature(function)
        wanted, takes_all = known[key]
        return function(**(given if takes_all else {name: given[name] for name in wanted}))


class _Rows(tables.rows.BoundRows):  # type: ignore[misc]
    """The rows of a table; all of a long list pass one by one and are not kept."""

    def __iter__(self) -> Iterator[_Row]:
        records: Any = getattr(self.data, "data", self.data)
        if isinstance(records, QuerySet) and not records.query.is_sliced:
            records = records.iterator(chunk_size=CHUNK)
        return (_Row(record, table=self.table) for record in records)

    def __getitem__(self, key: int | slice) -> _Rows | _Row:
        if isinstance(key, slice):
            return _Rows(self._page(key), self.table)
        return _Row(self.data[key], table=self.table)

    def _page(self, key: slice) -> Any:
        """Rows of a page; of a far one the keys first, so that nothing is joined to be skipped."""
        records: Any = getattr(self.data, "data", self.data)
        if not isinstance(records, QuerySet) or (key.start or 0) < FAR:
            return self.data[key]
        return list(records.filter(pk__in=list(records.values_list("pk", flat=True)[key])))


def _reader(model: type[Model] | None, name: str) -> Reader | None:
    """Reads fields and properties, also through relations; the rest the library finds out."""
    *relations, last = name.split("__")
    if model and name == "pk":
        return attrgetter(name)
    for step in relations:
        relation = _fields(model).get(step)
        model = relation.related_model if relation is not None else None
    field = _fields(model).get(last)
    if field is None and not isinstance(getattr(model, last, None), property):
        return None
    read = _labelled(last, field.flatchoices) if field and field.choices else attrgetter(last)
    return _reader_through(relations, read) if relations else read


def _labelled(name: str, choices: Iterable[tuple[Any, Any]]) -> Reader:
    """What `get_…_display` says; that one hashes every label, in every language, for every cell."""
    labels = {value: str(label) for value, label in choices}

    def reader(record: Any) -> Any:
        value = getattr(record, name)
        return labels.get(value, value)

    return reader


def _reader_through(relations: Sequence[str], read: Reader) -> Reader:
    def reader(record: Any) -> Any:
        for step in relations:
            record = getattr(record, step)
            if record is None:
                return None
        return read(record)

    return reader


def _fields(model: type[Model] | None) -> dict[str, Field[Any, Any]]:
    return {field.name: field for field in model._meta.concrete_fields} if model else {}


def _attributes(column: Any) -> SafeString:
    written = column.attrs["td"].as_html()
    return mark_safe(f"{written} " if written else "")  # noqa: S308 -- the library escapes values


def _cell(row: _Row, frame: SafeString, shown: Reader) -> str:
    return f"{frame}{conditional_escape(localize(shown(row)))}</td>"


class NumberColumn(tables.Column):  # type: ignore[misc]
    """Figures: to the right, digits of one width."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "number"}, "th": {"class": "number"}})
        super().__init__(*args, **kwargs)


class DateColumn(tables.Column):  # type: ignore[misc]
    """A day. The library's own makes a template of every cell."""

    format = "SHORT_DATE_FORMAT"

    def __init__(self, *args: Any, format: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = format or self.format

    def render(self, value: date) -> str:
        if isinstance(value, datetime) and is_aware(value):
            value = localtime(value)
        return date_format(value, self.format)

    def value(self, value: date) -> str:
        return value.isoformat()


class MomentColumn(DateColumn):
    """A moment, in the time of the place."""

    format = "SHORT_DATETIME_FORMAT"

    def value(self, value: date) -> str:
        return value.isoformat(sep=" ") if isinstance(value, datetime) else super().value(value)


class BadgeColumn(tables.Column):  # type: ignore[misc]
    """A state as a badge; `tones` gives the tone of each stored value, `labels` its words."""

    def __init__(
        self, *, tones: Mapping[Any, str], labels: Mapping[Any, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.tones, self.labels = tones, labels or {}

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        stored = _stored(record, bound_column.accessor, value)
        return _badge(self.tones.get(stored, "plain"), str(self.labels.get(stored, value)))

    def value(self, value: Any, record: Any, bound_column: Any) -> Any:
        return self.labels.get(_stored(record, bound_column.accessor, value), value)


@lru_cache(maxsize=500)
def _badge(tone: str, label: str) -> SafeString:
    return render_to_string("commons/badge_cell.html", {"tone": tone, "label": label})


class MaskedColumn(tables.Column):  # type: ignore[misc]
    """A value that only ever leaves the server masked, on the page and in the export."""

    def __init__(self, *, mask: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask = mask

    def render(self, value: Any) -> str:
        return self.mask(str(value))

    def value(self, value: Any) -> str:
        return self.render(value)


def _stored(record: Any, accessor: Any, shown: Any) -> Any:
    """The stored value behind `get_…_display`, for models and for plain rows alike."""
    return accessor.resolve(record, safe=True, quiet=True) if isinstance(record, Model) else shown


def sortable_columns(table: type[ListTable]) -> dict[str, list[str]]:
    """The columns that a reader may sort by, with the fields each sorts by."""
    return {
        name: [str(by).lstrip("-") for by in (column.order_by or [column.accessor or name])]
        for name, column in table.base_columns.items()
        if column.orderable
    }


def unindexed_sorts(table: type[ListTable], model: type[Model]) -> list[str]:
    """The sortable columns whose first field starts no index of the model; there should be none."""
    started = {field.name for field in model._meta.fields if _has_own_index(field)}
    started |= {index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields}
    started |= {c.fields[0] for c in model._meta.total_unique_constraints if c.fields}
    return [name for name, by in sortable_columns(table).items() if by[0] not in started]


def _has_own_index(field: Field[Any, Any]) -> bool:
    return bool(field.primary_key or field.unique or getattr(field, "db_index", False))
