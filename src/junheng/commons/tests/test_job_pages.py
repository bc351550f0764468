from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from junheng.commons import jobs
from junheng.commons.jobs import Job, Progress, job
from junheng.commons.refusals import Refusal
from junheng.commons.worker import work_off


@job("test.page", title="Counting the children")
def work(progress: Progress, *, no: str = "") -> str | None:
    progress.step(7, 10, "at seven")
    if no:
        raise Refusal(no)
    return "/result/"


@pytest.fixture
def asked(li: Any) -> Job:
    return work.later(by=li, path="/99/9901/990100/")


@pytest.fixture
def as_li(li: Any, client: Client) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(li)
    return client


@pytest.fixture
def a_rule_of_accounts() -> Iterator[None]:
    """Auditors see what they may not touch; the rules of others are put back afterwards."""
    before = list(jobs._MAY_SEE), list(jobs._MAY_ACT)
    jobs.add_rules(
        may_see=lambda user, path: user.username == "auditor" and path.startswith("/99/"),
        may_act=lambda user, path: False,
    )
    yield
    jobs._MAY_SEE[:], jobs._MAY_ACT[:] = before


def page_of(client: Client, job: Job, query: str = "") -> str:
    answer = client.get(job.get_absolute_url() + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_waiting_job_asks_the_server_again(as_li: Client, asked: Job) -> None:
    page = page_of(as_li, asked)
    assert 'hx-trigger="every 1s"' in page
    assert "_part=progress" in page
    assert "_poll=1" in page
    assert "Look again" in page


def test_a_running_job_shows_how_far_it_is(as_li: Client, asked: Job) -> None:
    Job.objects.update(state="running", done=7, total=10, message="at seven")
    page = page_of(as_li, asked, "?_part=progress")
    assert "<html" not in page
    assert "at seven" in page
    assert 'value="7" max="10"' in page
    assert reverse("commons:job_cancel", args=[asked.pk]) in page


def test_a_finished_job_stops_asking_and_leads_to_its_result(as_li: Client, asked: Job) -> None:
    work_off()
    page = page_of(as_li, asked)
    assert "hx-get" not in page
    assert "Look again" not in page
    assert 'href="/result/"' in page


def test_the_end_is_announced_once_to_those_who_listen(as_li: Client, asked: Job) -> None:
    assert "hx-swap-oob" not in page_of(as_li, asked, "?_part=progress")
    work_off()
    assert "hx-swap-oob" in page_of(as_li, asked, "?_part=progress")
    assert "hx-swap-oob" not in page_of(as_li, asked)


def test_a_failed_job_says_why_and_can_be_tried_again(as_li: Client, li: Any) -> None:
    failed = work.later(by=li, no="The disk is full <now>.")
    work_off()
    page = page_of(as_li, failed)
    assert "The disk is full &lt;now&gt;." in page
    as_li.post(reverse("commons:job_retry", args=[failed.pk]))
    failed.refresh_from_db()
    assert failed.state == "queued"


def test_trying_again_what_runs_is_told(as_li: Client, asked: Job) -> None:
    answer = as_li.post(reverse("commons:job_retry", args=[asked.pk]), follow=True)
    assert "nothing to try again" in answer.content.decode()


def test_cancelling(as_li: Client, asked: Job) -> None:
    as_li.post(reverse("commons:job_cancel", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == "cancelled"
    assert "cancelled" in page_of(as_li, asked)


def test_a_job_asked_to_stop_says_so(as_li: Client, asked: Job) -> None:
    Job.objects.update(state="running")
    as_li.post(reverse("commons:job_cancel", args=[asked.pk]))
    page = page_of(as_li, asked)
    assert "asked to stop" in page
    assert reverse("commons:job_cancel", args=[asked.pk]) not in page


@pytest.mark.parametrize("url_name", ["job", "job_cancel", "job_retry"])
def test_a_stranger_does_not_learn_of_the_job(
    url_name: str, client: Client, qian: Any, asked: Job
) -> None:
    client.force_login(qian)
    call = client.get if url_name == "job" else client.post
    assert call(reverse(f"commons:{url_name}", args=[asked.pk])).status_code == 404
    asked.refresh_from_db()
    assert asked.state == "queued"


def test_a_visitor_is_sent_to_sign_in(client: Client, asked: Job) -> None:
    answer = client.get(asked.get_absolute_url())
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


@pytest.mark.usefixtures("a_rule_of_accounts")
def test_an_auditor_of_the_place_sees_and_does_not_touch(
    client: Client, asked: Job, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("auditor"))
    assert "job_cancel" not in page_of(client, asked)
    assert client.post(reverse("commons:job_cancel", args=[asked.pk])).status_code == 404


def test_cancelling_by_a_link_is_refused(as_li: Client, asked: Job) -> None:
    assert as_li.get(reverse("commons:job_cancel", args=[asked.pk])).status_code == 405


def test_my_jobs_are_listed_and_not_those_of_others(as_li: Client, asked: Job, qian: Any) -> None:
    work.later(by=qian, title="Of somebody else")
    page = as_li.get(reverse("commons:jobs")).content.decode()
    assert asked.title in page
    assert "Of somebody else" not in page


def test_the_page_of_a_job_asks_the_database_little(
    as_li: Client, asked: Job, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        page_of(as_li, asked, "?_part=progress")
