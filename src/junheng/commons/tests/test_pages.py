"""Addresses of the furniture, headers, error pages, static files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find, get_finders
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from pytest_django import Settings

from junheng.commons.static_files import NPM_FILES, HashedStorage, NpmFinder
from junheng.commons.web import errors
from junheng.commons.web.views import KEPT

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(\ssrc=|application/json))", re.I)
ELSEWHERE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
STATIC = Path(__file__).parents[1] / "static" / "junheng"


# Headers


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/offline/", "/nowhere/", "/accounts/login/"])
def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(
    client: Client, address: str
) -> None:
    response = client.get(address)
    policy = {
        name: set(sources)
        for name, *sources in (
            part.split() for part in response["Content-Security-Policy"].split(";")
        )
    }
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == {"'self'"}
    assert policy["img-src"] <= {"'self'", "data:"}
    assert policy["object-src"] == policy["frame-ancestors"] == {"'none'"}
    html = response.content.decode()
    assert INLINE.findall(html) == []
    assert ELSEWHERE.findall(html) == []


def test_templates_hold_no_inline_style_or_script() -> None:
    rooms = Path(__file__).parents[2]
    templates = [*rooms.glob("*/templates/**/*.html"), *rooms.glob("*/web/templates/**/*.html")]
    assert len(templates) > 40
    found = {
        str(file.relative_to(rooms)): hits
        for file in templates
        if (hits := [one.group() for one in INLINE.finditer(file.read_text("utf-8"))])
    }
    assert found == {}


def test_scripts_run_no_strings_as_code() -> None:
    for file in STATIC.glob("js/*.js"):
        text = file.read_text("utf-8")
        assert not re.search(
            r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text
        )


# Large type and language


@pytest.mark.django_db
def test_large_type_is_remembered_and_taken_back(client: Client) -> None:
    answer = client.post("/large-type/", {"large": "1", "next": "/offline/?a=1"})
    assert answer["Location"] == "/offline/?a=1"
    assert client.cookies["junheng_large_type"]["httponly"]
    assert 'class="large-type"' in client.get("/").content.decode()
    client.post("/large-type/", {"large": "0", "next": "/"})
    assert 'class="large-type"' not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_the_switch_never_leads_elsewhere(client: Client, target: str) -> None:
    assert client.post("/large-type/", {"large": "1", "next": target})["Location"] == "/"


def test_the_switch_is_not_a_link(client: Client) -> None:
    assert client.get("/large-type/").status_code == 405


@pytest.mark.django_db
def test_the_reader_chooses_the_language(client: Client) -> None:
    assert '<html lang="zh-hans"' in client.get("/").content.decode()
    client.post("/language/setlang/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert "Skip to the content" in page


# Offline, worker, manifest


def test_the_worker_keeps_no_page_but_the_offline_one(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    found = re.search(r"KEPT = (\[.*?\]);", answer.content.decode())
    assert found
    kept = json.loads(found[1])
    assert kept[0] == "/offline/"
    assert all(address.startswith("/static/") for address in kept[1:])
    assert all(find(name) for name in KEPT)


def test_the_offline_page_names_nobody(client: Client) -> None:
    answer = client.get("/offline/")
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert not answer.cookies


def test_the_manifest_is_one(client: Client, settings: Settings) -> None:
    settings.BUREAU_NAME = "Yunhuai"
    answer = client.get("/site.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert answer.json()["name"].endswith("· Yunhuai")


# Errors


def boom(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("boom")


urlpatterns = [path("boom/", boom), path("", include(settings.ROOT_URLCONF))]
handler500 = "junheng.commons.web.errors.failed"


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.forged, 403),
        (errors.not_found, 404),
        (errors.failed, 500),
    ],
)
def test_error_pages_say_what_to_do_and_ask_no_database(
    rf: RequestFactory, view: Any, status: int
) -> None:
    # no `django_db` mark: a query would fail this test
    response = view(rf.get("/lost/"))
    html = response.content.decode()
    assert response.status_code == status
    assert "<h1" in html
    assert 'href="/"' in html


def test_a_mistake_of_ours_shows_our_page_and_not_the_mistake(
    client: Client, settings: Settings
) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    response = client.get("/boom/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "bare-head" in html
    assert "RuntimeError" not in html


@pytest.mark.django_db
def test_an_unknown_address_shows_our_page(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "bare-head" in response.content.decode()


@pytest.mark.django_db
def test_a_form_that_was_open_too_long_says_so() -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    response = client.post("/large-type/", {"large": "1"})
    assert response.status_code == 403
    assert "Nothing was saved" in response.content.decode()


@pytest.mark.django_db
def test_the_styleguide_is_not_for_the_public(client: Client, settings: Settings) -> None:
    addresses = [
        "/styleguide/",
        "/styleguide/list/",
        "/styleguide/phone/",
        "/styleguide/error/404/",
    ]
    assert {client.get(address).status_code for address in addresses} == {404}
    settings.DEBUG = True
    assert client.get("/styleguide/").status_code == 200
    assert client.get("/styleguide/error/418/").status_code == 404


# Static files


@pytest.fixture
def finder() -> NpmFinder:
    return next(one for one in get_finders() if isinstance(one, NpmFinder))


def test_npm_files_are_found_by_allow_list(finder: NpmFinder) -> None:
    assert find("npm/tabler/css/tabler.min.css")
    assert finder.find("npm/leaflet/images/marker-icon.png", find_all=True)
    for other in (
        "npm/tabler/css/tabler.css",
        "npm/tabler/../package.json",
        "npm/tabler/css/../../package.json",
        "npm/leaflet/images/../leaflet-src.js",
        "tabler/css/tabler.min.css",
        "npm/unknown/x.js",
    ):
        assert not finder.find(other), other


def test_every_listed_file_is_there(finder: NpmFinder) -> None:
    assert finder.check() == []
    found: list[tuple[str, Any]] = list(finder.list([]))
    listed = [f"{folder.prefix}/{name}" for name, folder in found]
    assert all(find(name) for name in listed)
    assert {name.split("/")[1] for name in listed} == {prefix.split("/")[1] for prefix in NPM_FILES}
    assert len(listed) < 30


def test_a_missing_package_is_reported(settings: Settings, tmp_path: Path) -> None:
    settings.NODE_MODULES = tmp_path
    found = NpmFinder().check()
    assert {one.id for one in found} == {"junheng.E001"}
    assert len(found) == len(NPM_FILES)


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "ttf", "js", "css", "svg"]
    assert HashedStorage().url("junheng/css/base.css") == "/static/junheng/css/base.css"
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


def test_collected_files_are_hashed_and_point_to_each_other(collected: Path) -> None:
    storage = HashedStorage()
    assert re.fullmatch(
        r"/static/junheng/css/base\.[0-9a-f]{12}\.css", storage.url("junheng/css/base.css")
    )
    fonts = (collected / storage.stored_name("junheng/css/fonts.css")).read_text("utf-8")
    used = re.findall(r'url\("?([^")]+)"?\)', fonts)
    assert len(used) == 2
    css = collected / "junheng" / "css"
    assert all((css / one).resolve().is_file() for one in used)
    assert all(re.search(r"\.[0-9a-f]{12}\.ttf$", one) for one in used)
