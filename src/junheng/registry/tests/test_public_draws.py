"""A class draw for everybody: what was frozen, what decided, what came out; and one's own child."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons.models import Attempt, ExportLog
from junheng.commons.web.kept import forget
from junheng.registry.engine.class_assignment import NewClass
from junheng.registry.models import ClassAssignment, Pupil
from junheng.registry.services import class_assignments as services
from junheng.registry.services.class_packs import make_pack
from junheng.registry.snapshots.class_assignments import Group
from junheng.registry.tests import draw_builders
from junheng.registry.tests.draw_builders import FIGURES, drawn, frozen, published
from junheng.registry.verify.class_draw import fingerprint, verify_pack
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    forget()
    return draw_builders.entrants()


def a_child(row: ClassAssignment) -> tuple[Pupil, dict[str, str]]:
    pupil = Pupil.objects.filter(pk__in=row.drawn.values("pupil")).order_by("number")[0]
    return pupil, {"number": pupil.number.lower(), "born_on": str(pupil.born_on)}


def unpacked(row: ClassAssignment) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(make_pack(row))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_before_the_event_everybody_reads_what_is_frozen_and_nothing_else(
    group: Group, client: Client
) -> None:
    row = frozen(group)
    page = client.get(f"/draws/{row.pk}/")
    text = page.content.decode()
    assert (page.status_code, dict(page.cookies)) == (200, {})
    assert row.snapshot.sha256 in text
    assert "The event is yet to come" in text
    assert "PU-" not in text.replace("begins with PU", "")
    assert client.post(f"/draws/{row.pk}/").status_code == 404
    assert row.organisation.name in client.get("/draws/").content.decode()
    assert client.get(f"/draws/{uuid4()}/").status_code == 404


def test_after_it_the_balance_and_how_to_repeat_stand_there(group: Group, client: Client) -> None:
    row = published(group)
    text = client.get(f"/draws/{row.pk}/").content.decode()
    for told in (row.seed, FIGURES, f"{row.pk}|{row.snapshot.sha256}|{FIGURES}"):
        assert told in text
    assert "Special needs" not in text
    assert not any(pupil.number in text for pupil in Pupil.objects.all())
    with same_queries("registry", "class draw, kept"):
        client.get(f"/draws/{row.pk}/")
    forget()
    with same_queries("registry", "class draw, anybody"):
        client.get(f"/draws/{row.pk}/")


def test_given_up_before_the_event_it_says_so(group: Group, client: Client) -> None:
    row = services.withdraw(frozen(group).pk, by=cast.sun())
    assert "given up before its event" in client.get(f"/draws/{row.pk}/").content.decode()


def test_classes_that_are_merged_without_a_draw_have_no_page(group: Group, client: Client) -> None:
    row = frozen(group, [NewClass(1, 55)], wishes={})
    assert client.get(f"/draws/{row.pk}/").status_code == 404


def test_a_family_finds_its_child_and_why_and_no_other(group: Group, client: Client) -> None:
    row = published(group)
    pupil, typed = a_child(row)
    own = row.drawn.get(pupil=pupil)
    answer = client.post(f"/draws/{row.pk}/", typed)
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert f"class {own.number}" in text
    assert "The same list and the same seed give the same classes" in text
    assert client.post(f"/draws/{row.pk}/", {}).status_code == 422
    others = (
        {**typed, "born_on": str(date(2016, 1, 1))},
        {**typed, "number": "PU-2025-AAAA-AAAAA"},
    )
    for wrong in others:
        refused = client.post(f"/draws/{row.pk}/", wrong)
        assert refused.status_code == 404
        assert "There is no child with this number" in refused.content.decode()
    assert set(Attempt.objects.values_list("answer", flat=True)) == {"nothing found"}


def test_whoever_guesses_birthdays_is_stopped(group: Group, client: Client) -> None:
    row = published(group)
    _pupil, typed = a_child(row)
    wrong = {**typed, "born_on": "2016-01-01"}
    answers = [client.post(f"/draws/{row.pk}/", wrong).status_code for _try in range(7)]
    assert answers == [404] * 5 + [429] * 2
    assert client.post(f"/draws/{row.pk}/", typed).status_code == 429


def test_the_pack_is_for_staff_who_see_the_draw_and_is_logged(
    group: Group, signed_in: SignedIn
) -> None:
    row = frozen(group)
    address = f"/registry/class-assignments/{row.pk}/pack.zip"
    sun = signed_in(cast.sun())
    assert sun.get(address).status_code == 404
    row = drawn(row)
    assert sun.get(address).content == make_pack(row)
    assert ExportLog.objects.get().rows == 21
    assert signed_in(cast.qian()).get(address).status_code == 404


def test_a_pack_is_whole_and_knows_the_fingerprint_that_was_shown(group: Group) -> None:
    row = drawn(frozen(group))
    pack = unpacked(row)
    assert fingerprint(pack) == row.snapshot.sha256
    assert [line.step for line in verify_pack(pack) if not line.holds] == []
