"""Letters come from the published result, end once, and are printed again only with a reason."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import Settings

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import jobs
from junheng.admissions.files.letter_codes import address_of, code_of, is_code_of
from junheng.admissions.models import (
    Application,
    CheckInDesk,
    Letter,
    LetterPrint,
    Placement,
    PrintedLetter,
    RoundPapers,
    RoundRun,
)
from junheng.admissions.selectors import letters as selectors
from junheng.admissions.services import issuing, posting, printing, revoking
from junheng.admissions.services.printing import Order
from junheng.admissions.tests.letters import builders
from junheng.admissions.tests.rounds import builders as rounds
from junheng.commons.jobs import cancel, try_again
from junheng.commons.models import Job
from junheng.commons.worker import perform, work_off
from junheng.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def words(made: LetterPrint) -> list[str]:
    """Each page of a print as one line of words."""
    pages = PdfReader(io.BytesIO(printing.kept().get(made.sha256))).pages
    return [page.extract_text().replace("\n", "").replace("\u200b", "") for page in pages]


def refused(letter: Letter, **values: object) -> None:
    """What the database does not let anybody write."""
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**values)


# ------------------------------------------------------------------------------- issuing


def test_every_seated_child_with_a_name_gets_one_letter(record: RoundRun, li: User) -> None:
    school = builders.school_of(record)
    assert issuing.issue(record.round, school, by=li) == 2
    assert issuing.issue(record.round, school, by=li) == 0
    letter = Letter.objects.first()
    assert letter is not None
    assert str(Ref.parse(letter.number)) == letter.number
    assert letter.placement is not None
    assert letter.placement.code == letter.application.code


def test_who_has_no_application_gets_none_and_is_counted(record: RoundRun, li: User) -> None:
    seated = Placement.objects.filter(run=record, school__code="school-1").first()
    assert seated is not None
    Application.objects.get(code=seated.code).delete()
    assert len(builders.issued(record)) == 1
    [school] = [one for one in selectors.schools_of(record, li) if one.code == "school-1"]
    assert (school.admitted, school.nameless, school.valid, school.printed) == (2, 1, 1, 0)


def test_there_is_no_letter_before_publication(li: User, wu: User) -> None:
    official = rounds.official(li, wu)
    builders.applied(official.round)
    with pytest.raises(issuing.NotPublished):
        issuing.issue(official.round, builders.school_of(official), by=li)
    placement = Placement.objects.filter(run=official, school__isnull=False).first()
    assert placement is not None
    with pytest.raises(DatabaseError, match="published result"), transaction.atomic():
        Letter.objects.create(
            number="AL-2026-2222-22222",
            round=official.round,
            run=official,
            placement=placement,
            application=Application.objects.get(code=placement.code),
            school=placement.school,
            school_path=placement.school_path,
            issued_at=timezone.now(),
            issued_by=li,
        )


def test_the_database_refuses_a_letter_to_a_school_that_has_no_seat_for_the_child(
    record: RoundRun, li: User
) -> None:
    placement = Placement.objects.filter(run=record, school__code="school-1").first()
    assert placement is not None
    with pytest.raises(DatabaseError, match="published result"), transaction.atomic():
        Letter.objects.create(
            number="AL-2026-2222-22222",
            round=record.round,
            run=record,
            placement=placement,
            application=Application.objects.get(code=placement.code),
            school=builders.school_of(record, "school-2"),
            school_path=placement.school_path,
            issued_at=timezone.now(),
            issued_by=li,
        )


def test_nobody_changes_removes_or_revives_a_letter(record: RoundRun, li: User) -> None:
    letter, other = builders.issued(record)
    refused(letter, number="AL-2026-2222-22222")
    refused(letter, application=other.application)
    refused(letter, end="revoked")
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).delete()
    revoking.revoke(letter, by=li, reason="lost")
    refused(letter, end="", revoked_at=None, revoked_by=None, revoked_why="")
    refused(letter, revoked_why="never mind")


# ------------------------------------------------------------------------------ revoking


def test_a_letter_is_revoked_once_and_with_a_reason(record: RoundRun, li: User) -> None:
    letter, _ = builders.issued(record)
    with pytest.raises(revoking.NoReason):
        revoking.revoke(letter, by=li, reason="  ")
    revoking.revoke(letter, by=li, reason="moved away")
    letter.refresh_from_db()
    assert (letter.state, letter.revoked_by, letter.revoked_why) == ("revoked", li, "moved away")
    with pytest.raises(revoking.AlreadyEnded):
        revoking.revoke(letter, by=li, reason="again")


def test_a_revoked_letter_is_not_issued_again_by_the_way(record: RoundRun, li: User) -> None:
    letter, _ = builders.issued(record)
    revoking.revoke(letter, by=li, reason="the family gives the seat up")
    assert issuing.issue(record.round, builders.school_of(record), by=li) == 0
    made = printing.print_school(record.round, builders.school_of(record), Order(li))
    assert made is not None
    assert made.letters == 1


def test_but_a_new_one_is_issued_when_somebody_says_so(record: RoundRun, li: User) -> None:
    letter, _ = builders.issued(record)
    with pytest.raises(issuing.LetterStands):
        issuing.issue_again(letter, by=li)
    revoking.revoke(letter, by=li, reason="stolen")
    fresh = issuing.issue_again(letter, by=li)
    assert fresh.application == letter.application
    assert fresh.number != letter.number
    with pytest.raises(issuing.LetterStands):
        issuing.issue_again(letter, by=li)


def test_a_corrected_result_ends_only_the_letters_of_children_who_move(
    record: RoundRun, li: User, wu: User
) -> None:
    before = [*builders.issued(record), *builders.issued(record, "school-2")]
    again = builders.corrected(record, li, wu)
    now = dict(Placement.objects.filter(run=again).values_list("code", "school__code"))
    for letter in before:
        letter.refresh_from_db()
        stays = now[letter.application.code] == letter.school.code
        assert letter.state == ("valid" if stays else "superseded")
    states = [letter.state for letter in before]
    assert states.count("superseded") == 1
    assert builders.issued(again)[-1].run_id == again.pk  # the child who came instead has one
    valid = Letter.objects.filter(end="")
    assert valid.count() == len(set(valid.values_list("application", flat=True)))


# ------------------------------------------------------------------------------ printing


def test_a_schools_file_has_a_page_for_every_child(record: RoundRun, li: User) -> None:
    made = printing.print_school(record.round, builders.school_of(record), Order(li))
    assert made is not None
    pages = words(made)
    for letter in Letter.objects.all():
        [page] = [page for page in pages if letter.number in page]
        assert letter.application.number in page
        assert letter.application.child_name in page
        assert code_of(letter.number) in page
        assert "29 August, 8:30" in page
    assert len(pages) == made.letters == 2


def test_a_school_without_children_has_no_file(record: RoundRun, li: User) -> None:
    Application.objects.all().delete()
    assert printing.print_school(record.round, builders.school_of(record), Order(li)) is None
    assert not LetterPrint.objects.exists()


def test_printing_again_wants_a_reason_and_says_copy(record: RoundRun, li: User) -> None:
    school = builders.school_of(record)
    printing.print_school(record.round, school, Order(li))
    with pytest.raises(printing.NeedsReason):
        printing.print_school(record.round, school, Order(li))
    made = printing.print_school(record.round, school, Order(li, reason="printer broke"))
    assert made is not None
    assert (made.again, made.reason) == (2, "printer broke")
    assert all("第 2 份" in page for page in words(made))
    assert sorted(PrintedLetter.objects.values_list("copy", flat=True)) == [1, 1, 2, 2]


def test_the_log_of_prints_can_be_neither_changed_nor_removed(record: RoundRun, li: User) -> None:
    printing.print_school(record.round, builders.school_of(record), Order(li))
    for table in (LetterPrint, PrintedLetter):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            table.objects.all()._raw_delete("default")
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            table.objects.update(**{"reason" if table is LetterPrint else "copy": 7})
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterPrint.objects.create(
            round=record.round,
            letters=1,
            again=1,
            language="en",
            sha256="0" * 64,
            by=li,
            at=timezone.now(),
        )


def test_one_letter_is_printed_and_a_revoked_one_is_not(record: RoundRun, li: User) -> None:
    letter, _ = builders.issued(record)
    made = printing.print_letter(letter, Order(li, language="en"))
    assert [letter.number in page for page in words(made)] == [True]
    revoking.revoke(letter, by=li, reason="lost")
    with pytest.raises(printing.NothingToPrint):
        printing.print_letter(letter, Order(li, reason="lost"))


def test_nothing_is_printed_before_somebody_says_when_families_check_in(
    record: RoundRun, li: User
) -> None:
    RoundPapers.objects.all().delete()
    school = builders.school_of(record)
    with pytest.raises(printing.PapersIncomplete):
        printing.print_school(record.round, school, Order(li))
    assert not Letter.objects.exists()  # the issuing rolled back with the print
    CheckInDesk.objects.create(round=record.round, code="school-1", when="30 August", where="Gate")
    made = printing.print_school(record.round, school, Order(li))
    assert made is not None
    assert all("30 August" in page and "Gate" in page for page in words(made))


def test_a_character_that_no_font_has_is_counted_for_the_pen(record: RoundRun, li: User) -> None:
    printed = [
        printing.print_school(record.round, school, Order(li))
        for school in record.input.schools.all()
    ]
    assert sum(made.by_hand for made in printed if made) == 1


# ---------------------------------------------------------------------------------- jobs


def ask(record: RoundRun, by: User, reason: str = "", *codes: str) -> Job:
    schools = record.input.schools.filter(code__in=codes) if codes else record.input.schools.all()
    return jobs.start_printing(
        record.round, list(schools.order_by("code")), by=by, reason=reason, language="en"
    )


def test_the_job_makes_a_file_for_each_school_and_one_bundle(record: RoundRun, li: User) -> None:
    job = ask(record, li)
    work_off()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    bundle = LetterPrint.objects.get(school=None)
    files = LetterPrint.objects.filter(school__isnull=False).order_by("school__code")
    with zipfile.ZipFile(io.BytesIO(printing.kept().get(bundle.sha256))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == files.count()
        assert archive.namelist()[0].startswith("school-1")
    assert bundle.letters == sum(one.letters for one in files) == Letter.objects.count()


def test_the_job_done_twice_prints_once(record: RoundRun, li: User) -> None:
    job = ask(record, li)
    work_off()
    first = list(LetterPrint.objects.order_by("pk").values())
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    perform(job.pk, channel=jobs_channel())
    assert list(LetterPrint.objects.order_by("pk").values()) == first
    assert set(PrintedLetter.objects.values_list("copy", flat=True)) == {1}


def jobs_channel() -> type:
    from junheng.commons.progress import SharedConnection

    return SharedConnection


def test_a_cancelled_job_keeps_what_it_made_and_goes_on_from_there(
    record: RoundRun, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, work = ask(record, li), printing.print_school

    def then_cancel(*args: object) -> LetterPrint | None:
        made = work(*args)  # type: ignore[arg-type]  # handed on as they came
        cancel(Job.objects.get(pk=job.pk))
        return made

    monkeypatch.setattr(printing, "print_school", then_cancel)
    work_off()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert LetterPrint.objects.count() == 1
    monkeypatch.setattr(printing, "print_school", work)
    try_again(job, li)
    work_off()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert set(PrintedLetter.objects.values_list("copy", flat=True)) == {1}


def test_what_would_stop_the_job_is_said_before(record: RoundRun, li: User) -> None:
    ask(record, li, "", "school-1")
    work_off()
    with pytest.raises(printing.NeedsReason):
        ask(record, li)
    RoundPapers.objects.all().delete()
    with pytest.raises(printing.PapersIncomplete):
        ask(record, li, "again")


def test_the_job_prints_the_corrected_result_if_one_came_between(
    record: RoundRun, li: User, wu: User
) -> None:
    ask(record, li, "", "school-1")
    again = builders.corrected(record, li, wu)
    work_off()
    assert {letter.run_id for letter in Letter.objects.all()} == {again.pk}


def test_who_loses_the_post_meanwhile_prints_nothing(record: RoundRun, li: User) -> None:
    sun = cast.sun()
    ask(record, sun, "", "school-1")
    sun.appointments.all().delete()
    work_off()
    assert not LetterPrint.objects.exists()


def test_a_bundle_of_nothing_is_none(record: RoundRun, li: User) -> None:
    assert printing.bundle(record.round, uuid4(), li) is None


# ---------------------------------------------------------------------------- verifying


def test_only_who_holds_the_paper_can_ask_about_it(record: RoundRun) -> None:
    letter, other = builders.issued(record)
    found = selectors.verified(letter.number.lower(), code_of(letter.number).lower())
    assert found is not None
    assert (found.number, found.end) == (letter.number, "")
    assert "*" in found.child
    assert selectors.verified(letter.number, code_of(other.number)) is None
    assert selectors.verified(letter.number, "") is None
    assert selectors.verified("AL-2026-2222-22222", "A" * 16) is None
    unknown = str(Ref.parse("AR20267KQ49XMFY"))
    assert selectors.verified(unknown, code_of(unknown)) is None


def test_replaced_keys_still_open_letters_that_are_out(settings: Settings) -> None:
    number, codes = "AL-2026-7KQ4-9XMFY", []
    for version in range(1, 13):  # the twelfth is newer than the second
        keys = {str(each): f"key {each}" for each in range(1, version + 1)}
        settings.KEYS = {"letters": keys}
        codes.append(code_of(number))
        assert all(is_code_of(number, code) for code in codes)
    assert len(set(codes)) == 12
    settings.KEYS = {"letters": {"1": "key 1"}}
    assert [is_code_of(number, code) for code in codes] == [True] + [False] * 11


def test_the_code_leads_to_the_address_of_the_house(settings: Settings) -> None:
    settings.ADDRESS = "https://admissions.yunhuai.example"
    number = "AL-2026-7KQ4-9XMFY"
    start = f"https://admissions.yunhuai.example/letters/verify/{number}?s="
    assert address_of(number) == start + code_of(number)


# ------------------------------------------------------------------------------- posting


def test_a_schools_list_has_full_names_and_the_notice_has_none(record: RoundRun, li: User) -> None:
    builders.issued(record)
    children = posting.expected_at(record.round, builders.school_of(record))
    assert {child.child for child in children} <= set(builders.NAMES.values())
    assert all(child.remark.startswith("AL-") for child in children)
    with pytest.raises(posting.NoNoticeDays):
        posting.notice(record.round)
    today = timezone.localdate()
    builders.told(record.round, notice_from=today, notice_until=today, objections="0999-1")
    text, rows = posting.notice(record.round)
    assert (text.from_on, text.objections) == (today, "0999-1")
    assert len(rows) == Placement.objects.filter(run=record, school__isnull=False).count()
    assert not {row.child for row in rows} & set(builders.NAMES.values())


def test_a_notice_without_a_place_for_objections_is_refused(record: RoundRun) -> None:
    today = timezone.localdate()
    with pytest.raises(IntegrityError), transaction.atomic():
        builders.told(record.round, notice_from=today, notice_until=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        builders.told(record.round, notice_from=today, objections="0999-1")
