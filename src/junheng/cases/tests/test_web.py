"""Pages of cases and of the desk, as people use them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.cases.models import Case, Consultation, StandardAnswer, WorkDay
from junheng.cases.services import cases as services
from junheng.cases.services import desk
from junheng.cases.tests.builders import answered, matter, review
from junheng.cases.tests.test_desk import ASKED, an_answer, here, picture
from junheng.cases.web.lists import CaseTable, ClosedTable
from junheng.commons.tables import unindexed_sorts
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
TYPED = {
    "question": "外地户口怎么报名",
    "channel": "phone",
    "phone": "1380000 0001",
    "name": "Zhao",
}


def do(client: Client, case: Case, deed: str, **form: Any) -> Any:
    return client.post(f"/cases/{case.number}/do/{deed}/", form)


def test_every_sort_has_its_index() -> None:
    assert unindexed_sorts(CaseTable, Case) == []
    assert unindexed_sorts(ClosedTable, Case) == []


def test_my_list_has_what_is_mine_and_asks_the_database_no_more_for_more_rows(
    signed_in: SignedIn,
) -> None:
    for number in range(6):
        matter(f"M-{number}")
        review(f"A-{number}")
    client = signed_in(cast.zhou())
    client.get("/cases/")
    with same_queries("cases", "my cases"):
        page = client.get("/cases/").content.decode()
    assert "Matter of tests M-5" in page
    assert "Review A-1" not in page
    with same_queries("cases", "all cases"):
        assert "Review A-1" in client.get("/cases/all/").content.decode()
    services.settle(Case.objects.get(subject="A-1").number, outcome="x", words="", by=None)
    with same_queries("cases", "closed cases"):
        assert "Review A-1" in client.get("/cases/closed/").content.decode()
    with same_queries("cases", "load"):
        loads = client.get("/cases/load/").content.decode()
    assert "Primary School school-1" in loads
    assert "/cases/all/?holder=role%3Atownship_officer" in loads


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Matter", 1),
        ("kind=tests.matter", 1),
        ("state=open", 1),
        ("state=paused", 0),
        ("state=overdue", 0),
        (f"township=/99/9901/990100/{cast.TOWNSHIP}/", 1),
        ("at=/99/9901/990100/", 1),
        ("at=/98/", 0),
        ("holder=role:township_officer", 1),
        ("holder=role:auditor", 0),
        ("holder=1%27", 0),
        (f"township=/99/9901/990100/{cast.NEXT_TOWNSHIP}/", 0),
    ],
)
def test_the_list_is_narrowed(signed_in: SignedIn, query: str, found: int) -> None:
    matter()
    page = signed_in(cast.li()).get(f"/cases/all/?{query}").content.decode()
    assert page.count("Matter of tests M-1") == found


def test_a_list_leaves_as_a_workbook(signed_in: SignedIn) -> None:
    matter()
    answer = signed_in(cast.li()).post("/cases/all/")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


def test_a_case_is_worked_on_from_its_page_to_a_satisfied_asker(signed_in: SignedIn) -> None:
    case, zhou, wu = matter(), signed_in(cast.zhou()), signed_in(cast.wu())
    with same_queries("cases", "case"):
        page = zhou.get(f"/cases/{case.number}/").content.decode()
    assert "5 days left" in page
    assert "13800000001" not in page
    do(zhou, case, "done", words="Mended.", place="Gate")
    assert do(zhou, case, "check").status_code == 422
    assert "?do=check" not in zhou.get(f"/cases/{case.number}/").content.decode()
    do(wu, case, "check")
    do(zhou, case, "answer", words="It is mended.")
    assert do(zhou, case, "satisfied").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome, case.words) == ("closed", "satisfied", "It is mended.")
    page = zhou.get(f"/cases/{case.number}/").content.decode()
    assert "in time" in page
    assert do(zhou, case, "reopen", words="Broken again.").status_code == 302


def test_another_rooms_case_leads_there_and_is_not_closed_here(signed_in: SignedIn) -> None:
    case, li = review(), signed_in(cast.li())
    page = li.get(f"/cases/{case.number}/").content.decode()
    assert 'href="/reviews/A-1/"' in page
    assert "?do=done" not in page
    assert do(li, case, "settle", words="x").status_code == 404
    until = timezone.localdate() + timedelta(days=3)
    assert do(li, case, "pause", words="Waits.", until=until).status_code == 302
    assert do(li, case, "resume").status_code == 302
    assert do(li, case, "pause", words="Waits.", until="2020-01-01").status_code == 422


def test_a_case_is_handed_over_to_somebody_who_then_sees_it(signed_in: SignedIn) -> None:
    case, zhou = matter(), signed_in(cast.zhou())
    sun, qian = cast.sun(), cast.qian()
    page = zhou.get(f"/cases/{case.number}/?do=hand_over").content.decode()
    assert f"user:{sun.pk}" in page
    assert f"user:{qian.pk}" not in page
    assert do(zhou, case, "hand_over", to=f"user:{qian.pk}").status_code == 422
    assert do(zhou, case, "hand_over", to=f"user:{sun.pk}").status_code == 302
    assert "M-1" in signed_in(sun).get("/cases/").content.decode()
    assert do(zhou, case, "hand_over", to="role:school_clerk").status_code == 302


def test_a_photo_is_shown_to_those_who_see_the_case_and_to_nobody_else(
    signed_in: SignedIn, settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGE_ROOT = tmp_path
    case, zhou = matter(), signed_in(cast.zhou())
    upload = SimpleUploadedFile("a.jpg", picture())
    assert do(zhou, case, "done", words="Mended.", photo=upload).status_code == 302
    entry = case.entries.get(deed="done")
    shown = zhou.get(f"/cases/{case.number}/photos/{entry.pk}/")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in shown.headers["Cache-Control"]
    assert signed_in(cast.qian()).get(f"/cases/{case.number}/photos/{entry.pk}/").status_code == 404
    page = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")
    assert do(zhou, matter("M-2"), "done", words="Mended.", photo=page).status_code == 422


def test_who_asked_is_shown_for_a_reason_and_to_those_who_work_on_it(signed_in: SignedIn) -> None:
    case = matter()
    url = f"/accounts/reveal/case/{case.number}/asker/"
    assert signed_in(cast.zheng()).get(url).status_code == 404
    page = signed_in(cast.zhou()).post(url, {"why": "To call him"}).content.decode()
    assert "13800000001" in page
    assert ReadLog.objects.get().fields == ["asker"]


def test_a_matter_is_opened_by_hand(signed_in: SignedIn) -> None:
    cast.school()
    form = {"title": "A lamp", "where": "school-1", "asker": "Mr Zhao", "days": "3"}
    answer = signed_in(cast.li()).post("/cases/new/", form)
    case = Case.objects.get()
    assert (answer.status_code, case.holder, case.days, case.asked) == (302, cast.li(), 3, True)
    form["where"] = "nowhere"
    assert signed_in(cast.li()).post("/cases/new/", form).status_code == 422


def test_the_bureau_sets_a_day_and_takes_it_back(signed_in: SignedIn) -> None:
    cast.counties()
    li = signed_in(cast.li())
    form = {"day": "2026-10-19", "works": "off", "name": "Sports"}
    assert li.post("/cases/calendar/", form).status_code == 302
    assert li.post("/cases/calendar/", form).status_code == 422
    page = signed_in(cast.sun()).get("/cases/calendar/?year=2026").content.decode()
    assert "Sports" in page
    assert "Take back" not in page
    own = WorkDay.objects.get(name="Sports")
    assert li.post(f"/cases/calendar/{own.pk}/back/").status_code == 302
    assert "not known yet" in li.get("/cases/calendar/?year=2031").content.decode()


class TestTheDesk:
    def test_a_call_is_taken_down_with_an_answer_that_was_picked(self, signed_in: SignedIn) -> None:
        answer, li = an_answer(), signed_in(cast.li())
        with same_queries("cases", "desk"):
            li.get("/desk/")
        with same_queries("cases", "desk, suggestions"):
            page = li.post("/desk/suggest/", {"question": TYPED["question"]}).content.decode()
        assert answer.text in page
        with same_queries("cases", "desk, taken down"):
            done = li.post("/desk/", {**TYPED, "answer": answer.pk, "how": "now"})
        assert done.status_code == 302
        made = Consultation.objects.get()
        assert (made.answer, made.said, made.phone) == (answer, answer.text, "1380000 0001")

    def test_without_scripts_a_button_looks_answers_up_and_keeps_what_was_typed(
        self, signed_in: SignedIn
    ) -> None:
        answer = an_answer()
        page = signed_in(cast.li()).post("/desk/", {**TYPED, "find": "1"})
        assert page.status_code == 200
        assert answer.text in page.content.decode()
        assert "1380000 0001" in page.content.decode()
        assert not Consultation.objects.exists()

    def test_a_promised_call_waits_until_it_is_made(self, signed_in: SignedIn) -> None:
        li = signed_in(cast.li())
        assert li.post("/desk/", {**TYPED, "how": "later"}).status_code == 302
        made = Consultation.objects.get()
        waiting = li.get("/desk/waiting/").content.decode()
        assert made.question in waiting
        assert "1380000" not in waiting
        page = li.get(f"/desk/{made.number}/").content.decode()
        assert "1380000 0001" not in page
        assert li.post(f"/desk/{made.number}/not-reached/").status_code == 302
        assert li.post(f"/desk/{made.number}/", {}).status_code == 422
        assert li.post(f"/desk/{made.number}/", {"said": "So."}).status_code == 302
        assert made.question not in li.get("/desk/waiting/").content.decode()
        assert li.post(f"/desk/{made.number}/", {"said": "So."}).status_code == 404

    @pytest.mark.parametrize(
        "change",
        [
            {"question": ""},
            {"phone": "=1+1"},
            {"channel": "fax"},
            {"answer": "9999"},
            {"how": "now"},
        ],
    )
    def test_what_cannot_be_kept_is_told(self, signed_in: SignedIn, change: Any) -> None:
        form = {**TYPED, "how": "later", **change}
        assert signed_in(cast.li()).post("/desk/", form).status_code == 422
        assert not Consultation.objects.exists()

    def test_statistics_and_lists_ask_little(self, signed_in: SignedIn) -> None:
        answer = an_answer()
        for _number in range(3):
            desk.answer_now(ASKED, desk=here(), by=cast.li(), answer=answer)
        li = signed_in(cast.li())
        li.get("/desk/all/")
        for days in (1, 7, 90):
            with same_queries("cases", "statistics"):
                page = li.get(f"/desk/statistics/?days={days}").content.decode()
            assert "100%" in page
        with same_queries("cases", "consultations"):
            assert li.get(f"/desk/all/?answer={answer.pk}").content.decode().count("CQ-") == 6

    def test_an_answer_is_written_read_and_withdrawn(self, signed_in: SignedIn) -> None:
        li, form = signed_in(cast.li()), {"topic": "报名", "question": "When?", "text": "Monday."}
        assert li.post("/desk/answers/new/", form).status_code == 302
        assert li.post("/desk/answers/new/", form).status_code == 422
        row = StandardAnswer.objects.get()
        li.post(f"/desk/answers/{row.pk}/", {**form, "text": "Tuesday."})
        row.refresh_from_db()
        assert (row.text, row.version) == ("Tuesday.", 2)
        page = signed_in(cast.zheng()).get(f"/desk/answers/{row.pk}/").content.decode()
        assert "Monday." in page
        assert "Take out of use" not in page
        assert li.post(f"/desk/answers/{row.pk}/withdraw/").status_code == 302
        assert "Nothing here yet" in li.get("/desk/answers/").content.decode()
        assert "Nothing" in li.get("/desk/answers/?q=When").content.decode()


def test_the_workbench_tells_what_waits_for_me(signed_in: SignedIn) -> None:
    answered(matter())
    page = signed_in(cast.zhou()).get("/workbench/").content.decode()
    assert "1 under way" in page
    assert "All in time" in page
