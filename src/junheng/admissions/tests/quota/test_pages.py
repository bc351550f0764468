"""The pages of quota seats: the officer's way, the export, what everybody reads."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import QuotaPlan, QuotaRun
from junheng.admissions.services.quota_planning import Stage
from junheng.admissions.tests.quota import builders
from junheng.admissions.web.quota_tables import PlacementTable, PlanTable, ShareTable
from junheng.commons import approvals, worker
from junheng.commons.models import Approval
from junheng.commons.tables import unindexed_sorts
from junheng.places.models import Role
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db

RULE = {"percent": "30", "years": "3", "unfilled": "others", "basis": "Document 7 of 2026"}


@pytest.fixture
def office(client: Client, li: User) -> Client:
    client.force_login(li)
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status
    return answer.content.decode()


def test_an_officer_goes_the_whole_way_from_the_rule_to_published_shares(
    office: Client, li: User, wu: User
) -> None:
    place = builders.county()
    made = office.post(
        reverse("admissions:new_quota"), {**RULE, "place": place.code, "year": "2026"}
    )
    plan = QuotaPlan.objects.get()
    assert made.headers["Location"] == reverse("admissions:quota", args=[plan.pk])
    assert "Bring in the senior schools" in page(office, "admissions:quota", plan.pk)
    builders.filled_in(li)
    assert "Have the seats shared out" in page(office, "admissions:quota", plan.pk)
    office.post(reverse("admissions:start_quota", args=[plan.pk, "shares"]))
    worker.work_off()
    ref = QuotaRun.objects.get().run.ref
    shown = page(office, "admissions:quota_run", ref)
    assert "6 × 30 ÷ 60" in shown
    assert "20/60 ≈ 0.333" in shown
    office.post(reverse("admissions:publish_quota", args=[ref]))
    assert "waits for a second person" in page(office, "admissions:quota_run", ref)
    approvals.agree(Approval.objects.get(), wu)
    public = page(Client(HTTP_COOKIE="django_language=en"), "public:quota", place.code, 2026)
    assert "6 × 30 ÷ 60" in public
    assert "0001" not in public
    assert "30 % of the 27 planned seats" in public
    assert "After the examination" not in page(office, "admissions:quota", plan.pk)


def test_what_cannot_be_done_is_said_on_the_page(office: Client) -> None:
    plan = builders.plan()
    again = {**RULE, "place": plan.place.code, "year": "2026"}
    answer = office.post(reverse("admissions:new_quota"), again)
    assert answer.status_code == 422
    assert "has a plan of quota seats for 2026 already" in answer.content.decode()
    told = office.post(reverse("admissions:start_quota", args=[plan.pk, "shares"]), follow=True)
    assert "Bring in the senior schools and the lower schools first" in told.content.decode()
    wrong = office.post(reverse("admissions:quota_rule", args=[plan.pk]), {**RULE, "percent": "0"})
    assert wrong.status_code == 422
    assert office.post(f"{reverse('admissions:quota', args=[plan.pk])}run/none/").status_code == 404


def test_a_rule_is_changed_until_it_is_published(office: Client, li: User, wu: User) -> None:
    plan = builders.filled_in(li)
    address = reverse("admissions:quota_rule", args=[plan.pk])
    assert office.post(address, {**RULE, "percent": "33.3"}).status_code == 302
    plan.refresh_from_db()
    assert plan.permille == 333
    record = builders.published(builders.ran(plan, Stage.SHARES, li), li, wu)
    assert office.post(address, RULE).status_code == 422
    again = office.post(reverse("admissions:publish_quota", args=[record.run.ref]), follow=True)
    assert "was published already" in again.content.decode()


def test_the_filling_tells_every_pupils_reasons_and_goes_out_as_a_workbook(
    office: Client, li: User, wu: User
) -> None:
    _shares, filling = builders.both_stages(li, wu)
    shown = page(office, "admissions:quota_run", filling.run.ref)
    assert "First Senior: seats went to higher scores; Second Senior: seat" in shown
    assert "1 pupil has no score" in shown
    narrowed = office.get(
        reverse("admissions:quota_run", args=[filling.run.ref]), {"fate": "undecided"}
    )
    assert "0006" in narrowed.content.decode()
    assert "0001" not in narrowed.content.decode()
    file = office.get(reverse("admissions:quota_file", args=[filling.run.ref, "result.json"]))
    assert hashlib.sha256(file.content).hexdigest() == filling.run.result_sha256
    sent = office.post(reverse("admissions:quota_run", args=[filling.run.ref]))
    cells = CalamineWorkbook.from_filelike(BytesIO(sent.content)).get_sheet_by_index(0).to_python()
    assert any("0004" in row for row in cells)


def test_a_school_sees_its_own_part_of_what_is_published_and_nothing_else(
    office: Client, li: User, wu: User
) -> None:
    school = cast.school("x")
    clerk = cast.person("hu", Role.SCHOOL_CLERK, school)
    shares, filling = builders.both_stages(li, wu)
    client = Client()
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    assert "Quota seats 2026" in page(client, "admissions:quotas")
    plan = page(client, "admissions:quota", shares.plan_id)
    assert filling.run.ref not in plan
    assert "without a score" not in plan
    computed = page(client, "admissions:quota_run", shares.run.ref)
    assert "Xin Lower" in computed
    assert "Yue Lower" not in computed
    page(client, "admissions:quota_run", filling.run.ref, status=404)
    builders.published(filling, li, wu)
    own = page(client, "admissions:quota_run", filling.run.ref)
    assert "0004" in own
    assert "0005" not in own
    elsewhere = Client()
    elsewhere.force_login(cast.person("lin", Role.SCHOOL_CLERK, cast.school("else")))
    page(elsewhere, "admissions:quota", shares.plan_id, status=404)
    page(elsewhere, "admissions:quota_run", shares.run.ref, status=404)


def test_a_page_that_nobody_published_is_nobodys(li: User) -> None:
    plan = builders.filled_in(li)
    builders.ran(plan, Stage.SHARES, li)
    address = reverse("public:quota", args=[plan.place.code, 2026])
    assert Client().get(address).status_code == 404
    assert Client().get(reverse("public:quotas")).status_code == 200


def test_lists_sort_on_indexes_only() -> None:
    from junheng.admissions.models import QuotaPlacement, QuotaShare

    assert unindexed_sorts(PlanTable, QuotaPlan) == []
    assert unindexed_sorts(ShareTable, QuotaShare) == []
    assert unindexed_sorts(PlacementTable, QuotaPlacement) == ["number"]  # within its run


def test_pages_ask_the_database_as_often_as_written_down(
    office: Client, li: User, wu: User
) -> None:
    shares, filling = builders.both_stages(li, wu)
    for words, name, args in (
        ("quota seats, list", "admissions:quotas", []),
        ("quota seats, plan", "admissions:quota", [shares.plan_id]),
        ("quota seats, shares", "admissions:quota_run", [shares.run.ref]),
        ("quota seats, filling", "admissions:quota_run", [filling.run.ref]),
        ("quota seats, public", "public:quota", [shares.plan.place.code, 2026]),
    ):
        address = reverse(name, args=args)
        office.get(address)
        with same_queries("admissions", words):
            assert office.get(address).status_code == 200
