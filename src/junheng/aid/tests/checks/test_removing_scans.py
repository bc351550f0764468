"""A scan of a signed paper goes by two people with a reason, whatever one of them tries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.aid.models import CheckAuthorisation
from junheng.aid.models.scans import REMOVAL
from junheng.aid.services import removing_scans
from junheng.aid.tests.checks import builders as build
from junheng.commons import approvals, uploads
from junheng.commons.models import Approval, Upload
from junheng.commons.tests.roles import as_the_site
from junheng.commons.tests.uploads.builders import begun, checked, photo, ready
from junheng.places.models import Role

pytestmark = pytest.mark.django_db
WHY = "写成了另一户的授权书"


@pytest.fixture(autouse=True)
def _on_disk(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"


@pytest.fixture
def row() -> CheckAuthorisation:
    return build.signed(build.home())


@pytest.fixture
def scan(row: CheckAuthorisation) -> Upload:
    return ready(row.scans, cast.tian())


def state_of(scan: Upload) -> str:
    return Upload.objects.get(pk=scan.pk).state


def page_of(row: CheckAuthorisation, scan: Any) -> str:
    return reverse("aid:scan_removal", args=[row.ref, scan.pk])


def asked(row: CheckAuthorisation, scan: Upload) -> Approval:
    return removing_scans.ask_removal(row, scan.pk, WHY, by=cast.tian())


def test_a_scan_goes_when_a_second_person_has_read_why(
    client: Any, row: CheckAuthorisation, scan: Upload
) -> None:
    client.force_login(cast.tian())
    assert page_of(row, scan) in client.get(reverse("aid:authorisation", args=[row.ref])).text
    answer = client.post(page_of(row, scan), {"why": WHY})
    step = Approval.objects.get(kind=REMOVAL)
    assert (answer.status_code, answer["Location"]) == (302, step.get_absolute_url())
    assert state_of(scan) == "ready"
    client.force_login(cast.ma())
    shown = client.get(step.get_absolute_url()).content.decode()
    for part in (WHY, "H-1", "A-1", f"/uploads/{scan.pk}/"):
        assert part in shown, part
    waits = client.get(reverse("aid:authorisation", args=[row.ref])).content.decode()
    assert step.get_absolute_url() in waits
    approvals.agree(step, cast.ma())
    gone = Upload.objects.get(pk=scan.pk)
    assert (gone.state, gone.removed_by) == ("removed", cast.ma())
    assert uploads.files_of(row.scans) == []


def test_nobody_removes_a_scan_alone_not_even_who_sent_it_in(
    client: Any, row: CheckAuthorisation, scan: Upload
) -> None:
    for alone in (cast.tian(), cast.ma()):
        client.force_login(alone)
        answer = client.post(f"/uploads/{scan.pk}/remove/", {"next": "/"})
        assert (answer.status_code, answer["Location"]) == (302, page_of(row, scan))
        assert state_of(scan) == "ready"
    step = asked(row, scan)
    with pytest.raises(approvals.NeedsSomebodyElse):
        approvals.agree(step, cast.tian())
    colleague = cast.person("dong", Role.VILLAGE_OFFICER, cast.village_committee())
    with pytest.raises(approvals.NotTheirs):
        approvals.agree(step, colleague)
    assert state_of(scan) == "ready"


def test_a_photo_that_was_not_received_yet_its_sender_takes_back(
    client: Any, row: CheckAuthorisation
) -> None:
    unfinished = begun(row.scans, cast.tian(), photo())
    client.force_login(cast.tian())
    client.post(f"/uploads/{unfinished.pk}/remove/")
    assert state_of(unfinished) == "removed"


def test_what_is_asked_in_vain_changes_nothing(
    client: Any, row: CheckAuthorisation, scan: Upload
) -> None:
    other = build.signed(build.home("H-2", "990100198001010026"), paper="A-2")
    client.force_login(cast.tian())
    assert client.post(page_of(row, scan), {"why": "  "}).status_code == 422
    assert client.post(page_of(row, scan), {"why": "x" * 201}).status_code == 422
    for of, which in ((other, scan), (row, Upload(pk=uuid4()))):
        assert client.post(page_of(of, which), {"why": WHY}).status_code == 404
        with pytest.raises(removing_scans.NotRemoved, match="授权"):
            removing_scans.ask_removal(of, which.pk, WHY, by=cast.tian())
    with pytest.raises(removing_scans.NotRemoved):
        removing_scans.ask_removal(row, scan.pk, " ", by=cast.tian())
    assert not Approval.objects.exists()
    asked(row, scan)
    assert client.post(page_of(row, scan), {"why": WHY}).status_code == 422
    assert Approval.objects.count() == 1
    assert state_of(scan) == "ready"


def test_who_keeps_no_authorisations_there_neither_asks_nor_agrees(
    client: Any, row: CheckAuthorisation, scan: Upload
) -> None:
    step = asked(row, scan)
    for user in (cast.qian(), cast.sun(), cast.zheng()):
        client.force_login(user)
        assert client.get(page_of(row, scan)).status_code in (403, 404)
        assert client.post(page_of(row, scan), {"why": WHY}).status_code in (403, 404)
        with pytest.raises(approvals.NotTheirs):
            approvals.agree(step, user)
    assert state_of(scan) == "ready"


def test_a_removal_that_is_agreed_to_too_late_or_declined_removes_nothing(
    row: CheckAuthorisation, scan: Upload
) -> None:
    approvals.decline(asked(row, scan), cast.ma(), "看得清")
    assert state_of(scan) == "ready"
    step = asked(row, scan)
    approvals.agree(step, cast.ma())
    with pytest.raises(approvals.AlreadyAnswered):
        approvals.agree(step, cast.wu())


def test_the_database_keeps_a_scan_that_two_people_did_not_let_go(
    row: CheckAuthorisation, scan: Upload
) -> None:
    other = checked(row.scans, cast.tian(), photo(colour="red"))
    approvals.agree(asked(row, other), cast.ma())
    assert state_of(other) == "removed"
    gone = {"state": "removed", "removed_at": timezone.now(), "removed_by": cast.ma()}
    rows = Upload.objects.filter(pk=scan.pk)
    changes: tuple[Callable[[], Any], ...] = (
        lambda: rows.update(**gone),
        lambda: rows.update(**gone | {"removed_by": None}),
        rows.delete,
    )
    with as_the_site():
        for change in changes:
            with pytest.raises(DatabaseError, match="by two people"), transaction.atomic():
                change()
    asked(row, scan)
    with pytest.raises(DatabaseError, match="by two people"), transaction.atomic():
        rows.update(**gone)
    assert state_of(scan) == "ready"
