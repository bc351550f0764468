"""The pack of a published round: made once, taken by whom two people allow, and it repeats."""

from __future__ import annotations

import html
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Placement, PublicPack, Round, RoundRun
from junheng.admissions.services import packs, steps
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.tests.rounds import builders
from junheng.commons import approvals
from junheng.commons.models import ExportLog, Job
from junheng.commons.worker import work_off

Access = Round.PackAccess
JUNHENG = Path(sys.executable).with_name("junheng")


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    """A published round whose pack the worker has made."""
    found = builders.published(li, wu)
    work_off()
    return found


def page(reader: Client, the_round: Round, name: str = "pack") -> Any:
    return reader.get(reverse(f"public:{name}", args=[cast.COUNTY, the_round.ref]))


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def allow(the_round: Round, access: str, li: User, wu: User) -> None:
    builders.both(steps.PACK, the_round, li, wu, access=access)


def unpacked(response: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def english_client(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


# --- made ----------------------------------------------------------------------------------


def test_publication_makes_the_pack_once(record: RoundRun, li: User) -> None:
    pack = PublicPack.objects.get(pk=record.pk)
    assert (pack.children, pack.rare, pack.unique) == (7, 7, 3)
    assert packs.make_pack(record).sha256 == pack.sha256
    job = Job.objects.get(kind="admissions.make_pack")
    assert (job.state, job.url) == ("done", "/r/990100/2026-g1/pack/")


def test_there_is_no_pack_of_what_is_not_published(li: User, wu: User) -> None:
    record = builders.official(li, wu)
    with pytest.raises(OutOfTurn, match="not published"):
        packs.make_pack(record)
    with pytest.raises(DatabaseError, match="of a published run"), transaction.atomic():
        PublicPack.objects.create(run=record, bytes=1, children=1, rare=0, unique=0)


def test_a_pack_never_changes(record: RoundRun) -> None:
    rows = PublicPack.objects.filter(pk=record.pk)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows.update(rare=0)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows._raw_delete("default")


# --- taken ---------------------------------------------------------------------------------


def test_before_two_people_decide_only_the_bureau_sees_it(
    english_client: Client, record: RoundRun, li: User
) -> None:
    assert page(english_client, record.round, "pack_file").status_code == 404
    assert "There is no pack to take yet" in text(page(english_client, record.round))
    english_client.force_login(cast.zhao())
    assert page(english_client, record.round, "pack_file").status_code == 404
    english_client.force_login(li)
    assert "7 of 7 children share" in text(page(english_client, record.round))
    assert page(english_client, record.round, "pack_file").status_code == 200
    assert ExportLog.objects.get().by == li


def test_families_are_led_to_sign_in_and_others_are_not_let_in(
    english_client: Client, record: RoundRun, li: User, wu: User
) -> None:
    allow(record.round, Access.FAMILIES, li, wu)
    shown = text(page(english_client, record.round))
    assert shown.index("7 of 7 children share") < shown.index("Families who are signed in")
    response = page(english_client, record.round, "pack_file")
    assert response.headers["Location"].startswith("/accounts/login/?next=/r/990100/")
    english_client.force_login(cast.qian())
    assert page(english_client, record.round, "pack_file").status_code == 404
    english_client.force_login(cast.zhao())
    assert page(english_client, record.round, "pack_file").status_code == 200


def test_everybody_takes_it_without_an_account(
    english_client: Client, record: RoundRun, li: User, wu: User
) -> None:
    allow(record.round, Access.EVERYBODY, li, wu)
    shown = text(page(english_client, record.round))
    assert shown.index("7 of 7 children share") < shown.index("pack.zip")
    response = page(english_client, record.round, "pack_file")
    assert response.headers["Content-Type"] == "application/zip"
    assert not ExportLog.objects.exists()
    allow(record.round, Access.NOBODY, li, wu)
    assert page(english_client, record.round, "pack_file").status_code == 404


def test_the_second_person_reads_how_many_might_be_recognised(
    record: RoundRun, li: User, wu: User
) -> None:
    asked = steps.ask(steps.PACK, record.round, by=li, access=Access.EVERYBODY)
    facts = dict(approvals.step_of(steps.PACK).facts(asked))
    assert facts["Share what the pack says of them with fewer than 10 others"] == 7
    assert facts["Share it with nobody"] == 3


def test_nobody_decides_on_a_pack_that_is_not_there(li: User, wu: User) -> None:
    the_round = builders.published(li, wu).round
    with pytest.raises(OutOfTurn, match="still being made"):
        steps.ask(steps.PACK, the_round, by=li, access=Access.EVERYBODY)


def test_a_round_that_is_not_published_has_no_page_for_it(
    english_client: Client, li: User, wu: User
) -> None:
    the_round = builders.drawn(li, wu)
    assert page(english_client, the_round).status_code == 404
    assert page(english_client, the_round, "pack_file").status_code == 404


# --- and repeated --------------------------------------------------------------------------


def test_the_pack_of_the_page_repeats_seed_tickets_and_seats(
    english_client: Client, record: RoundRun, li: User, wu: User, tmp_path: Any
) -> None:
    allow(record.round, Access.EVERYBODY, li, wu)
    files = unpacked(page(english_client, record.round, "pack_file"))
    folder = tmp_path / "PACK"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    commands = (
        ("seed", folder),
        ("verify", folder, "--inputs", folder),
        ("admit", folder, "--out", tmp_path / "RESULT"),
    )
    for command in commands:
        said = subprocess.run([JUNHENG, *map(str, command)], capture_output=True, check=False)
        assert said.returncode == 0, said.stdout + said.stderr
    rows = (tmp_path / "RESULT" / "placements.csv").read_text().splitlines()[1:]
    again = {row.split(",")[0]: row.split(",") for row in rows}
    for placement in Placement.objects.filter(run=record).select_related("school"):
        assert again[placement.code][5] == placement.ticket
        if placement.list_rank and placement.school:
            assert again[placement.code][1] == placement.school.code


def test_the_pack_names_no_zone_and_nobody(
    english_client: Client, record: RoundRun, li: User, wu: User
) -> None:
    allow(record.round, Access.EVERYBODY, li, wu)
    files = unpacked(page(english_client, record.round, "pack_file"))
    public = json.loads(files["public.json"])
    assert public["placements_sha256"] == record.run.result_sha256
    assert [one["words"] for one in public["contributions"]] == ["a sunny day", "云淮"]
    everything = b"".join(files.values())
    for hidden in (b"990100001001", b"Chengguan", b"East Village", b"twins"):
        assert hidden not in everything
