"""Public notices of aid: masked, without the reason of anybody's poverty, for their days only."""

from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from junheng.accounts.services.families import family_of_phone
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import NoticeObjection, PaymentBatch, PublicNotice
from junheng.aid.services import notice_objections, notices
from junheng.aid.services.batches import NotTheirPost, OutOfStep
from junheng.aid.services.notice_objections import AnsweredAlready, NothingSaid, NotPosted
from junheng.aid.services.notices import NoReason, PostedAlready
from junheng.aid.tests import payment_builders as build
from junheng.cases.facade import case_of
from junheng.commons.tests.roles import as_the_site

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
POOR = "registered_poor_students"


@pytest.fixture
def posted() -> PublicNotice:
    """Two pupils, one of them paid by two policies, one line come back."""
    build.budget()
    build.budget(POOR)
    one, two, three = build.pupils(3)
    dues = [
        build.due(one), build.due(one, fen=100_000, policy=POOR),
        build.due(two), build.due(three),
    ]  # fmt: skip
    batch = build.sent(dues)
    codes = ["1001" if line.subject == str(three.pk) else "0000" for line in batch.lines.all()]
    batch = build.answered(batch, *codes)
    assert notices.post(batch.pk, by=cast.ma()) == 1
    return PublicNotice.objects.get()


def test_everybody_reads_masked_names_and_no_reason(posted: PublicNotice, client: Client) -> None:
    page = client.get(f"/aid/notices/{posted.pk}/").content.decode()
    assert page.count("王*") == 2
    for line in posted.batch.lines.all():
        for secret in (line.name, line.account, line.holder_id, line.subject, line.policy):
            assert str(secret) not in page
    assert "1,625.00" in page, "two policies under one heading are one amount"
    assert "625.00" in page
    assert (posted.heads, posted.fen) == (2, 2 * build.FEN + 100_000)
    answer = client.get("/aid/notices/")
    assert f"/aid/notices/{posted.pk}/" in answer.content.decode()
    assert "noindex" in answer["X-Robots-Tag"]


def test_it_is_posted_for_five_working_days_and_then_gone(
    posted: PublicNotice, client: Client, signed_in: SignedIn
) -> None:
    monday = date(2026, 9, 28)
    with transaction.atomic(), pgtrigger.ignore():
        PublicNotice.objects.update(taken_down_at=timezone.now(), why="x", taken_down_by=cast.ma())
    notices.post(posted.batch_id, by=cast.ma(), today=monday)
    again = PublicNotice.objects.get(taken_down_at=None)
    assert again.until_on >= monday + timedelta(days=7)
    past = timezone.localdate() - timedelta(days=30)
    with pgtrigger.ignore():
        PublicNotice.objects.filter(pk=again.pk).update(from_on=past, until_on=past)
        PublicNotice.objects.filter(pk=posted.pk).update(
            from_on=timezone.localdate() + timedelta(days=1), until_on=date(2100, 1, 1)
        )
    over = client.get(f"/aid/notices/{again.pk}/")
    assert (over.status_code, "王*" in over.content.decode()) == (410, False)
    assert client.get(f"/aid/notices/{posted.pk}/").status_code == 404
    assert "Nothing is posted today" in client.get("/aid/notices/").content.decode()
    proof = signed_in(cast.zheng()).get(f"/aid/notices/{again.pk}/proof/").content.decode()
    assert again.sha256 in proof
    assert "agrees" in proof
    assert "王*" in proof
    family = family_of_phone("13800000071")
    with pytest.raises(NotPosted):
        notice_objections.raise_objection(again, "x", by=family, contact="13800000071")
    assert signed_in(family).get(f"/aid/notices/{again.pk}/object/").status_code == 404


def test_a_page_that_was_changed_is_found_out(posted: PublicNotice, signed_in: SignedIn) -> None:
    with as_the_site():
        for change in (
            {"page_zh": "x"}, {"until_on": date(2100, 1, 1)}, {"sha256": "x"}, {"page_zh": ""},
        ):  # fmt: skip
            with pytest.raises(DatabaseError, match="as it was posted"), transaction.atomic():
                PublicNotice.objects.update(**change)
        with pytest.raises(DatabaseError, match="kept as proof"), transaction.atomic():
            PublicNotice.objects.all()._raw_delete(using="default")
    with pgtrigger.ignore():
        PublicNotice.objects.update(page_zh="another page")
    page = signed_in(cast.ma()).get(f"/aid/notices/{posted.pk}/proof/").content.decode()
    assert "does not agree" in page


def test_a_family_objects_by_its_telephone_and_reads_the_answer(
    posted: PublicNotice, client: Client, signed_in: SignedIn
) -> None:
    asked = client.get(f"/aid/notices/{posted.pk}/object/")
    assert asked.status_code == 302
    assert "/phone" in asked["Location"]
    family = family_of_phone("13800000071")
    mother = signed_in(family)
    sent = mother.post(f"/aid/notices/{posted.pk}/object/", {"words": "We got nothing."})
    made = NoticeObjection.objects.get()
    assert sent["Location"].endswith(f"/aid/notices/mine/{made.number}/")
    case = case_of(notice_objections.CASE, made.number)
    assert case is not None
    assert "We got nothing" not in str(case)
    ma = signed_in(cast.ma())
    inside = ma.get(f"/aid/notices/objections/{made.number}/").content.decode()
    assert "We got nothing." in inside
    assert "13800000071" in inside
    url = f"/aid/notices/objections/{made.number}/"
    assert ma.post(url, {"words": "It is paid now.", "upheld": "1"}).status_code == 302
    again = ma.post(url, {"words": "x", "upheld": ""}, follow=True)
    assert "any more" in again.content.decode()
    assert "It is paid now." in mother.get(sent["Location"]).content.decode()
    other = signed_in(family_of_phone("13800000072"))
    assert other.get(sent["Location"]).status_code == 404
    closed = case_of(notice_objections.CASE, made.number)
    assert closed is not None
    assert closed.closed_at is not None
    with as_the_site(), pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        NoticeObjection.objects.update(state="rejected")


def test_at_the_counter_and_what_is_refused(posted: PublicNotice, signed_in: SignedIn) -> None:
    ma = signed_in(cast.ma())
    url = f"/aid/notices/{posted.pk}/proof/"
    assert ma.post(url, {"words": "Wrong amount", "contact": ""}).status_code == 422
    assert ma.post(url, {"words": "Wrong amount", "contact": "East Village 3"}).status_code == 302
    made = NoticeObjection.objects.get(at_counter=True)
    for words, error in ((" ", NothingSaid),):
        with pytest.raises(error):
            notice_objections.answer(made.pk, words, upheld=False, by=cast.ma())
        with pytest.raises(error):
            notice_objections.raise_objection(posted, words, by=cast.ma(), contact="x")
    notice_objections.answer(made.pk, "It is right.", upheld=False, by=cast.ma())
    with pytest.raises(AnsweredAlready):
        notice_objections.answer(made.pk, "x", upheld=False, by=cast.ma())
    with pytest.raises(NotTheirPost):
        notices.post(posted.batch_id, by=cast.xu())
    with pytest.raises(PostedAlready):
        notices.post(posted.batch_id, by=cast.ma())
    posted.pk = build.a_key()
    with pytest.raises(IntegrityError, match="one_posted"), transaction.atomic():
        posted.save(force_insert=True)
    assert (
        "with a reason"
        in ma.post(
            f"/aid/notices/{PublicNotice.objects.get().pk}/take-down/", follow=True
        ).content.decode()
    )
    row = notices.take_down(PublicNotice.objects.get().pk, "an amount is wrong", by=cast.ma())
    with pytest.raises(NoReason):
        notices.take_down(row.pk, "again", by=cast.ma())
    draft = PaymentBatch.objects.create(
        number="PB-x", place=cast.counties(), path=cast.counties().path, period="x",
        source="county", made_by=cast.ma(),
    )  # fmt: skip
    with pytest.raises(OutOfStep):
        notices.post(draft.pk, by=cast.ma())
