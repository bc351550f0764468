"""History of tables whose rows come by the hundred thousand: one entry each, one statement for all.

A trigger for each row is a call for each row, several seconds of an import. These triggers write
the events of a whole COPY, INSERT, UPDATE or DELETE from its transition tables: the same columns,
the same signature, and nothing is left out.
"""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from pghistory import config, trigger

ROWS = {"OLD": "old_values", "NEW": "new_values"}
"""How the rows of a statement are called inside its trigger."""
_SIGNED = "(SELECT NULLIF(current_setting('pghistory.{setting}', TRUE), '')::{kind})"
"""A subquery, so that it is read once for a statement and not once for a row."""


class WholeStatement(trigger.Event):
    """Writes the events of all rows of a statement."""

    event_model: Any

    def get_func(self, model: Any) -> str:
        """The body of the trigger.

        An update compares two tables that have no index and no statistics. Its plan is made
        anew each time, since one that was made for a single row takes hours for a district.
        """
        entry = self._entry(model)
        if self.operation == pgtrigger.Update:
            entry = f"EXECUTE $entry${entry}$entry$"
        return f"{entry}; RETURN NULL;"

    def _entry(self, model: Any) -> str:
        row, key = ROWS[self.row], model._meta.pk.column
        values = {column: f'{row}."{column}"' for column in self._tracked()} | {
            "pgh_created_at": config.created_at_function(),
            "pgh_label": f"'{self.label}'",
            "pgh_obj_id": f'{row}."{key}"',
            "pgh_context": _SIGNED.format(setting="context_metadata", kind="jsonb"),
            "pgh_context_id": _SIGNED.format(setting="context_id", kind="uuid"),
        }
        columns = ", ".join(f'"{column}"' for column in values)
        return (
            f'INSERT INTO "{self.event_model._meta.db_table}" ({columns}) '  # noqa: S608 -- names of ours
            f"SELECT {', '.join(values.values())} FROM {self._source(row, key)}"
        )

    def _source(self, row: str, key: str) -> str:
        """The rows that count: of an update those of which a tracked column changed."""
        if self.operation != pgtrigger.Update:
            return row
        (other,) = set(ROWS.values()) - {row}
        old, new = (
            ", ".join(f'{rows}."{column}"' for column in self._tracked()) for rows in ROWS.values()
        )
        return (
            f'{row} LEFT JOIN {other} ON {other}."{key}" = {row}."{key}" '
            f"WHERE ROW({old}) IS DISTINCT FROM ROW({new})"
        )

    def _tracked(self) -> list[str]:
        names = {field.name for field in self.event_model.pgh_tracked_model._meta.fields}
        return [field.column for field in self.event_model._meta.fields if field.name in names]


class _InMasses(pghistory.RowEvent):
    """An event that is written for a whole statement."""

    def add_event_trigger(self, event_model: Any) -> None:
        written: Any = WholeStatement(  # type: ignore[no-untyped-call]  # it has no types
            event_model=event_model,
            label=self.label,
            name=self.trigger_name,
            row=self.row,
            operation=self.operation,
            level=pgtrigger.Statement,
        )
        pgtrigger.register(written)(event_model.pgh_tracked_model)


class InsertsInMasses(_InMasses, pghistory.InsertEvent):
    """Rows that came."""


class UpdatesInMasses(_InMasses, pghistory.UpdateEvent):
    """Rows of which something changed."""


class DeletesInMasses(_InMasses, pghistory.DeleteEvent):
    """Rows that went."""
