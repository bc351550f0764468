"""What the database refuses: a finding that says something else afterwards."""

from __future__ import annotations

import pgtrigger


def finding_stays() -> pgtrigger.Trigger:
    """A finding is never changed; it is removed only when the retention of its subject ends."""
    return pgtrigger.Trigger(
        name="finding_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="RAISE EXCEPTION 'a finding never changes' USING ERRCODE = 'check_violation';",
    )
