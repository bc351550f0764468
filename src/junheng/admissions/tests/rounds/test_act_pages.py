"""The page of the act: what each person is offered, and what the buttons do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Contribution, Round
from junheng.admissions.services import steps
from junheng.admissions.tests.rounds import builders
from junheng.commons import attempts
from junheng.commons.models import Approval, Attempt
from junheng.commons.worker import work_off


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.wu()


def window(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def act(the_round: Round) -> str:
    return reverse("admissions:act", args=[the_round.pk])


def shown(client: Client, the_round: Round) -> str:
    return client.get(act(the_round)).content.decode()


def ask(client: Client, the_round: Round, step: str, **data: str) -> str:
    address = reverse("admissions:ask", args=[the_round.pk, step])
    return client.post(address, data, follow=True).content.decode()


def agree(client: Client) -> str:
    asked = Approval.objects.get(state="pending")
    address = reverse("commons:approval_agree", args=[asked.pk])
    return client.post(address, follow=True).content.decode()


def event_form(seconds: float) -> dict[str, str]:
    moment = timezone.localtime(timezone.now() + timedelta(seconds=seconds))
    return {
        "name": "Drawing 100",
        "how_written": "As drawn",
        "example": "00-00",
        "contributions_until": f"{moment:%Y-%m-%dT%H:%M:%S}",
        "takes_place_at": f"{moment:%Y-%m-%dT%H:%M:%S}",
    }


def test_the_whole_act_is_walked_on_its_page(li: User, wu: User) -> None:
    officer, leader = window(li), window(wu)
    the_round = builders.loaded(li)
    assert "Something is still missing" in shown(officer, the_round)
    officer.post(reverse("admissions:begin_plan", args=[the_round.pk]))
    builders.dated(the_round, timezone.now() + timedelta(minutes=1))
    officer.post(reverse("admissions:name_event", args=[the_round.pk]), event_form(6))
    officer.post(reverse("admissions:rules", args=[the_round.pk]), {"policy": "Near home."})
    ask(officer, the_round, "open")
    assert "Waits for a second person" in shown(leader, the_round)
    agree(leader)
    officer.post(reverse("admissions:contribute", args=[the_round.pk]), {"words": "a sunny day"})
    ask(officer, the_round, "freeze")
    agree(leader)
    builders.wait_for(builders.fresh(the_round).event.takes_place_at)
    ask(officer, the_round, "draw", figures="12-34")
    agree(leader)
    seed = builders.fresh(the_round).seed
    assert seed in shown(officer, the_round)
    assert "a sunny day" in shown(leader, the_round)
    officer.post(reverse("admissions:start", args=[the_round.pk]), {"kind": "own"})
    work_off()
    run = the_round.runs.get().run.ref
    ask(officer, the_round, "publish", run=run)
    agree(leader)
    assert (
        "This is the result of the round"
        in officer.get(reverse("admissions:run", args=[run])).content.decode()
    )
    officer.post(reverse("admissions:close", args=[the_round.pk]))
    assert builders.fresh(the_round).state == Round.State.CLOSED


def test_words_are_never_on_a_page_before_the_event(li: User, wu: User) -> None:
    the_round = builders.opened(li, wu, after=timedelta(hours=1))
    officer = window(li)
    address = reverse("admissions:contribute", args=[the_round.pk])
    slip = officer.post(address, {"words": "a sunny day"}, follow=True).content.decode()
    assert Contribution.objects.get().commitment in slip
    for page in (slip, shown(officer, the_round), shown(window(wu), the_round)):
        assert "sunny" not in page


def test_who_asked_is_not_offered_the_yes_and_is_refused_it(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=timedelta(hours=1))
    officer = window(li)
    ask(officer, the_round, "open")
    asked = Approval.objects.get()
    assert "I agree" not in officer.get(asked.get_absolute_url()).content.decode()
    assert "another person has to agree" in agree(officer)
    assert Attempt.objects.get().by == li
    assert "I agree" in window(wu).get(asked.get_absolute_url()).content.decode()


def test_a_no_needs_its_reason_and_reaches_the_one_who_asked(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=timedelta(hours=1))
    asked = steps.ask(steps.OPEN, the_round, by=li)
    leader, address = window(wu), reverse("commons:approval_decline", args=[asked.pk])
    assert "Please say why" in leader.post(address, {"why": " "}, follow=True).content.decode()
    leader.post(address, {"why": "The calendar is missing."})
    assert "The calendar is missing." in window(li).get(asked.get_absolute_url()).content.decode()


def test_the_auditor_reads_the_act_and_is_offered_no_button(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=timedelta(hours=1))
    page = shown(window(cast.zheng()), the_round)
    assert "The admissions officer takes this step." in page
    assert '<form method="post" action="/rounds' not in page


def test_figures_that_are_not_written_as_announced_come_back(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu)
    builders.wait_for(the_round.event.takes_place_at)
    assert "has to look like" in ask(window(li), the_round, "draw", figures="1-2-3")
    assert not Approval.objects.filter(kind=steps.DRAW).exists()


def test_an_unknown_step_is_not_found(li: User, wu: User) -> None:
    address = reverse("admissions:ask", args=[builders.loaded(li).pk, "steer"])
    assert window(li).post(address).status_code == 404


def test_a_correction_is_asked_for_with_files_that_were_sent(li: User, wu: User) -> None:
    record = builders.published(li, wu)
    officer, leader = window(li), window(wu)
    upload = builders.uploaded(
        li, applicants=builders.CHILDREN.replace("300,36.500000,2", "300,36.500000,1")
    )
    address = reverse("admissions:correct", args=[record.round.pk])
    assert officer.post(address, {"upload": str(upload.pk)}).status_code == 422
    officer.post(address, {"upload": str(upload.pk), "reason": "Court order 7"})
    agree(leader)
    page = shown(officer, record.round)
    assert "Court order 7" in page
    assert "Run the frozen list with the seed" in page


def test_the_auditor_reads_in_words_what_was_refused(li: User, wu: User) -> None:
    the_round = builders.drawn(li, wu)
    again = reverse("admissions:ask", args=[the_round.pk, "draw"])
    window(li).post(again, {"figures": builders.FIGURES})
    told = window(cast.zheng()).get(reverse("accounts:attempts")).content.decode()
    assert attempts.title_of(steps.DRAW) in told
    assert steps.DRAW not in told
