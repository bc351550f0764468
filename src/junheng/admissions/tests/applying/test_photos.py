"""Photos are the family's and the clerk's until all is settled, and the reviewer's to see."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from junheng.accounts.models import ReadLog, User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application
from junheng.admissions.services import applying, photos
from junheng.admissions.services.verifying import subject_of
from junheng.admissions.tests.applying import builders
from junheng.commons import uploads
from junheng.commons.tests.uploads.builders import ready
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhao(db: None) -> User:
    return builders.family()


@pytest.fixture
def application(li: User, zhao: User) -> Application:
    return builders.applied(builders.taking(li, cast.wu()), zhao)


def may(user: Any, application: Application) -> tuple[bool, bool]:
    key = str(application.pk)
    return photos.may_add(user, key), photos.may_see(user, key)


def test_the_family_adds_and_the_officer_sees(
    application: Application, li: User, zhao: User
) -> None:
    assert may(zhao, application) == (True, True)
    assert may(li, application) == (False, True)
    assert may(builders.family("sun"), application) == (False, False)
    assert may(cast.everybody().stranger, application) == (False, False)


def test_the_clerk_who_typed_it_in_adds_for_the_family(li: User, zhao: User) -> None:
    everybody = cast.everybody()
    clerk = everybody.by_role["school_clerk"]
    typed_in = builders.applied(builders.taking(li, cast.wu()), clerk)
    assert may(clerk, typed_in) == (True, True)
    assert may(everybody.by_role["school_head"], typed_in) == (False, False)
    assert may(zhao, typed_in) == (False, False)
    assert may(AnonymousUser(), typed_in) == (False, False)


def test_an_application_that_is_taken_back_takes_its_photos_along(
    application: Application, zhao: User
) -> None:
    ready(subject_of(application), zhao)
    applying.withdraw(application)
    assert uploads.files_of(subject_of(application)) == []
    assert may(zhao, application) == (False, True)


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "00000000-0000-0000-0000-000000000000"])
def test_a_key_that_is_none_is_nobodys(zhao: User, key: str) -> None:
    assert not photos.may_add(zhao, key)
    assert not photos.may_see(zhao, key)
    photos.note_seen(zhao, key)


def test_the_pages_show_photos_and_a_look_is_written_down(
    client: Client, application: Application, li: User, zhao: User
) -> None:
    photo = ready(subject_of(application), zhao)
    client.force_login(zhao)
    with same_queries("admissions", "application, family"):
        page = client.get(f"/apply/numbers/{application.number}/").content.decode()
    assert f"/uploads/{photo.pk}/remove/" in page
    assert "tus.min.js" in page
    assert client.get(f"/uploads/{photo.pk}/").status_code == 200
    assert not ReadLog.objects.exists()
    client.force_login(li)
    page = client.get(f"/rounds/applications/{application.number}/").content.decode()
    assert f"/uploads/{photo.pk}/" in page
    assert 'type="file"' not in page
    assert client.get(f"/uploads/{photo.pk}/").status_code == 200
    assert ReadLog.objects.exclude(fields__contains=["statement"]).get().fields == ["photos"]


def test_who_may_see_is_asked_for_applications(application: Application, zhao: User) -> None:
    from junheng.commons.uploads import subjects

    assert subjects.may_see(zhao, subject_of(application))
    assert uploads.start_url(subject_of(application)).endswith(f"{application.pk}/")
