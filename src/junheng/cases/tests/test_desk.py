"""The desk: everybody is answered or called; answers have versions, photos are made anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.cases.demo.load import Crew, NotADemonstration, load
from junheng.cases.facade import case_of
from junheng.cases.models import Case, Consultation, StandardAnswer
from junheng.cases.selectors import desk as selectors
from junheng.cases.services import cases, desk, photos
from junheng.cases.tests.builders import matter
from junheng.commons.photos import NotAPicture
from junheng.commons.storage import Damaged, store
from junheng.commons.uploads import shelf

pytestmark = pytest.mark.django_db
ASKED = desk.Asked("phone", "外地户口怎么报名", "Mr Zhao", "13800000001")


def county() -> str:
    return cast.counties().path


def here() -> desk.Desk:
    return desk.Desk(county(), "admissions_officer")


def an_answer(question: str = "随迁子女怎么报名？", text: str = "凭居住证。") -> StandardAnswer:
    return write(None, question=question, text=text)


def write(row: StandardAnswer | None, *, question: str, text: str) -> StandardAnswer:
    given = {"topic": "报名", "key_words": "外地户口", "basis": ""}
    return desk.write_answer(
        row, path=county(), question=question, text=text, by=cast.li(), **given
    )


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def test_an_answer_of_the_collection_is_kept_with_its_version() -> None:
    answer = an_answer()
    answer = write(answer, question=answer.question, text="凭居住证和社保。")
    made = desk.answer_now(ASKED, desk=here(), by=cast.li(), answer=answer)
    assert (made.said, made.answer_version, made.answered_by) == ("凭居住证和社保。", 2, cast.li())
    answer = write(answer, question=answer.question, text="凭居住证。")
    assert [v.text for v in answer.versions.all()] == [
        "凭居住证。",
        "凭居住证和社保。",
        "凭居住证。",
    ]


def test_saving_an_answer_unchanged_makes_no_version() -> None:
    answer = an_answer()
    assert write(answer, question=answer.question, text=answer.text).version == 1


def test_a_question_stands_in_the_collection_once_until_it_is_withdrawn() -> None:
    answer = an_answer()
    with pytest.raises(desk.AskedAlready):
        an_answer()
    desk.withdraw(answer, why="old")
    assert an_answer().pk != answer.pk


def test_without_an_answer_nobody_was_answered() -> None:
    with pytest.raises(desk.NothingSaid):
        desk.answer_now(ASKED, desk=here(), by=cast.li(), said=" ")


def test_a_promised_call_is_a_case_until_it_was_made() -> None:
    made = desk.promise_call(ASKED, desk=here(), by=cast.li())
    case = case_of(desk.CALL_BACK, made.number)
    assert case
    assert (case.holder_name, case.clock.due_on) == ("Li", made.call_back_by)
    assert case.url == f"/desk/{made.number}/"
    desk.not_reached(made, by=cast.li())
    desk.call_back(made, by=cast.zhou(), said="凭居住证。")
    done = Case.objects.get()
    assert (done.state, done.outcome, done.words) == ("closed", "called_back", "凭居住证。")
    with pytest.raises(desk.AnsweredAlready):
        desk.call_back(made, by=cast.li(), said="Again.")


def test_nobody_is_promised_a_call_without_a_number() -> None:
    with pytest.raises(desk.NoWayBack):
        desk.promise_call(desk.Asked("visit", "When?"), desk=here(), by=cast.li())
    by_message = desk.Asked("message", "When?")
    assert desk.promise_call(by_message, desk=here(), by=cast.li()).phone is None


@pytest.mark.parametrize("days", [-1, 200])
def test_a_call_is_promised_for_a_day_to_come(days: int) -> None:
    until = timezone.localdate() + timedelta(days=days)
    with pytest.raises(desk.BadDay):
        desk.promise_call(ASKED, desk=here(), by=cast.li(), until=until)


def test_figures_say_who_still_waits() -> None:
    desk.answer_now(ASKED, desk=here(), by=cast.li(), answer=an_answer())
    called = desk.promise_call(ASKED, desk=here(), by=cast.li())
    desk.call_back(called, by=cast.li(), said="So.")
    waits = desk.promise_call(ASKED, desk=here(), by=cast.li())
    rows = selectors.since(cast.li(), timezone.localdate())
    figures = selectors.asked_of(rows)
    assert (figures.asked, figures.at_once, figures.called_back, figures.waiting) == (3, 1, 1, 1)
    assert figures.share == pytest.approx(2 / 3)
    assert [(q.question, q.asked, q.waiting) for q in selectors.by_question(rows)] == [
        ("随迁子女怎么报名？", 1, 0),
        ("", 2, 1),
    ]
    (today,) = selectors.by_day(rows, timezone.localdate(), timezone.localdate())
    assert (today.at_once, today.called_back, today.waiting) == (1, 1, 1)
    assert selectors.asked_of(rows.filter(pk=waits.pk)).share == 0
    assert selectors.asked_of(rows.none()).share is None


def test_what_is_typed_finds_answers_of_the_own_county_alone() -> None:
    answer = an_answer()
    assert selectors.suggested(cast.li(), "外地户口报名") == [answer]
    assert selectors.suggested(cast.sun(), "外地户口报名") == [
        answer
    ]  # a school reads the bureau's
    assert selectors.suggested(cast.qian(), "外地户口报名") == []
    assert selectors.suggested(cast.li(), " ") == []


def test_who_asked_is_sealed_and_what_was_asked_stays() -> None:
    made = desk.promise_call(ASKED, desk=here(), by=cast.li())
    rows = Consultation.objects.filter(pk=made.pk)
    assert rows.get().phone == "13800000001"
    assert refused(lambda: rows.update(question="otherwise"))
    assert refused(rows.delete)
    assert refused(lambda: rows.update(call_back_by=None))
    assert refused(lambda: rows.update(phone=None))
    desk.call_back(made, by=cast.li(), said="So.")
    assert refused(lambda: rows.update(answered_at=None, answered_by=None))
    assert refused(lambda: rows.update(said=""))
    assert not refused(lambda: rows.update(phone=None, name=None))  # kept no longer than needed


def picture(size: tuple[int, int] = (2400, 1200), kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    written = BytesIO()
    Image.new("RGB", size, "red").save(written, kind, exif=exif)
    return written.getvalue()


class TestPhotos:
    @pytest.fixture(autouse=True)
    def storage(self, settings: Settings, tmp_path: Path) -> None:
        settings.STORAGE_ROOT = tmp_path

    def test_a_photo_is_made_anew_and_small_without_what_the_camera_noted(self) -> None:
        kept = photos.photo(photos.keep(SimpleUploadedFile("a.jpg", picture())))
        opened = Image.open(BytesIO(kept))
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (1600, 800), {})
        assert b"where it was taken" not in kept

    @pytest.mark.parametrize(
        "data", [b"<script>alert(1)</script>", picture()[:300], b"0" * 12_000_001]
    )
    def test_what_is_no_photo_is_refused_and_nothing_is_kept(
        self, data: bytes, tmp_path: Path
    ) -> None:
        with pytest.raises(NotAPicture):
            photos.keep(SimpleUploadedFile("a.jpg", data))
        assert not [found for found in tmp_path.rglob("*") if found.is_file()]

    def test_on_the_disk_it_is_sealed_and_one_of_an_earlier_version_becomes_so(self) -> None:
        sha256 = photos.keep(SimpleUploadedFile("a.jpg", picture()))
        kept = photos.photo(sha256)
        path = shelf.photo_path(UUID(hex=sha256[:32]))
        assert not store().path(sha256).exists()
        assert kept[:200] not in path.read_bytes()
        path.unlink()
        store().put(kept)  # as it was kept before
        assert photos.photo(sha256) == kept
        cases.note(matter().number, "seen", by=None, photo=sha256)
        assert (photos.seal_earlier(), photos.seal_earlier()) == (1, 0)
        assert (store().path(sha256).exists(), photos.photo(sha256)) == (False, kept)
        photos.throw_away(sha256)
        with pytest.raises(Damaged):
            photos.photo(sha256)


def test_the_demonstration_is_filled_once_and_only_where_it_is_one(settings: Settings) -> None:
    crew = Crew(cast.li(), cast.wu(), cast.zhou(), cast.sun())
    places = {"path": county(), "school_path": cast.school().path}
    settings.DEMO = False
    with pytest.raises(NotADemonstration):
        load(**places, crew=crew)
    settings.DEMO = True
    first = load(**places, crew=crew)
    assert first == load(**places, crew=crew) >= 250
    assert StandardAnswer.objects.count() >= 30
    states = set(Case.objects.values_list("state", flat=True))
    assert states == {"open", "paused", "done", "checked", "closed"}
    assert Case.objects.filter(raised_to="bureau_leader").count() == 1
