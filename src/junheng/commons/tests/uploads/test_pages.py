"""The protocol (tus 1.0) and the plain form, and what a stranger gets: nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import UnreadablePostError
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from junheng.commons.models import Upload
from junheng.commons.tests.uploads.builders import begun, photo, ready
from junheng.commons.uploads import files_of, register_subjects, start_url, subjects
from junheng.commons.uploads.shelf import photo_path
from junheng.commons.web import uploads as pages
from junheng.commons.worker import work_off
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
HERE = "test.pages:1"
TUS = {"Tus-Resumable": "1.0.0"}
STREAM = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def seen() -> Iterator[list[str]]:
    """Li owns the subjects here; whoever opens a file is noted."""
    noted: list[str] = []

    def is_li(user: Any, key: str) -> bool:
        return user.username == "li" and key == "1"

    register_subjects("test.pages", is_li, is_li, seen=lambda _user, key: noted.append(key))
    yield noted
    del subjects._SUBJECTS["test.pages"]


@pytest.fixture
def mine(client: Client, li: Any) -> Client:
    client.force_login(li)
    return client


def create(client: Client, length: object, subject: str = HERE, **headers: str) -> Any:
    told = {"Upload-Length": str(length)} | TUS | headers
    return client.post(start_url(subject), headers=told, content_type=STREAM)


def patch(client: Client, address: str, offset: object, piece: bytes, **headers: str) -> Any:
    told = {"Upload-Offset": str(offset)} | TUS | headers
    return client.patch(address, piece, content_type=STREAM, headers=told)


def metadata(**values: str) -> str:
    pairs = ((name, base64.b64encode(value.encode()).decode()) for name, value in values.items())
    return ",".join(f"{name} {value}" for name, value in pairs)


def test_a_photo_comes_in_pieces_and_is_shown(mine: Client, li: Any, seen: list[str]) -> None:
    data = photo()
    made = create(mine, len(data), **{"Upload-Metadata": metadata(filename="户口本.jpg", key="a")})
    assert (made.status_code, made["Tus-Resumable"]) == (201, "1.0.0")
    address = made["Location"]
    again = create(mine, len(data), **{"Upload-Metadata": metadata(filename="户口本.jpg", key="a")})
    assert again["Location"] == address
    with same_queries("commons", "a piece of a photo"):
        assert patch(mine, address, 0, data[:200])["Upload-Offset"] == "200"
    head = mine.head(address, headers=TUS)
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("200", str(len(data)))
    assert "no-store" in head["Cache-Control"]
    assert head["Upload-Expires"]
    assert patch(mine, address, 200, data[200:]).status_code == 204
    assert patch(mine, address, 200, data[200:]).status_code == 410  # it came twice
    assert mine.head(address, headers=TUS)["Upload-Offset"] == str(len(data))
    assert mine.get(address).status_code == 404  # not before it was checked
    work_off()
    (file,) = mine.get(start_url(HERE)).json()["files"]
    assert (file["name"], file["state"], file["url"]) == ("户口本.jpg", "ready", address)
    shown = mine.get(address)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in shown["Cache-Control"]
    assert shown["Content-Disposition"].startswith('inline; filename="photo-')
    assert seen == ["1"]


def test_the_server_says_what_it_can(mine: Client) -> None:
    answer = mine.options(start_url(HERE))
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Tus-Extension"] == "creation,expiration"


@pytest.mark.parametrize(
    ("length", "headers", "status"),
    [
        pytest.param("", {}, 400, id="no length"),
        pytest.param("-1", {}, 400, id="less than nothing"),
        pytest.param("1e9", {}, 400, id="no number"),
        pytest.param("٣", {}, 400, id="digits of another script"),
        pytest.param("9" * 30, {}, 400, id="astronomic"),
        pytest.param("10000001", {}, 413, id="too large"),
        pytest.param("0", {}, 422, id="empty"),
        pytest.param("5", {"Tus-Resumable": "0.2.2"}, 412, id="another version"),
        pytest.param("5", {"Upload-Metadata": "filename %%"}, 400, id="no base64"),
        pytest.param("5", {"Upload-Metadata": "filename /w=="}, 400, id="no text"),
    ],
)
def test_what_is_begun_badly_is_refused(
    mine: Client, length: str, headers: dict[str, str], status: int
) -> None:
    assert create(mine, length, **headers).status_code == status
    assert not Upload.objects.exists()


def test_offsets_that_lie_change_nothing(mine: Client, li: Any) -> None:
    address = create(mine, 5)["Location"]
    assert patch(mine, address, 3, b"45").status_code == 409
    assert patch(mine, address, "x", b"12345").status_code == 400
    assert patch(mine, address, 0, b"123456").status_code == 413
    assert mine.patch(address, b"1", content_type="text/plain", headers=TUS).status_code == 415
    assert mine.patch(address, b"1", content_type=STREAM).status_code == 412
    assert mine.head(address, headers=TUS)["Upload-Offset"] == "0"


def test_what_came_before_the_line_broke_counts() -> None:
    request = RequestFactory().generic("PATCH", "/", b"")
    pieces: Iterator[Any] = iter([b"123", UnreadablePostError("gone")])

    def read(_size: int | None = None) -> bytes:
        piece = next(pieces)
        if isinstance(piece, Exception):
            raise piece
        return bytes(piece)

    request.read = read  # type: ignore[method-assign]  # a line that breaks
    assert pages._piece(request, 9) == b"123"


def test_another_family_finds_nothing(client: Client, li: Any, qian: Any) -> None:
    unfinished, photo_of_li = begun(HERE, li, b"12345"), ready(HERE, li)
    client.force_login(qian)
    for made in (unfinished, photo_of_li):
        address = f"/uploads/{made.pk}/"
        assert client.get(address).status_code == 404
        assert client.head(address, headers=TUS).status_code == 404
        assert patch(client, address, 0, b"1").status_code == 404
        assert client.post(f"{address}remove/").status_code == 404
    assert client.get(start_url(HERE)).status_code == 404
    assert create(client, 5).status_code == 404
    assert client.get(f"/uploads/{uuid4()}/").status_code == 404


def test_the_owner_whose_time_is_over_adds_and_removes_nothing(mine: Client, li: Any) -> None:
    made = begun("test.pages:2", li, b"12345")
    assert patch(mine, f"/uploads/{made.pk}/", 0, b"1").status_code == 404
    assert mine.post(f"/uploads/{made.pk}/remove/").status_code == 404


@pytest.mark.parametrize("subject", ["test.pages", "test.pages:", "nothing:1", "x" * 200])
def test_a_subject_that_nobody_answers_for_takes_nothing(mine: Client, subject: str) -> None:
    assert create(mine, 5, subject).status_code == 404
    assert mine.get(start_url(subject)).status_code == 404


def test_an_unknown_subject_is_told_to_nobody(li: Any) -> None:
    subjects.note_seen(li, "nothing:1")
    assert not subjects.may_see(li, "nothing:1")


def test_without_a_script_the_form_sends_whole_photos(mine: Client) -> None:
    sent = [
        SimpleUploadedFile("a.jpg", photo(colour="red"), content_type="image/jpeg"),
        SimpleUploadedFile("b.html", b"<script>", content_type="image/jpeg"),
        SimpleUploadedFile("c.jpg", b""),
    ]
    answer = mine.post(start_url(HERE), {"files": sent, "next": "/offline/"}, follow=True)
    assert answer.redirect_chain == [("/offline/", 302)]
    work_off()
    assert [file.state for file in files_of(HERE)] == ["ready", "refused"]


def test_nothing_chosen_is_told_and_nobody_is_led_elsewhere(mine: Client) -> None:
    answer = mine.post(start_url(HERE), {"next": "https://evil.example/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_photo_that_the_disk_lost_is_told(mine: Client, li: Any) -> None:
    made = ready(HERE, li)
    photo_path(made.pk).unlink()
    assert mine.get(f"/uploads/{made.pk}/").status_code == 410


def test_a_photo_is_taken_back(mine: Client, li: Any) -> None:
    made = ready(HERE, li)
    assert mine.post(f"/uploads/{made.pk}/remove/").status_code == 302
    assert files_of(HERE) == []
    assert mine.get(f"/uploads/{made.pk}/").status_code == 404
    assert patch(mine, f"/uploads/{made.pk}/", 0, b"1").status_code == 410


def test_an_unfinished_one_that_was_removed_is_gone(mine: Client, li: Any) -> None:
    made = begun(HERE, li, b"12345")
    mine.post(f"/uploads/{made.pk}/remove/")
    assert mine.head(f"/uploads/{made.pk}/", headers=TUS).status_code == 410


@pytest.mark.parametrize(("add", "fields"), [("True", 1), ("False", 0)])
def test_the_component_shows_files_and_a_form_for_those_who_add(
    li: Any, rf: RequestFactory, add: str, fields: int
) -> None:
    ready(HERE, li, name='"><script>.jpg')
    request = rf.get("/there/")
    request.user = li
    source = f'<c-uploads subject="{HERE}" :add="{add}" />'
    page = Template(CottonCompiler().process(source))
    shown = page.render(RequestContext(request))
    assert "&quot;&gt;&lt;script&gt;.jpg" in shown
    assert "<script>" not in shown
    assert shown.count('type="file"') == fields
