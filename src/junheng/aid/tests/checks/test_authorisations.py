"""What a household signed: its scan, who opens it, and how a family takes it back itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from junheng.accounts.models import ReadLog, User
from junheng.accounts.services.families import family_of_phone
from junheng.accounts.tests import cast
from junheng.aid.models import CheckAuthorisation, CheckHit, Household, HouseholdMember
from junheng.aid.selectors.authorisations import Proved, proved
from junheng.aid.services import authorising, cross_checking, scans
from junheng.aid.tests.checks import builders as build
from junheng.aid.tests.households import builders as households
from junheng.aid.tests.households.test_closed import strangers
from junheng.commons import uploads
from junheng.commons.history import history_of
from junheng.commons.models import Upload
from junheng.commons.tests.uploads.builders import checked, ready
from junheng.registry.models import Guardian, Pupil, SchoolClass
from junheng.registry.tests import builders as registry
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
PHONE = "13800000051"


@pytest.fixture(autouse=True)
def _on_disk(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"


def page(client: Any, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"aid:{name}", args=args))
    assert answer.status_code == 200
    return str(answer.content.decode())


# ------------------------------------------------------------------------- the scan


def test_a_photo_of_the_paper_is_sent_in_and_every_look_at_it_is_written_down(client: Any) -> None:
    row = build.signed(build.home())
    client.force_login(cast.tian())
    assert "无扫描件" in page(client, "authorisation", row.ref)
    assert "无扫描件" in page(client, "household", row.household.number)
    sent = ready(row.scans, cast.tian(), name="Signed by 田大山.jpg")
    assert "田" not in str(sent.name)
    for name, key in (("authorisation", row.ref), ("household", row.household.number)):
        assert "无扫描件" not in page(client, name, key)
    client.force_login(cast.ma())
    assert client.get(f"/uploads/{sent.pk}/").status_code == 200
    log = ReadLog.objects.get()
    assert (log.kind, log.key, log.fields) == (
        "aid.checkauthorisation", str(row.pk), ["scan"],
    )  # fmt: skip


def test_a_scan_is_nobody_elses_and_who_only_reads_adds_none(client: Any) -> None:
    row = build.signed(build.home())
    sent = ready(row.scans, cast.tian())
    family = family_of_phone(PHONE)
    for who, user in [*strangers().items(), ("family", family)]:
        client.force_login(user)
        answers = {
            client.get(f"/uploads/{sent.pk}/").status_code,
            client.get(uploads.start_url(row.scans)).status_code,
            client.post(uploads.start_url(row.scans), {"files": []}).status_code,
            client.post(f"/uploads/{sent.pk}/remove/").status_code,
        }
        assert answers == {404}, who
    assert not ReadLog.objects.exists()
    leader = cast.wu()
    assert scans.may_see(leader, str(row.ref))
    assert not scans.may_add(leader, str(row.ref))


@pytest.mark.parametrize("key", ["", "1", "00000000-0000-0000-0000-000000000000"])
def test_a_key_that_is_none_has_no_scans(key: str) -> None:
    assert not scans.may_add(cast.ma(), key)
    assert not scans.may_see(cast.ma(), key)
    scans.note_seen(cast.ma(), key)
    assert not ReadLog.objects.exists()


def test_the_list_counts_what_holds_without_a_scan(client: Any) -> None:
    bare, over = build.signed(build.home()), build.home("H-2", "990100198001010026")
    build.signed(over, paper="A-2", valid_to=build.today())
    shown = build.signed(build.home("H-3", "990100198001010034"), paper="A-3")
    ready(shown.scans, cast.tian())
    assert proved(cast.ma()) == Proved(2, 1)
    assert proved(cast.qian()) == Proved(0, 0)
    client.force_login(cast.ma())
    url = reverse("aid:authorisations")
    with same_queries("aid", "authorisations, list"):
        every = client.get(url).content.decode()
    assert every.count("A-") == 3
    only = client.get(url, {"standing": "holds", "scan": "missing"}).content.decode()
    assert str(bare.ref) in only
    assert str(shown.ref) not in only
    authorising.withdraw(bare, by=cast.tian())
    assert proved(cast.ma()) == Proved(1, 0)
    assert str(bare.ref) in client.get(url, {"standing": "withdrawn"}).content.decode()


def test_scans_go_with_the_household_and_none_comes_afterwards() -> None:
    row = build.signed(build.home())
    ready(row.scans, cast.tian())
    kept = ready(build.signed(build.home("H-2", "990100198001010026")).scans, cast.tian())
    HouseholdMember.objects.filter(pk=row.signed_by_id).update(name=None)
    scans.forget(row.household_id)
    assert uploads.files_of(row.scans) == []
    assert Upload.objects.get(state="ready") == kept
    assert not scans.may_add(cast.tian(), str(row.ref))


def test_what_is_no_photo_is_no_scan() -> None:
    row = build.signed(build.home())
    for data in (b"%PDF-1.7 signed", b"<script>alert(1)</script>"):
        assert checked(row.scans, cast.tian(), data).state == "refused"
    assert proved(cast.ma()) == Proved(1, 1)


# ------------------------------------------------------------------------- the family


def child_of(home: Household, phone: str = PHONE, name: str = "田大山") -> tuple[Pupil, User]:
    """A pupil of the household whose guardian signs in by telephone."""
    seats = SchoolClass.objects.first() or registry.a_class(cast.school(), size=0)
    pupil = registry.a_pupil(seats)
    households.member(home, pupil=pupil, name="王小涵")
    Guardian.objects.create(pupil=pupil, name=name, phone=phone, valid_from=registry.START)
    return pupil, family_of_phone(phone)


def asked(pupil: Pupil, **more: str) -> dict[str, str]:
    return {"number": pupil.number, "born_on": "2017-05-01"} | more


def taken_back(client: Client, row: CheckAuthorisation, pupil: Pupil, **more: str) -> Any:
    return client.post(reverse("aid:my_withdrawal", args=[row.ref]), asked(pupil, **more))


def test_a_family_sees_what_it_signed_and_withdraws_it_in_two_clicks(client: Any) -> None:
    row = build.signed(build.home())
    pupil, mother = child_of(row.household)
    build.rule()
    build.delivered({})
    client.force_login(mother)
    mine = client.post(reverse("aid:mine"), asked(pupil)).content.decode()
    for part in ("A-1", "车辆", str(row.last_day), reverse("aid:my_withdrawal", args=[row.ref])):
        assert part in mine, part
    first = taken_back(client, row, pupil)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-store")
    row.refresh_from_db()
    assert row.withdrawn_at is None, "the first click only asks"
    run = build.asked()
    assert "已撤回" in taken_back(client, row, pupil, sure="yes").content.decode()
    row.refresh_from_db()
    assert row.withdrawn_by == mother
    cross_checking.execute(run, lambda _done, _total: None)
    assert CheckHit.objects.count() == 0
    again = taken_back(client, row, pupil, sure="yes")
    assert again.status_code == 422
    client.force_login(cast.ma())
    assert "家庭本人" in page(client, "authorisation", row.ref)
    assert history_of(row)[0].user_id == mother.pk


def test_no_other_family_and_no_other_guardian_reads_or_withdraws_it(client: Any) -> None:
    row = build.signed(build.home())
    pupil, father = child_of(row.household, "13800000052", name="王大明")
    other, neighbour = child_of(build.home("H-2", "990100198001010026"), "13800000053")
    for who, their in ((father, pupil), (neighbour, other)):
        client.force_login(who)
        answer = taken_back(client, row, their, sure="yes")
        assert "A-1" not in answer.content.decode()
        with pytest.raises(authorising.NotSigned):
            authorising.take_back(row, pupil=their.pk, by=who)
    client.force_login(neighbour)
    assert taken_back(client, row, pupil, sure="yes").status_code == 404
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_the_moment_of_a_withdrawal_is_the_databases_and_nothing_is_found_after_it() -> None:
    hit = build.only_hit(build.flagged())
    pupil, mother = child_of(hit.household)
    authorising.take_back(hit.authorisation, pupil=pupil.pk, by=mother)
    row = CheckAuthorisation.objects.get()
    assert row.withdrawn_at is not None
    assert row.withdrawn_at > hit.found_at
    copy = CheckHit.objects.get(pk=hit.pk)
    copy.pk, copy.mark, copy.wrong = None, "y", None
    copy._state.adding = True
    with pytest.raises(IntegrityError, match="as it has signed"), transaction.atomic():
        copy.save(force_insert=True)
    with pytest.raises(IntegrityError, match="withdrawn once"), transaction.atomic():
        CheckAuthorisation.objects.update(withdrawn_at=None, withdrawn_by=None)
