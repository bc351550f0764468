"""Long work, files brought in and files taken out: whose they are, and whose part they lie in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from junheng.accounts.facade import Role, holds
from junheng.accounts.tests import cast
from junheng.commons import imports
from junheng.commons.models import ExportLog, ImportBatch, Job
from junheng.commons.sheets import Column
from tests.permissions.table import SIGNED_IN, Row, World

OFFICER = "admissions_officer"
SEE = "bureau_leader admissions_officer auditor system_admin"
ACT = "bureau_leader admissions_officer system_admin"
COUNTY_PATH = f"/{cast.PROVINCE}/{cast.PREFECTURE}/{cast.COUNTY}/"


class Names(imports.Importer):
    """An import for officers of the county only."""

    kind = "permission.names"
    title = "Names"
    columns = (Column("name", "Name", required=True),)

    def may(self, user: Any, target: Mapping[str, str]) -> bool:
        return holds(user, Role.ADMISSIONS_OFFICER, at=COUNTY_PATH)

    def apply(self, values: Any, batch: ImportBatch) -> None:
        """There is nothing to write."""

    def undo(self, batch: ImportBatch) -> None:
        """There is nothing to take back."""


def furnish(world: World) -> None:
    """Work that waits and work that failed, a file brought in and one taken out: all Li's."""
    li = world.cast.by_role[Role.ADMISSIONS_OFFICER]
    imports.register(Names())
    common = {"kind": "test", "title": "Test", "path": COUNTY_PATH, "requested_by": li}
    world.things["waiting"] = Job.objects.create(**common)
    world.things["failed"] = Job.objects.create(state=Job.State.FAILED, **common)
    world.things["batch"] = ImportBatch.objects.create(
        kind=Names.kind,
        state=ImportBatch.State.REFUSED,
        file_name="names.csv",
        sha256=imports.files().put(b"name\n").sha256,
        by=li,
    )
    world.things["export"] = ExportLog.objects.create(
        by=li, title="Names", rows=1, sha256=hashlib.sha256(b"gone").hexdigest()
    )


def waiting(world: World) -> dict[str, Any]:
    return {"job_id": world.things["waiting"].pk}


def failed(world: World) -> dict[str, Any]:
    return {"job_id": world.things["failed"].pk}


def batch(world: World) -> dict[str, Any]:
    return {"batch_id": world.things["batch"].pk}


def names(_: World) -> dict[str, Any]:
    return {"kind": Names.kind}


def export(world: World) -> dict[str, Any]:
    return {"log_id": world.things["export"].pk}


ROWS = [
    Row("commons:jobs", may=SIGNED_IN, note="one's own"),
    Row("commons:jobs", may=SIGNED_IN, answer=405, method="POST"),
    Row("commons:job", may=SEE, args=waiting),
    Row("commons:job_cancel", may=ACT, answer=302, args=waiting, method="POST"),
    Row("commons:job_retry", may=ACT, answer=302, args=failed, method="POST"),
    Row("commons:export", may=OFFICER, answer=410, args=export, note="its file is gone"),
    Row("commons:import_start", may=OFFICER, args=names),
    Row("commons:import_start", may=OFFICER, args=names, method="POST"),
    Row("commons:import_template", may=OFFICER, args=names),
    Row("commons:import", may=OFFICER, args=batch),
    Row("commons:import_errors", args=batch, note="it has none"),
    Row("commons:import_take_over", may=OFFICER, answer=302, args=batch, method="POST"),
    Row("commons:import_undo", may=OFFICER, answer=302, args=batch, method="POST"),
]
