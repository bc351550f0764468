"""The pages around letters: masked, logged, and closed to those whom they do not concern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.files.letter_codes import code_of
from junheng.admissions.models import (
    CheckInDesk,
    Letter,
    LetterPrint,
    Placement,
    RoundPapers,
    RoundRun,
)
from junheng.admissions.services import revoking
from junheng.admissions.tests.letters import builders
from junheng.admissions.web import public_letters
from junheng.commons.models import Attempt, ExportLog, Job
from junheng.commons.worker import work_off
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


def browser(user: User | None = None, **extra: str) -> Client:
    """Somebody's browser, in English so that sentences can be compared."""
    client = Client(**extra)  # type: ignore[arg-type]  # what a request carries
    client.cookies["django_language"] = "en"
    if user is not None:
        client.force_login(user)
    return client


def text(response: Any) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def url(name: str, *args: object) -> str:
    return reverse(f"admissions:{name}", args=args)


def verify_url(letter: Letter, code: str | None = None) -> str:
    page = reverse("letters:verify", args=[letter.number])
    return f"{page}?s={code_of(letter.number) if code is None else code}"


def full_names(page: str) -> list[str]:
    """The names of children that stand on a page unmasked."""
    return [name for name in builders.NAMES.values() if name in page]


@pytest.fixture
def school(record: RoundRun) -> int:
    return int(builders.school_of(record).pk)


# ------------------------------------------------------------------------- printing by page


def test_the_clerk_prints_the_letters_of_the_school_and_fetches_them(
    record: RoundRun, school: int
) -> None:
    clerk = browser(cast.sun())
    pk = record.round.pk
    asked = clerk.post(url("print_letters", pk), {"school": school, "language": "zh-hans"})
    job = Job.objects.get(kind="admissions.print_letters")
    assert asked.headers["Location"] == job.get_absolute_url()
    work_off()
    page = text(clerk.get(url("letters", pk)))
    made = LetterPrint.objects.get()
    assert url("letter_file", made.pk) in page
    assert full_names(page) == []
    file = clerk.get(url("letter_file", made.pk))
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Cache-Control"] == "no-store"
    log = ExportLog.objects.get()
    assert (log.by, log.rows, log.sha256) == (cast.sun(), 2, made.sha256)


def test_a_school_does_not_print_for_another_one(record: RoundRun) -> None:
    clerk, pk = browser(cast.sun()), record.round.pk
    other = builders.school_of(record, "school-2").pk
    for asked in (other, "all"):
        clerk.post(url("print_letters", pk), {"school": asked, "language": "zh-hans"})
    assert not Job.objects.filter(kind="admissions.print_letters").exclude(
        args__schools=[builders.school_of(record).pk]
    )
    assert clerk.get(url("school_list", pk, other)).status_code == 404
    assert clerk.get(url("desk", pk, other)).status_code == 404
    [letter, *_] = builders.issued(record, "school-2")
    for name in ("letter", "print_letter"):
        assert clerk.post(url(name, letter.number)).status_code in {404, 405}
    assert clerk.get(url("letter", letter.number)).status_code == 404


def test_a_letter_is_printed_again_with_a_reason_only(record: RoundRun, li: User) -> None:
    page, (letter, _) = browser(li), builders.issued(record)
    first = page.post(url("print_letter", letter.number), {"language": "en"}, follow=True)
    assert first.headers["Content-Type"] == "application/pdf"
    again = page.post(url("print_letter", letter.number), {"language": "en"}, follow=True)
    assert "Say why again" in text(again)
    asked = {"language": "en", "reason": "the dog ate it"}
    page.post(url("print_letter", letter.number), asked)
    shown = text(page.get(url("letter", letter.number)))
    assert "the dog ate it" in shown
    assert full_names(shown) == []


def test_the_officer_revokes_and_issues_again(record: RoundRun, li: User) -> None:
    page, (letter, _) = browser(li), builders.issued(record)
    without = page.post(url("revoke_letter", letter.number), {"revoke-reason": ""}, follow=True)
    assert "Say why the letter is revoked" in text(without)
    asked = {"revoke-reason": "moved away"}
    assert "moved away" in text(page.post(url("revoke_letter", letter.number), asked, follow=True))
    fresh = page.post(url("letter_again", letter.number), follow=True)
    assert "A new letter is issued" in text(fresh)
    assert letter.number not in str(fresh.request["PATH_INFO"])
    once_more = page.post(url("letter_again", letter.number), follow=True)
    assert "has a valid letter" in text(once_more)


def test_a_school_cannot_revoke(record: RoundRun) -> None:
    letter, _ = builders.issued(record)
    clerk = browser(cast.sun())
    for name in ("revoke_letter", "letter_again"):
        answer = clerk.post(url(name, letter.number), {"revoke-reason": "no"})
        assert answer.status_code == 404
    letter.refresh_from_db()
    assert letter.state == "valid"


def test_a_file_that_was_swept_away_says_so(record: RoundRun, li: User, storage: Any) -> None:
    page, (letter, _) = browser(li), builders.issued(record)
    page.post(url("print_letter", letter.number), {"language": "en"})
    made = LetterPrint.objects.get()
    for file in (storage / "letters" / "blobs").glob("*/*"):
        file.unlink()
    gone = page.get(url("letter_file", made.pk))
    assert gone.status_code == 410
    assert "kept for 7 days" in text(gone)
    assert not ExportLog.objects.exists()


def test_the_list_is_masked_on_the_page_and_in_the_export(record: RoundRun, li: User) -> None:
    builders.issued(record)
    page, pk = browser(li), record.round.pk
    letter = Letter.objects.first()
    assert letter is not None
    found = text(page.get(url("letters", pk), {"q": letter.number.lower()}))
    assert letter.application.number in found
    assert full_names(found) == []
    assert "Letters come into being" not in found
    assert letter.number not in text(page.get(url("letters", pk), {"state": "revoked"}))
    export = page.post(url("letters", pk))
    assert export.status_code == 200
    for name in builders.NAMES.values():
        assert name.encode() not in export.content


def test_a_round_without_a_result_has_no_letters(li: User) -> None:
    from junheng.admissions.tests.rounds import builders as rounds

    the_round, page = rounds.loaded(li), browser(li)
    assert "once the result of the round is published" in text(
        page.get(url("letters", the_round.pk))
    )
    asked = page.post(url("print_letters", the_round.pk), {"school": "all"}, follow=True)
    assert "Choose the school" in text(asked)
    everything = {"school": "all", "language": "en"}
    refused = page.post(url("print_letters", the_round.pk), everything, follow=True)
    assert "once the result of the round is published" in text(refused)
    assert page.get(url("notice_pdf", the_round.pk)).status_code == 302


# --------------------------------------------------------------------- what the papers say


def test_the_officer_says_what_the_papers_say(record: RoundRun, li: User) -> None:
    page, pk = browser(li), record.round.pk
    today = timezone.localdate()
    says = {
        "check_in_when": "30 August",
        "bring": "Vaccination card",
        "notice_from": today,
        "notice_until": today - timedelta(days=1),
        "objections": "",
    }
    refused = page.post(url("papers", pk), says)
    assert refused.status_code == 422
    assert "The last day lies before the first" in text(refused)
    alone = page.post(url("papers", pk), {**says, "notice_until": ""})
    assert "Give both days" in text(alone)
    nowhere = page.post(url("papers", pk), {**says, "notice_until": today})
    assert "where to object" in text(nowhere)
    good = {**says, "notice_until": today, "objections": "0999-1"}
    assert page.post(url("papers", pk), good).status_code == 302
    assert RoundPapers.objects.get(pk=pk).check_in_when == "30 August"
    pdf = page.get(url("notice_pdf", pk))
    assert pdf.headers["Content-Type"] == "application/pdf"


def test_a_school_says_where_families_check_in(record: RoundRun, school: int) -> None:
    clerk, pk = browser(cast.wang()), record.round.pk
    assert "Check-in at" in text(clerk.get(url("desk", pk, school)))
    for where in ("Gate", "Hall"):
        clerk.post(url("desk", pk, school), {"where": where})
    assert CheckInDesk.objects.get().where == "Hall"


def test_a_schools_list_leaves_with_a_log(record: RoundRun, school: int) -> None:
    clerk = browser(cast.wang())
    file = clerk.get(url("school_list", record.round.pk, school))
    assert file.content.startswith(b"%PDF")
    log = ExportLog.objects.get()
    assert (log.by, log.rows) == (cast.wang(), 2)


# ------------------------------------------------------------------------------ verifying


def test_a_scanned_letter_shows_a_masked_name_and_its_school(record: RoundRun) -> None:
    letter, _ = builders.issued(record)
    answer = browser().get(verify_url(letter))
    page = text(answer)
    assert "This letter is valid" in page
    assert letter.school.name in page
    assert full_names(page) == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_a_revoked_letter_says_so_and_its_scan_is_written_down(record: RoundRun, li: User) -> None:
    letter, _ = builders.issued(record)
    revoking.revoke(letter, by=li, reason="a reason that is nobody's business")
    page = text(browser().get(verify_url(letter)))
    assert "This letter was revoked" in page
    assert "nobody&#x27;s business" not in page
    attempt = Attempt.objects.get()
    assert (attempt.deed, attempt.matter) == (public_letters.ENDED, letter.number)


def test_a_superseded_letter_sends_to_the_bureau(record: RoundRun, li: User, wu: User) -> None:
    builders.issued(record)
    builders.corrected(record, li, wu)
    letter = Letter.objects.get(end="superseded")
    assert "a corrected result was published" in text(browser().get(verify_url(letter)))


def test_wrong_codes_unknown_numbers_and_nonsense_look_alike(record: RoundRun) -> None:
    letter, other = builders.issued(record)
    unknown = Letter(number="AL-2026-2222-22222")
    tries = [
        verify_url(letter, ""),
        verify_url(letter, code_of(other.number)),
        verify_url(letter, "%00" * 20),
        verify_url(unknown),
        reverse("letters:verify", args=["王"]) + "?s=" + "A" * 5_000,
        reverse("letters:verify", args=["' OR 1=1 --"]),
    ]
    answers = [browser().get(address) for address in tries]
    assert {answer.status_code for answer in answers} == {404}
    assert len({_without_addresses(text(answer)) for answer in answers}) == 1


def _without_addresses(page: str) -> str:
    """Forms for language and type size carry the address that they lead back to, and a token."""
    return "\n".join(
        line for line in page.splitlines() if "next" not in line and "csrf" not in line
    )


def test_who_guesses_has_to_wait_and_who_holds_a_letter_has_not(record: RoundRun) -> None:
    letter, _ = builders.issued(record)
    guesser = browser(REMOTE_ADDR="203.0.113.7")
    for n in range(public_letters.WRONG_TRIES):
        assert guesser.get(verify_url(letter, f"{n:016}")).status_code == 404
    assert guesser.get(verify_url(letter, "A" * 16)).status_code == 429
    assert Attempt.objects.count() == public_letters.WRONG_TRIES  # the log does not grow either
    assert guesser.get(verify_url(letter)).status_code == 200
    assert browser(REMOTE_ADDR="203.0.113.8").get(verify_url(letter, "B" * 16)).status_code == 404


def test_a_school_scans_a_morning_long(record: RoundRun) -> None:
    letter, _ = builders.issued(record)
    gate = browser(REMOTE_ADDR="203.0.113.9")
    for _n in range(public_letters.WRONG_TRIES * 2):
        assert gate.get(verify_url(letter)).status_code == 200
    assert not Attempt.objects.exists()


# --------------------------------------------------------------------------- public notice


def posted(record: RoundRun, first: int, last: int) -> str:
    """The notice of a round, posted so many days from today until so many."""
    today = timezone.localdate()
    builders.told(
        record.round,
        notice_from=today + timedelta(days=first),
        notice_until=today + timedelta(days=last),
        objections="Office 3, 0999-1",
    )
    return reverse("letters:notice", args=[record.round.pk])


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        pytest.param(1, 5, 404, id="the day before the first"),
        pytest.param(0, 5, 200, id="on the first day"),
        pytest.param(-5, 0, 200, id="on the last day"),
        pytest.param(-5, -1, 410, id="the day after the last"),
    ],
)
def test_a_notice_is_posted_for_its_days(
    record: RoundRun, first: int, last: int, status: int
) -> None:
    answer = browser().get(posted(record, first, last))
    page = text(answer)
    assert answer.status_code == status
    assert full_names(page) == []
    number = record.round.applications.get(code="c1").number
    assert (number in page) == (status == 200)
    if status == 410:
        assert "has ended" in page


def test_a_notice_is_of_the_published_result_and_of_nothing_else(li: User, wu: User) -> None:
    from junheng.admissions.tests.rounds import builders as rounds

    official = rounds.official(li, wu)
    builders.applied(official.round)
    assert browser().get(posted(official, 0, 5)).status_code == 404
    assert browser().get(reverse("letters:notice", args=[999])).status_code == 404


def test_notices_of_today_are_listed_and_others_are_not(record: RoundRun) -> None:
    listed = reverse("letters:notices")
    address = posted(record, 0, 0)
    assert address in text(browser().get(listed))
    for first, last in ((1, 2), (-2, -1)):
        posted(record, first, last)
        page = text(browser().get(listed))
        assert address not in page
        assert "No public notice is posted now" in page


def test_a_notice_names_numbers_schools_and_objections_but_no_reasons(record: RoundRun) -> None:
    page = text(browser().get(posted(record, 0, 5)))
    seated = Placement.objects.filter(run=record, school__isnull=False)
    for placement in seated.select_related("school"):
        assert record.round.applications.get(code=placement.code).number in page
        assert placement.ticket not in page
    assert "Office 3, 0999-1" in page
    assert "diverted" not in page


def test_a_notice_pages_and_narrows_to_a_school(
    record: RoundRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = posted(record, 0, 5)
    monkeypatch.setattr(public_letters, "PER_PAGE", 2)
    first = text(browser().get(address))
    assert "Page 1 of 3" in first
    assert "page=2" in first
    narrowed = text(browser().get(address, {"school": "school-1", "page": "x"}))
    assert "Page 1 of" not in narrowed
    assert "Nobody is admitted there" in text(browser().get(address, {"school": "x"}))


# ------------------------------------------------------------------------------- the price


def test_how_often_the_pages_ask_the_database(record: RoundRun, li: User) -> None:
    [letter, *_] = builders.issued(record)
    officer, clerk = browser(li), browser(cast.sun())
    pages = {
        "letters, officer": (officer, url("letters", record.round.pk)),
        "letters, clerk": (clerk, url("letters", record.round.pk)),
        "letter, officer": (officer, url("letter", letter.number)),
        "verify": (browser(), verify_url(letter)),
        "public notice": (browser(), posted(record, 0, 5)),
    }
    for page, (client, address) in pages.items():
        with same_queries("admissions", page):
            assert client.get(address).status_code == 200
