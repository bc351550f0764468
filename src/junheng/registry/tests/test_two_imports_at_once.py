"""Two workbooks with one child, taken over at the same time: one record, and the second is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from junheng.accounts.tests import cast
from junheng.commons import imports
from junheng.commons.models import ImportBatch
from junheng.kernel.faults import Refused
from junheng.registry.models import Pupil
from junheng.registry.tests import builders
from junheng.registry.tests.test_pupil_imports import NUMBER, brought, row, workbook

pytestmark = pytest.mark.django_db(transaction=True)


def written(batch: ImportBatch) -> str:
    """Take it over on a connection of its own; what came of it."""
    try:
        imports.write(batch)
    except Refused as refused:
        return refused.faults[0].message
    finally:
        connection.close()
    return "written"


def test_a_child_that_two_schools_bring_at_once_has_one_record() -> None:
    cast.li()
    for code in ("school-1", "school-2"):
        builders.facts(cast.school(code))
    batches = [
        brought(workbook(row(resident_id=NUMBER, school_code=code)))
        for code in ("school-1", "school-2")
    ]
    assert [batch.state for batch in batches] == ["previewed", "previewed"]
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(written, batches))
    assert Pupil.objects.count() == 1
    assert said[1] == "written"
    assert "has a record already" in said[0]
    assert sorted(ImportBatch.objects.values_list("state", flat=True)) == ["applied", "refused"]
