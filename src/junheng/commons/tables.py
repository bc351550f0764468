"""Tables of the lists: sorted only where a column says so, masked on the page and in the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_tables2 as tables
from django.db.models import Field, Model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Column = tables.Column
LOOK = "table table-vcenter list-table cards-on-phone"


class ListTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Base of every list. A column sorts only with `orderable=True`, which needs an index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A Meta is not inherited in django-tables2, so the house's defaults are set here.
        kwargs.setdefault("template_name", "commons/table.html")
        kwargs.setdefault("orderable", False)
        kwargs.setdefault("attrs", {"class": LOOK, **self._meta.attrs})
        super().__init__(*args, **kwargs)


class NumberColumn(tables.Column):  # type: ignore[misc]
    """Figures: to the right, digits of one width."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "number"}, "th": {"class": "number"}})
        super().__init__(*args, **kwargs)


class BadgeColumn(tables.Column):  # type: ignore[misc]
    """A state as a badge; `tones` gives the tone of each stored value, `labels` its words."""

    def __init__(
        self, *, tones: Mapping[Any, str], labels: Mapping[Any, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.tones, self.labels = tones, labels or {}

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        stored = _stored(record, bound_column.accessor, value)
        context = {"tone": self.tones.get(stored, "plain"), "label": self.labels.get(stored, value)}
        return render_to_string("commons/badge_cell.html", context)

    def value(self, value: Any, record: Any, bound_column: Any) -> Any:
        return self.labels.get(_stored(record, bound_column.accessor, value), value)


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
