"""What registers say of a transfer's reason, and a county's own rules by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as evidence
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Role
from junheng.registry.models import Guardian, Pupil, Transfer, TransferRuleVersion
from junheng.registry.services import transfers
from junheng.registry.services.own_rules import UnsoundRules
from junheng.registry.services.transfer_rules import rules_now
from junheng.registry.services.transfer_wishes import AgainstTheRules, Application
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)
NAME, MOTHER = "王小涵", "990100198803140017"
NEW, RULES = "/registry/transfers/new/", "/registry/transfer-rules/"
CERTIFICATE = "云(2019)云槐县不动产权第0001234号"


@pytest.fixture
def pupil() -> Pupil:
    builders.facts()
    to = cast.school("school-2")
    builders.facts(to)
    builders.a_class(to, size=0, school_year=YEAR.start)
    row = builders.a_class(size=0, school_year=YEAR.start)
    made = builders.a_pupil(row, entered_on=YEAR.starts_on)
    Guardian.objects.create(pupil=made, name="王敏", resident_id=MOTHER, valid_from=YEAR.starts_on)
    return made


def applied(client: Client, pupil: Pupil, **given: Any) -> Transfer:
    """The receiving school applies because the family moved."""
    client.force_login(cast.person("jin", Role.SCHOOL_CLERK, cast.school("school-2")))
    said = {"number": pupil.number, "name": NAME, "to": cast.school("school-2").pk}
    said |= {"ground": "home_moved", "paper": "Deed 7", "certificate": CERTIFICATE} | given
    client.post(NEW, said)
    return Transfer.objects.get()


def home(**given: Any) -> None:
    """The land register delivers the mother's home."""
    row = {"resident_id": MOTHER, "name": "王敏", "certificate": CERTIFICATE} | given
    evidence.delivered(
        evidence.tables(Register.REAL_ESTATE), evidence.row(Register.REAL_ESTATE, **row)
    )


def test_the_officer_reads_what_the_land_register_says_beside_the_paper(
    pupil: Pupil, client: Client
) -> None:
    home()
    made = applied(client, pupil)
    page = f"/registry/transfers/{made.number}/"
    assert CERTIFICATE not in client.get(page).content.decode()  # it is the bureau's to read
    assert not ReadLog.objects.exists()
    client.force_login(cast.li())
    shown = client.get(page).content.decode()
    assert "Found, with certainty" in shown
    assert CERTIFICATE in shown
    assert "as of 2026-06-01" in shown
    assert "Not connected" in shown  # residence permits
    assert "王敏" not in shown
    assert MOTHER not in shown
    assert ReadLog.objects.get().fields == ["findings"]


def test_no_answer_refuses_nobody_and_can_be_asked_again(pupil: Pupil, client: Client) -> None:
    made = applied(client, pupil)
    assert made.state == "applied"
    client.force_login(cast.li())
    page = f"/registry/transfers/{made.number}/"
    assert "No answer is no refusal" in client.get(page).content.decode()
    home(certificate="X")
    assert client.post(f"{page}ask/", {"certificate": CERTIFICATE}).status_code == 302
    assert "Real estate" in client.get(page).content.decode()
    transfers.approve(made, on=TODAY, by=cast.li())
    assert client.post(f"{page}ask/").status_code == 404
    client.force_login(cast.qian())
    assert client.post(f"{page}ask/").status_code in (403, 404)


def proposed(client: Client, **given: Any) -> str:
    client.force_login(cast.li())
    said = {
        "starts_on": (TODAY + timedelta(days=1)).isoformat(),
        "document": "No. 12",
        "window_days": 10,
        "reasons": "adopted | 收养 | 收养登记证 | 3 | household",
    }
    return client.post(RULES, said | given, follow=True).content.decode()


def test_a_county_s_own_rules_hold_from_their_day_when_two_agree(
    pupil: Pupil, client: Client
) -> None:
    proposed(client)
    path = cast.school().path
    approvals.agree(Approval.objects.get(), cast.wu())
    row = TransferRuleVersion.objects.get()
    assert row.version == f"{cast.COUNTY}-{(TODAY + timedelta(days=1)).year}-1"
    assert rules_now(TODAY, path).version == "2026-1"
    for who, reads in ((cast.sun(), True), (cast.qian(), False)):
        client.force_login(who)
        assert (row.version in client.get(RULES).content.decode()) == reads
    later = rules_now(TODAY + timedelta(days=1), path)
    assert (later.version, later.window_days) == (row.version, 10)
    assert [(one.code, one.registers) for one in later.grounds] == [("adopted", ("household",))]
    elsewhere = cast.school("school-9", at=cast.NEXT_COUNTY).path
    assert rules_now(TODAY + timedelta(days=1), elsewhere).version == "2026-1"
    asked = Application(pupil, cast.school("school-2"), "home_moved", "Deed 7")
    late = YEAR.starts_on + timedelta(days=400)
    with pytest.raises(AgainstTheRules, match="收养"):
        transfers.apply(asked, on=late, by=cast.li())
    with pytest.raises(DatabaseError), transaction.atomic():
        TransferRuleVersion.objects.update(content={})


UNSOUND: list[tuple[dict[str, Any], str]] = [
    ({"starts_on": TODAY.isoformat()}, "begin on a day to come"),
    ({"window_days": 93}, "less than or equal to 92"),
    ({"reasons": "a | b"}, "Line 1 has not the parts"),
    ({"reasons": "a | b | "}, "has a code, a name and a paper"),
    ({"reasons": "a | b | c | 1\na | b | c | 2"}, "stands there twice"),
    ({"reasons": "a | b | c | 1 | nobody"}, "no register"),
]


def test_unsound_rules_are_not_even_asked_for(client: Client) -> None:
    pages = [(proposed(client, **given), said) for given, said in UNSOUND]
    assert [said for page, said in pages if said not in page] == []
    assert not Approval.objects.exists()


def test_rules_that_nobody_agreed_to_in_time_are_asked_for_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed(client)
    monkeypatch.setattr(timezone, "localdate", lambda *_a: TODAY + timedelta(days=1))
    with pytest.raises(UnsoundRules):
        approvals.agree(Approval.objects.get(), cast.wu())
    client.force_login(cast.sun())
    assert client.post(RULES, {}).status_code == 404
    assert client.get(RULES).status_code == 200
