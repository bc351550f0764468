"""The officer's pages: what they show, what they refuse, what they cost."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import jobs
from junheng.admissions.jobs import rounds
from junheng.admissions.models import Placement, Round, RoundRun, RoundUpload
from junheng.admissions.services.reading import read_round
from junheng.admissions.services.workbooks import template_workbook
from junheng.admissions.tests.rounds import builders
from junheng.commons.models import ExportLog, Job, Run
from junheng.commons.worker import work_off
from junheng.places.models import Level
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    """Somebody's browser, in English so that sentences can be compared."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def page(li: User) -> Client:
    return browser(li)


def text(response: Any) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def form(files: Mapping[str, bytes], **more: object) -> dict[str, object]:
    """What the form for files sends."""
    sent = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return {"documents": sent, "place": builders.county().pk, **more}


def send(client: Client, files: Mapping[str, bytes]) -> HttpResponse:
    response: Any = client.post(reverse("admissions:load"), form(files), follow=True)
    return response  # type: ignore[no-any-return]  # the test client's answer


# ------------------------------------------------------------------------- from files to run


def test_from_files_to_the_reasons_of_a_child(page: Client) -> None:
    """The tour: send, look, confirm, run, result, school, child, receipt."""
    looked = send(page, builders.round_files())
    assert "2026-g1" in text(looked)
    assert "East Village" in text(looked)
    assert not Round.objects.exists()
    upload = RoundUpload.objects.get()
    confirmed = page.post(reverse("admissions:confirm", args=[upload.pk]), follow=True)
    assert "The round is loaded." in text(confirmed)
    the_round = Round.objects.get()
    pressed = {"kind": "rehearsal", "words": "tour"}
    under_way = page.post(reverse("admissions:start", args=[the_round.pk]), pressed, follow=True)
    assert "The round is being run" in text(under_way)
    work_off()
    run = Run.objects.get()
    result = text(page.get(reverse("admissions:run", args=[run.ref])))
    assert "rehearsal:tour" in result
    assert "binds nobody" in result
    for name in ("schools", "children", "receipt"):
        assert page.get(reverse(f"admissions:{name}", args=[run.ref])).status_code == 200
    child = Placement.objects.get(code="c3")
    why = text(page.get(reverse("admissions:child", args=[run.ref, child.pk])))
    assert "Chengguan Primary had 2 seats" in why
    assert "tier 1" in why


def test_a_workbook_does_as_well_as_files(page: Client) -> None:
    looked = send(page, {"round.xlsx": template_workbook()})
    assert RoundUpload.objects.get().state == RoundUpload.State.READY
    assert "7f3a9c01d2e4b658" in text(looked)


def test_the_workbook_to_fill_in_can_be_read(page: Client) -> None:
    response = page.get(reverse("admissions:template"))
    checked = read_round({"filled.xlsx": response.content})
    assert (len(checked.round.applicants.ids), checked.seed) == (1, "")


@pytest.mark.parametrize("way", ["open", "answers", "grade"])
def test_there_is_a_workbook_for_each_way_of_diversion(page: Client, way: str) -> None:
    assert f"?for={way}" in page.get(reverse("admissions:load")).content.decode()
    filled = page.get(reverse("admissions:template"), {"for": way}).content
    assert "7f3a9c01d2e4b658" in text(send(page, {"round.xlsx": filled}))
    assert RoundUpload.objects.get().state == RoundUpload.State.READY
    assert page.get(reverse("admissions:template"), {"for": "all"}).status_code == 404


def test_unknown_columns_are_named_and_left_out(page: Client) -> None:
    children = builders.CHILDREN.replace("group_id", "group_id,colour").replace("\nc", "\n c")
    children = "\n".join(
        f"{line},x" if n and line else line for n, line in enumerate(children.split("\n"))
    )
    assert "colour" in text(send(page, builders.round_files(applicants=children)))


def test_large_files_are_read_and_loaded_by_the_worker(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "SMALL", 10)
    sent = page.post(reverse("admissions:load"), form(builders.round_files()))
    upload = RoundUpload.objects.get()
    assert sent.url == reverse("admissions:upload", args=[upload.pk])  # type: ignore[attr-defined]
    waiting = page.get(sent.url)  # type: ignore[attr-defined]
    assert waiting.url == Job.objects.get().get_absolute_url()  # type: ignore[attr-defined]
    work_off()
    assert "2026-g1" in text(page.get(reverse("admissions:upload", args=[upload.pk])))
    page.post(reverse("admissions:confirm", args=[upload.pk]))
    assert not Round.objects.exists()
    work_off()
    the_round = Round.objects.get()
    loading = Job.objects.get(kind="admissions.load_upload")
    assert loading.url == reverse("admissions:round", args=[the_round.pk])


def test_loading_over_a_frozen_list_is_refused_before_and_after_the_button(
    page: Client, li: User
) -> None:
    builders.frozen(li, cast.wu())
    shown = text(send(page, builders.round_files(seed=builders.OFFICIAL, cap=50)))
    assert "so nothing else can be loaded" in shown
    upload = RoundUpload.objects.get()
    pressed = page.post(reverse("admissions:confirm", args=[upload.pk]), follow=True)
    assert "so nothing else can be loaded" in text(pressed)
    assert Round.objects.get().rules["class_cap"] == 55


def test_files_can_be_put_aside(page: Client, li: User) -> None:
    upload = builders.uploaded(li)
    page.post(reverse("admissions:drop", args=[upload.pk]))
    assert "put aside" in text(page.get(reverse("admissions:upload", args=[upload.pk])))


def test_loading_can_be_undone_on_the_page(page: Client, li: User) -> None:
    builders.loaded(li)
    the_round = builders.loaded(li, cap=50)
    back = page.post(reverse("admissions:undo", args=[the_round.pk]), follow=True)
    assert "in force again" in text(back)
    again = page.post(reverse("admissions:undo", args=[the_round.pk]), follow=True)
    assert "Nothing was loaded before this." in text(again)


# ---------------------------------------------------------------------------- what is wrong


def test_faults_stand_on_the_page_and_in_a_workbook_with_their_rows(page: Client) -> None:
    children = builders.CHILDREN.replace("c1,", "c2,").replace("116.000300", "east")
    shown = text(send(page, builders.round_files(applicants=children)))
    assert "Nothing was loaded" in shown
    assert "“east” is not a coordinate." in shown
    upload = RoundUpload.objects.get()
    book = page.get(reverse("admissions:faults", args=[upload.pk])).content
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    assert sheets.sheet_names == ["faults", "applicants"]
    rows = sheets.get_sheet_by_name("applicants").to_python()
    assert [row[0] for row in rows] == ["applicant_id", "c2", "c3"]
    assert "“c2” stands already in row 2." in str(rows[1][-1])
    assert len(sheets.get_sheet_by_name("faults").to_python()) == 1 + upload.fault_count


def test_names_in_files_are_text_and_never_markup(page: Client) -> None:
    """A school named like a script, a file named like a path and a formula."""
    schools = builders.SCHOOLS.replace("Chengguan Primary", "<script>alert(1)</script>")
    shown = text(send(page, builders.round_files(schools=schools)))
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    odd = text(send(page, {"../../etc/passwd": b"root", "<b>.csv": b"a,b\n1,2\n"}))
    assert "<b>.csv" not in odd


def test_a_zip_bomb_is_a_fault_like_any_other(page: Client) -> None:
    """600 KB that would unpack to 600 MB: refused in words, and the page is there at once."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", bytes(600 * 2**20))
    began = time.monotonic()
    assert "unpack" in text(send(page, {"round.xlsx": packed.getvalue()}))
    assert time.monotonic() - began < 10
    assert RoundUpload.objects.get().state == RoundUpload.State.REFUSED


def test_rows_of_another_run_are_not_found_under_this_one(page: Client, record: RoundRun) -> None:
    """Numbers in addresses can be guessed; they lead nowhere but to rows of the run itself."""
    other = builders.ran(builders.loaded(cast.li(), ref="other"))
    child = Placement.objects.filter(run=other).first()
    school = other.input.schools.first()
    assert child is not None
    assert school is not None
    ref = record.run.ref
    assert page.get(reverse("admissions:child", args=[ref, child.pk])).status_code == 404
    assert page.get(reverse("admissions:school", args=[ref, school.pk])).status_code == 404


@pytest.mark.parametrize(
    "sort", ["run__run__seed", "applicant__lon", "-pk; DROP TABLE", "password"]
)
def test_only_what_a_list_offers_sorts_it(page: Client, record: RoundRun, sort: str) -> None:
    address = reverse("admissions:children", args=[record.run.ref])
    response = page.get(address, {"sort": sort})
    assert [row.record.code for row in response.context["list"].table.page][:2] == ["c1", "c2"]


@pytest.mark.parametrize("nothing", [{}, {"documents": "text, not a file"}])
def test_no_file_is_a_sentence(page: Client, nothing: dict[str, str]) -> None:
    response = page.post(reverse("admissions:load"), nothing)
    assert response.status_code == 422
    assert "data-error-summary" in text(response)


def test_the_same_name_twice_is_a_sentence(page: Client) -> None:
    twice = [SimpleUploadedFile("a.csv", b"x"), SimpleUploadedFile("a.csv", b"y")]
    answer = page.post(
        reverse("admissions:load"), {"documents": twice, "place": builders.county().pk}
    )
    assert "Two of the files have the same name." in text(answer)


def test_files_above_the_limit_are_refused_before_they_are_read(page: Client) -> None:
    """The form's token is in the body, so not even that may be asked for."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.cookies
    unread = io.BytesIO(b"")
    response = strict.generic(
        "POST",
        reverse("admissions:load"),
        unread.read(),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 2**20),
    )
    assert response.status_code == 413
    assert "larger than 150 MB" in text(response)
    assert not RoundUpload.objects.exists()


def test_a_form_without_its_token_is_refused(page: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.cookies
    assert strict.post(reverse("admissions:load"), form(builders.round_files())).status_code == 403
    assert not RoundUpload.objects.exists()


def test_somebody_elses_county_cannot_be_loaded_into(page: Client) -> None:
    builders.county()
    there = cast.place(cast.NEXT_COUNTY, "", Level.COUNTY)
    sent = form(builders.round_files()) | {"place": there.pk}
    assert page.post(reverse("admissions:load"), sent).status_code == 422
    assert not RoundUpload.objects.exists()


@pytest.mark.parametrize("words", ["", "   "])
def test_a_rehearsal_without_a_word_is_asked_for_one(page: Client, li: User, words: str) -> None:
    the_round = builders.loaded(li)
    sent = {"kind": "rehearsal", "words": words}
    response = page.post(reverse("admissions:start", args=[the_round.pk]), sent)
    assert response.status_code == 422
    assert "Write some text" in text(response)
    assert not Run.objects.exists()


def test_the_rounds_own_seed_cannot_be_chosen_where_there_is_none(page: Client, li: User) -> None:
    the_round = builders.loaded(li)
    sent = {"kind": "own", "words": ""}
    assert page.post(reverse("admissions:start", args=[the_round.pk]), sent).status_code == 422


def test_a_ring_wants_two_numbers(page: Client, li: User) -> None:
    the_round = builders.loaded(li, method="ring-interval")
    address = reverse("admissions:start", args=[the_round.pk])
    assert page.post(address, {"kind": "rehearsal", "words": "six"}).status_code == 422
    assert page.post(address, {"kind": "rehearsal", "words": "2:3"}).status_code == 302


def test_a_run_with_the_seed_of_the_round_is_no_rehearsal_and_says_so(
    page: Client, li: User
) -> None:
    the_round = builders.drawn(li, cast.wu())
    page.post(reverse("admissions:start", args=[the_round.pk]), {"kind": "own"})
    work_off()
    shown = text(page.get(reverse("admissions:run", args=[Run.objects.get().ref])))
    assert "Not published" in shown
    assert "binds nobody" not in shown


# ------------------------------------------------------------------------- lists and files


@pytest.fixture
def record(li: User) -> RoundRun:
    return builders.ran(builders.loaded(li), by=li)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        pytest.param("", ["c1", "c2", "c3", "c4", "c5", "c6", "c7"], id="everybody by code"),
        pytest.param("q=c3", ["c3"], id="by the beginning of the code"),
        pytest.param("how=list", ["c1", "c2", "c5", "c6", "c7"], id="seated by list"),
        pytest.param("how=choice", ["c5"], id="by own choice"),
        pytest.param("school=Chengguan", ["c1", "c2"], id="by the school's name"),
        pytest.param("township=Beihe", 3, id="by the school's township"),
        pytest.param("sort=-tier&how=list", 5, id="sorted"),
        pytest.param("sort=distance_m", 7, id="by distance"),
        pytest.param("sort=ticket", 7, id="by ticket"),
        pytest.param("sort=list_rank", 7, id="by place in the list"),
        pytest.param("sort=school", 7, id="by school"),
        pytest.param("how=nonsense", 0, id="nonsense finds nothing"),
        pytest.param("page=999", 7, id="a page too far is the last"),
    ],
)
def test_children_are_found_and_sorted(
    page: Client, record: RoundRun, query: str, codes: list[str] | int
) -> None:
    response = page.get(f"{reverse('admissions:children', args=[record.run.ref])}?{query}")
    found = [row.record.code for row in response.context["list"].table.page]
    if isinstance(codes, int):
        assert len(found) == codes
    else:
        assert found == codes


def test_an_empty_list_says_what_hides_the_rows(page: Client, record: RoundRun) -> None:
    address = reverse("admissions:children", args=[record.run.ref])
    shown = text(page.get(f"{address}?q=zzz"))
    assert "7 rows are hidden" in shown


def test_a_school_shows_its_children_in_its_order(page: Client, record: RoundRun) -> None:
    school = record.input.schools.get(code="school-1")
    response = page.get(reverse("admissions:school", args=[record.run.ref, school.pk]))
    order = [row.record.code for row in response.context["list"].table.page]
    assert order == ["c2", "c1"]
    assert "tier 1 · no older child here" in text(response)


def test_a_childs_ticket_can_be_drawn_again_with_the_command_shown(
    page: Client, record: RoundRun
) -> None:
    """The command is run as it stands; twins draw with the code that comes first."""
    import subprocess

    twin = Placement.objects.get(run=record, code="c7")
    response = page.get(reverse("admissions:child", args=[record.run.ref, twin.pk]))
    command = response.context["command"]
    assert "2026|c6" in command
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == twin.ticket


def test_twins_lead_to_each_other(page: Client, record: RoundRun) -> None:
    twin = Placement.objects.get(run=record, code="c6")
    other = Placement.objects.get(run=record, code="c7")
    shown = text(page.get(reverse("admissions:child", args=[record.run.ref, twin.pk])))
    assert reverse("admissions:child", args=[record.run.ref, other.pk]) in shown


def test_lists_leave_as_workbooks_and_are_logged(page: Client, record: RoundRun) -> None:
    for name, rows in (("children", 7), ("schools", 3)):
        response = page.post(reverse(f"admissions:{name}", args=[record.run.ref]))
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response)))
        written = book.get_sheet_by_index(0).to_python()
        assert len(written) > rows
        assert {"Ticket", "Seats"} & {str(cell) for row in written for cell in row}
        assert ExportLog.objects.latest("pk").rows == rows


def test_files_are_handed_out_as_they_were_and_logged(page: Client, record: RoundRun) -> None:
    ref = record.run.ref
    receipt = page.get(reverse("admissions:output", args=[ref, "receipt.json"]))
    assert receipt.headers["Content-Disposition"] == 'attachment; filename="receipt.json"'
    assert receipt.json() == record.run.receipt
    source = page.get(reverse("admissions:source", args=[ref, "applicants.csv"]))
    assert source.content == builders.round_files()["applicants.csv"]
    assert ExportLog.objects.count() == 2
    for name in ("nothing.csv", "..%2Fkeys.json", "run.json"):
        assert page.get(reverse("admissions:output", args=[ref, name])).status_code == 404
        assert page.get(reverse("admissions:source", args=[ref, name])).status_code == 404


def test_a_school_role_sees_its_own_part_of_a_run(record: RoundRun) -> None:
    wang = browser(cast.wang())
    shown = text(wang.get(reverse("admissions:run", args=[record.run.ref])))
    assert "Beihe Primary" not in shown


def test_earlier_files_are_marked(page: Client, li: User, record: RoundRun) -> None:
    builders.loaded(li, cap=50)
    shown = text(page.get(reverse("admissions:run", args=[record.run.ref])))
    assert "Other files were loaded after this run." in shown


def test_progress_is_asked_for_alone_and_reloads_when_it_is_over(page: Client, li: User) -> None:
    record = jobs.start_run(builders.loaded(li), seed=builders.REHEARSAL, by=li)
    address = f"{reverse('admissions:run', args=[record.run.ref])}?_part=progress"
    part = page.get(address, headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert "Waiting for a worker" in text(part)
    Job.objects.update(state="running", done=40, total=100, message="Checking")
    assert "40 / 100" in text(page.get(address, headers={"HX-Request": "true"}))
    Run.objects.filter(pk=record.pk).update(state="running")
    Run.objects.filter(pk=record.pk).update(state="failed", note="broken off")
    over = page.get(address, headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


# -------------------------------------------------------------------------------- what it costs


PAGES = ("rounds", "round", "run", "schools", "school", "children", "child", "receipt")
READERS = {"officer": cast.li, "township": cast.zhou, "school": cast.wang}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("reader", READERS)
def test_queries_of_pages(record: RoundRun, name: str, reader: str) -> None:
    ref = record.run.ref
    keys: dict[str, list[Any]] = {
        "rounds": [],
        "round": [record.round_id],
        "school": [ref, record.input.schools.get(code="school-1").pk],
        "child": [ref, Placement.objects.get(run=record, code="c1").pk],
    }
    address = reverse(f"admissions:{name}", args=keys.get(name, [ref]))
    client = browser(READERS[reader]())
    first = client.get(address)
    if name == "receipt" and reader != "officer":
        assert first.status_code == 404
        return
    with same_queries("admissions", f"{name} page, {reader}"):
        assert client.get(address).status_code == 200
