"""Applications are emptied when their time is over; what is left names nobody."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.models import ReadLog, User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser
from junheng.admissions.models import Application, ApplicationDraft, Round, RoundDate, Verification
from junheng.admissions.services import forgetting
from junheng.admissions.tests.applying import builders
from junheng.commons import personal, retention
from junheng.commons.models import DataIncident, DataRequest, Erasure, PersonalField
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = timedelta(days=366)


@pytest.fixture
def family() -> User:
    return builders.family()


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


def closed(the_round: Round, *, ago: timedelta) -> None:
    """The round is over since long; its guards look away, since no test waits for years."""
    with pgtrigger.ignore("admissions.RoundDate:round_date_while_planned"):
        end = timezone.now() - ago
        RoundDate.objects.filter(round=the_round, what="closing").update(begins_at=end, ends_at=end)
    with pgtrigger.ignore():
        Round.objects.filter(pk=the_round.pk).update(state="closed", seed="x")


def everything_of(application: Application) -> str:
    """All columns of the row and its history, as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(t::text, ' ') FROM (SELECT child_name, phone, statement, look_up,"
            " child_key, born_on FROM admissions_application WHERE id = %s UNION ALL SELECT"
            " child_name, phone, statement, look_up, child_key, born_on"
            " FROM admissions_applicationevent WHERE id = %s) t",
            [application.pk, application.pk],
        )
        return str(cursor.fetchone()[0])


def due() -> dict[str, int]:
    """What was due of this room; others have clocks of their own."""
    here = ("admissions.application", "admissions.draft")
    return {kind: n for kind, n in retention.erase_due().items() if kind in here}


def test_nothing_is_due_while_the_round_goes_on(the_round: Round, family: User) -> None:
    builders.applied(the_round, family)
    assert due() == {"admissions.application": 0, "admissions.draft": 0}
    closed(the_round, ago=YEAR)
    assert retention.erase_due()["admissions.application"] == 0


def test_after_three_years_what_is_left_names_nobody(the_round: Round, family: User) -> None:
    application = builders.applied(the_round, family)
    draft = builders.drafted(the_round, family, child={"number": builders.number_of("2020-03-01")})
    Verification.objects.create(
        application=application, outcome="review", rules_sha256="0" * 64, at=timezone.now()
    )
    before = everything_of(application)
    code, number = application.code, application.number
    closed(the_round, ago=3 * YEAR)
    assert due() == {"admissions.application": 1, "admissions.draft": 1}
    assert due() == {"admissions.application": 0, "admissions.draft": 0}
    left = Application.objects.get(pk=application.pk)
    assert (left.code, left.number) == (code, number)
    assert (left.child_name, left.guardian_name, left.phone, left.born_on) == ("", "", "", None)
    assert not Verification.objects.filter(application=left).exists()
    assert not ApplicationDraft.objects.filter(pk=draft.pk).exists()
    after = everything_of(application)
    assert not {piece for piece in before.split(",") if len(piece) > 20} & set(after.split(","))
    assert {row.kind for row in Erasure.objects.all()} == {
        "admissions.application",
        "admissions.draft",
    }


def test_what_was_taken_back_goes_sooner(the_round: Round, family: User) -> None:
    application = builders.applied(the_round, family)
    with pgtrigger.ignore():
        Application.objects.filter(pk=application.pk).update(state="withdrawn")
    closed(the_round, ago=timedelta(days=60))
    assert retention.erase_due()["admissions.application"] == 1


def test_the_database_empties_nothing_that_is_not_due_and_written_down(
    the_round: Round, family: User
) -> None:
    application = builders.applied(the_round, family)
    for ago in (None, YEAR):
        if ago is not None:
            closed(the_round, ago=ago)
        with pytest.raises(DatabaseError, match="not due"), transaction.atomic():
            forgetting.forget_application(str(application.pk))
    with pytest.raises(Application.DoesNotExist):
        forgetting.forget_application(str(uuid4()))


class TestPages:
    def test_a_family_sees_what_is_held_who_read_it_and_asks(
        self, the_round: Round, family: User, li: User
    ) -> None:
        application = builders.applied(the_round, family)
        ReadLog.objects.create(
            reader=li, kind="admissions.application", key=str(application.pk),
            fields=["phone"], reason="Called the family", reader_path="",
        )  # fmt: skip
        client = browser()
        client.force_login(family)
        page = client.get("/accounts/my-data/").content.decode()
        for said in (
            application.number,
            "王小涵",
            "13800000001",
            "Called the family",
            "Kept until",
        ):
            assert said in page
        with same_queries("accounts", "my data"):
            client.get("/accounts/my-data/")
        assert client.post("/accounts/my-data/copy/").content.startswith(b"PK")
        form = {"right": "correct", "subject": application.number, "words": "Wrong name"}
        assert client.post("/accounts/my-data/ask/", form).status_code == 302
        assert client.post("/accounts/my-data/ask/", {**form, "subject": "x"}).status_code == 422
        request = DataRequest.objects.get(right="correct")

        officer = browser()
        officer.force_login(li)
        assert "Have it corrected" in officer.get("/accounts/data-requests/").content.decode()
        at = f"/accounts/data-requests/{request.pk}/"
        assert "Wrong name" in officer.get(at).content.decode()
        assert officer.post(at, {"words": "", "done": "yes"}).status_code == 422
        assert officer.post(at, {"words": "Put right.", "done": "yes"}).status_code == 302
        assert "Put right." in client.get("/accounts/my-data/").content.decode()
        assert officer.get("/accounts/my-data/").status_code == 404

    def test_another_family_sees_nothing_of_it(self, the_round: Round, family: User) -> None:
        application = builders.applied(the_round, family)
        other = browser()
        other.force_login(builders.family("sun"))
        page = other.get("/accounts/my-data/").content.decode()
        assert application.number not in page
        form = {"right": "delete", "subject": application.number, "words": "All of it"}
        assert other.post("/accounts/my-data/ask/", form).status_code == 422

    def test_the_yearly_report_counts(self, the_round: Round, family: User, li: User) -> None:
        builders.applied(the_round, family)
        officer = browser()
        officer.force_login(li)
        incident = {
            "happened_on": TODAY,
            "found_on": TODAY,
            "what": "A list lay in the open",
            "children": 3,
            "measures": "Locked away",
        }
        assert officer.post("/accounts/personal-data/incidents/", incident).status_code == 302
        officer.post("/accounts/personal-data/incidents/", {"what": "x"})
        assert DataIncident.objects.get().path == cast.bureau().reach
        personal.ask_right(family, "view", subject="", path=cast.bureau().reach)
        page = officer.get(f"/accounts/personal-data/{TODAY.year}/").content.decode()
        for said in ("A list lay in the open", "See what is held", "Compulsory Education Law"):
            assert said in page
        assert personal.census_of(TODAY.year, "/99/").under_14 == 1
        file = officer.get(f"/accounts/personal-data/{TODAY.year}.xlsx")
        assert file.content.startswith(b"PK")
        register = officer.get("/accounts/personal-data/").content.decode()
        assert "admissions.Application.phone" in register
        leader = browser()
        leader.force_login(cast.wu())
        key = "admissions.Application.phone"
        row = PersonalField.objects.get(key=key)
        at = f"/accounts/personal-data/fields/{row.pk}/"
        new = {"purpose": "p", "basis": "b", "recipients": "r", "days": 400, "reason": "law"}
        assert leader.get(at).status_code == 200
        assert leader.post(at, {**new, "days": 1}).status_code == 422
        assert leader.post(at, new).status_code == 302
        assert retention.days_of([key]) == 400


def test_a_family_sees_all_that_it_stated(the_round: Round, family: User) -> None:
    builders.applied(
        the_round,
        family,
        child={"needs": ["assessment"]},
        home={"permit": "P-77", "work_number": "W-88", "owner": "王老爹"},
        guardian={"sibling": "王大涵", "sibling_school": "school-2"},
    )
    mine = browser()
    mine.force_login(family)
    mine.cookies["django_language"] = "en"
    page = mine.get("/accounts/my-data/").content.decode()
    certificate = builders.answers()["home"]["certificate"]
    for words in ("P-77", "W-88", "王老爹", "王大涵", certificate, "Special need"):
        assert words in page, words
