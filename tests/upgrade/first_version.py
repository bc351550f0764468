"""The database of the first issue's version, with one of everything that an upgrade touches."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

FIRST_VERSION = {
    "accounts": "0006_name_a_person",
    "admissions": "0001_initial",
    "commons": "0002_imports_in_jobs",
    "places": "0004_post_role_stays",
    "registry": "0002_keep_what_imports_did",
}
"""The last migration of each room then; rooms that came later had none."""
SEED = "a seed out of the files"
RECEIPT = {"version": 1, "seed": SEED, "placed": 1, "names": ["城关小学", "é", 1.5, None]}
RULES = {"class_cap": 45, "priority": ["tier", "ticket"]}
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
COUNTY, PATH = "990100", "/99/990100/"


def targets() -> list[tuple[str, str | None]]:
    """What to migrate to: our rooms as they were then, later ones not at all, libraries as now."""
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    theirs = [node for node in leaves if not _ours(node[0])]
    later = {label for label, _name in leaves if _ours(label)} - set(FIRST_VERSION)
    return [*theirs, *FIRST_VERSION.items(), *((label, None) for label in sorted(later))]


def _ours(label: str) -> bool:
    from django.apps import apps

    return apps.get_app_config(label).name.startswith("junheng.")


def build() -> None:
    """Make the tables of the first version and fill them."""
    executor = MigrationExecutor(connection)
    state = executor.migrate(targets())
    state.clear_delayed_apps_cache()
    with transaction.atomic():
        _fill(state.apps)


def _fill(apps: Any) -> None:
    li = _people(apps)
    snapshot = apps.get_model("commons.Snapshot").objects.create(
        sha256=_sha("input"), kind="admissions.round", content_path="ab/cd", bytes=5
    )
    round_input, run = _a_round(apps, li, snapshot)
    _decide(apps, round_input, run)
    job = apps.get_model("commons.Job").objects.create(
        kind="imports.apply", title="Import", path=PATH, state="done", requested_by=li
    )
    batch = apps.get_model("commons.ImportBatch").objects.create(
        kind="registry.classes",
        path=PATH,
        file_name="班级.xlsx",
        sha256=_sha("file"),
        rows=2,
        by=li,
        job=job,
    )
    batch.state, batch.applied_at = "applied", AT
    batch.save()
    apps.get_model("commons.ExportLog").objects.create(title="Seats", rows=1, sha256="0", by=li)


def _people(apps: Any) -> Any:
    """Li of the bureau, in a post."""
    places = apps.get_model("places.Place").objects
    province = places.create(code="99", name="Yun", level="province", path="/99/")
    county = places.create(code=COUNTY, name="云淮县", level="county", parent=province, path=PATH)
    bureau = apps.get_model("places.Organisation").objects.create(
        code="bureau", name="Bureau", kind="bureau", place=county, path=f"{PATH}@bureau/"
    )
    post = apps.get_model("places.Post").objects.create(
        organisation=bureau, role="admissions_officer", title="Admissions"
    )
    li = apps.get_model("accounts.User").objects.create(
        username="li", name="李", kind="staff", password="!", home=bureau
    )
    apps.get_model("accounts.Appointment").objects.create(user=li, post=post)
    return li


def _a_round(apps: Any, li: Any, snapshot: Any) -> tuple[Any, Any]:
    """A loaded round with its seed out of the files, a draft, and a run that is no rehearsal."""
    county = apps.get_model("places.Place").objects.get(code=COUNTY)
    rounds = apps.get_model("admissions.Round").objects
    common = {"place": county, "path": PATH, "year": 2026, "level": "primary", "created_by": li}
    rounds.create(ref="2026-draft", **common)
    loaded = rounds.create(ref="2026-g1", **common)
    round_input = apps.get_model("admissions.RoundInput").objects.create(
        round=loaded, rules=RULES, seed=SEED, summary={"children": 1}, snapshot=snapshot
    )
    loaded.state, loaded.input, loaded.seed, loaded.rules = "loaded", round_input, SEED, RULES
    loaded.save()
    apps.get_model("admissions.RoundUpload").objects.create(
        path=PATH, names=["round.toml"], state="loaded", place=county, round=loaded,
        snapshot=snapshot, uploaded_by=li,
    )  # fmt: skip
    run = apps.get_model("commons.Run").objects.create(
        ref="RN-1", kind="admissions.round", matter=f"round {loaded.pk}", snapshot=snapshot,
        rules_version="1", seed=SEED, state="queued", requested_by=li, requested_at=AT,
    )  # fmt: skip
    apps.get_model("admissions.RoundRun").objects.create(
        run=run, round=loaded, input=round_input, rehearsal=False
    )
    return round_input, run


def _decide(apps: Any, round_input: Any, run: Any) -> None:
    """One child, seated, and the receipt of it."""

    def made(name: str, **values: Any) -> Any:
        return apps.get_model(f"admissions.{name}").objects.create(**values)

    school = made(
        "RoundSchool", input=round_input, code="school-1", classes=1, class_size=2, class_cap=45,
        continuing=0, reserved=0, seats=2, path=PATH,
    )  # fmt: skip
    zone = made("RoundZone", input=round_input, code="Z1", path=PATH)
    made("RoundZoneSchool", zone=zone, school=school, rank=1)
    child = made("RoundApplicant", input=round_input, code="c1", tier=1, zone=zone, path=PATH)
    run.state, run.started_at = "running", AT
    run.save()
    ours = apps.get_model("admissions.RoundRun").objects.get(run=run)
    placed = made(
        "Placement", run=ours, applicant=child, code="c1", how="zone", school=school, list_rank=1,
        tier=1, ticket="t", ticket_order=1, place_in_order=1, path=PATH,
    )  # fmt: skip
    made("PlacementReasons", placement=placed, body="{}")
    made("RunOutcome", run=ours, figures={"placed": 1}, flows=[], checks={"passed": True})
    apps.get_model("commons.RunFile").objects.create(
        run=run, name="seats.csv", sha256=_sha("s"), bytes=3
    )
    run.state, run.receipt, run.finished_at = "done", RECEIPT, AT
    run.receipt_sha256, run.result_sha256 = _sha("receipt"), _sha("result")
    run.save()


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
