"""The pack of a class draw: all that is needed to hold it again, and no name."""

from __future__ import annotations

import hashlib
import io
import zipfile

from junheng.accounts.facade import User
from junheng.commons import runs
from junheng.commons.models import ExportLog
from junheng.kernel.canonical import canonical_json
from junheng.registry.files import class_assignments as files
from junheng.registry.models import ClassAssignment

STAMP = (1980, 1, 1, 0, 0, 0)
"""A pack made twice has the same bytes, so it carries no time of its own."""


def make_pack(row: ClassAssignment) -> bytes:
    """The pack of a draw that was held, as a .zip.

    Raises:
        LookupError: If nothing was drawn yet.
    """
    if row.run is None:
        raise LookupError(f"the class assignment {row.pk} was not drawn")
    outputs = {name: runs.contents(file) for name, file in runs.files_of(row.run).items()}
    told = {
        "school": row.organisation.name,
        "grade": row.grade,
        "event": row.event,
        "event_at": row.event_at.isoformat() if row.event_at else "",
        "frozen_at": row.frozen_at.isoformat(),
        "example": row.example,
        "software": row.run.software,
    }
    draw = canonical_json({**told, **(row.run.receipt or {})})
    contents = {files.DRAW: draw, **runs.thaw(row.snapshot), **outputs}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (files.DRAW, files.PUPILS, files.CLASSES, files.PLACEMENTS):
            archive.writestr(zipfile.ZipInfo(name, STAMP), contents[name])
    return out.getvalue()


def take_pack(row: ClassAssignment, *, by: User, url: str) -> bytes:
    """The pack for somebody who takes it away; it is logged like every file that leaves.

    Raises:
        LookupError: If nothing was drawn yet.
    """
    data = make_pack(row)
    ExportLog.objects.create(
        by=by,
        title=f"class draw {row.pk}",
        url=url,
        rows=row.pupils,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return data
