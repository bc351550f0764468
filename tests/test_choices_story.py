"""What families choose, in a browser: a second round, offered schools, a school open by lottery.

Three small rounds of one county, walked through on a phone in Chinese, the officer at a desk.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round, RoundRun
from junheng.admissions.services import loading, steps
from junheng.admissions.services.answer_workbooks import answers_workbook
from junheng.admissions.tests.after import builders as after
from junheng.admissions.tests.after.test_answering import ended
from junheng.admissions.tests.applying import builders as applying
from junheng.admissions.tests.applying.test_enlisting import listed, through
from junheng.admissions.tests.rounds import builders as rounds
from junheng.admissions.tests.rounds.test_modes import SCHOOLS
from tests.browser import PHONE, Open, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECOND, OPEN, PRIVATE = "2026-second", "2026-open", "2026-private"


def page_of(window: Visit, application: Application) -> str:
    """The family's page of an application, sound."""
    window.go(reverse("apply:application", args=[application.number])).fine(axe=False)
    return window.page.inner_text("main")


def released(li: User, wu: User) -> RoundRun:
    """A published round over which the time for check-in went: seats are free again."""
    record = after.over(after.published(li, wu, ref=SECOND))
    after.released(record, li, wu)
    return record


def test_families_choose_in_a_second_round_among_offers_and_by_lottery(visit: Open) -> None:
    li, wu, zhao = cast.li(), cast.wu(), cast.zhao()
    desk, phone = visit().come_in(li), visit(PHONE).come_in(zhao)
    in_the_second_round(desk, phone, released(li, wu), (li, wu, zhao))
    among_offers(desk, phone, (li, wu, zhao))
    by_lottery(phone, (li, wu, zhao))


def in_the_second_round(
    desk: Visit, phone: Visit, record: RoundRun, people: tuple[User, User, User]
) -> None:
    """A child without a seat takes part in the second round, and has one."""
    li, wu, zhao = people
    mine = after.of_family(record, zhao, after.unplaced(record))
    desk.go(reverse("admissions:second_round", args=[record.round_id])).fine()
    desk.page.fill("[name=ref]", f"{SECOND}-2")
    desk.page.locator("#hold form button[type=submit]").click()
    desk.settle().fine(axe=False)
    made = Round.objects.get(second_of=record.round_id)
    after.opened_second(made, li, wu)

    page_of(phone, mine)
    phone.page.click(f"main a[href='{reverse('apply:second', args=[mine.number])}']")
    phone.settle().fine().page.select_option("[name=wish_1]", "school-1")
    phone.submit().fine()
    taken = Application.objects.get(round=made, carried_from=mine)
    placed = after.published_second(made, li, wu)
    assert placed.placements.filter(code=taken.code, school__code="school-1").exists()
    assert "Chengguan Primary" in page_of(phone, taken)
    desk.go(reverse("admissions:run", args=[placed.run.ref])).fine()


def among_offers(desk: Visit, phone: Visit, people: tuple[User, User, User]) -> None:
    """A family ranks what the lists left over; the second run follows it."""
    li, wu, zhao = people
    record = after.published(li, wu, ref=OPEN, schools=SCHOOLS, diversion=rounds.OFFERING)
    mine = after.of_family(record, zhao, "c4")
    until = timezone.localtime(timezone.now() + timedelta(days=3))
    desk.go(reverse("admissions:act", args=[record.round_id])).fine()
    desk.page.fill("[name=until]", f"{until:%Y-%m-%dT%H:%M}")
    desk.page.locator("#families form button[type=submit]").click()
    desk.settle().fine(axe=False)

    page_of(phone, mine)
    phone.page.click(f"main a[href='{reverse('apply:answer', args=[mine.number])}']")
    phone.settle().fine().page.select_option("[name=wish_1]", "host")
    phone.submit().fine()
    ended(record)
    sent = loading.receive(rounds.county(), {"answers.xlsx": answers_workbook(record)}, li)
    taken = loading.load_correction(loading.read_upload(sent.pk), li)
    rounds.both(steps.CORRECT, record.round, li, wu, input=taken.pk, reason="answers")
    second = rounds.ran(rounds.fresh(record.round), seed="", by=li)
    rounds.both(steps.PUBLISH, record.round, li, wu, run=second.run.ref)
    assert "Old Mill Building" in page_of(phone, mine)


def by_lottery(phone: Visit, people: tuple[User, User, User]) -> None:
    """A family names the school whose seats lots decide, beside its own zone's, and has it."""
    li, wu, zhao = people
    the_round = applying.taking(li, wu, ref=PRIVATE, by_lottery="school-3")
    pages = applying.answers()
    phone.go(f"/apply/{cast.COUNTY}/{PRIVATE}/").fine()
    phone.page.check("#agreed")
    phone.submit()
    for name in ("name", "number"):
        phone.page.fill(f"#id_{name}", pages["child"][name])
    phone.submit()
    phone.page.fill("#id_village", "East Village")
    phone.page.fill("#id_address", pages["home"]["address"])
    for box in (*pages["home"]["claims"], "lottery"):
        phone.page.check(f"#id_{box}")
    phone.page.fill("#id_certificate", pages["home"]["certificate"])
    phone.fine().submit()
    for name in ("name", "number", "phone"):
        phone.page.fill(f"#id_{name}", pages["guardian"][name])
    phone.page.select_option("#id_relation", "father")
    phone.submit().fine().page.select_option("[name=wish_1]", "school-3")
    phone.submit().fine().page.check("#declared")
    phone.submit().fine()

    made = through(Application.objects.get(round=the_round, family=zhao))
    assert made.wishes == ["school-3"]
    seat = rounds.ran(listed(the_round, li)).placements.filter(code=made.code)
    assert seat.values_list("school__code", "how").get() == ("school-3", "choice")
