"""A table of the county, as somebody's file brings it."""

from __future__ import annotations

from junheng.accounts.tests import cast
from junheng.commons import imports
from junheng.commons.models import ImportBatch


def received(kind: str, header: str, *rows: str) -> ImportBatch:
    """A file of the county, looked through."""
    importer = imports.importer_of(kind)
    assert importer is not None
    return imports.receive(
        importer,
        "\n".join([header, *rows]).encode(),
        name="table.csv",
        target={"place": cast.counties().code},
        by=cast.ma(),
    )
