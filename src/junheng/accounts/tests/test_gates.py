"""The doors that views stand behind."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from junheng.accounts.access.gates import StaffMixin, StaffRequest, staff_required
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.places.models import Role

pytestmark = pytest.mark.django_db


@staff_required(Role.AUDITOR)
def for_auditors(request: StaffRequest, word: str) -> HttpResponse:
    return HttpResponse(f"{request.user.username} {word}")


@staff_required()
def for_business(request: StaffRequest) -> HttpResponse:
    return HttpResponse(request.user.username)


class ForBusiness(StaffMixin):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(self.request.user.username)


def asked_by(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/page/?part=2")
    request.user = user
    return request


def said(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def test_who_holds_the_role_gets_in() -> None:
    assert said(for_auditors(asked_by(cast.zheng()), "hello")) == "zheng hello"
    assert said(for_business(asked_by(cast.sun()))) == "sun"
    assert said(ForBusiness.as_view()(asked_by(cast.li()))) == "li"


def test_a_visitor_is_sent_to_sign_in_and_back() -> None:
    answer = for_auditors(asked_by(AnonymousUser()), "hello")
    assert answer.headers["Location"] == "/accounts/login/?next=/page/%3Fpart%3D2"
    assert ForBusiness.as_view()(asked_by(AnonymousUser())).status_code == 302


def test_for_a_stranger_the_page_does_not_exist() -> None:
    with pytest.raises(Http404):
        for_auditors(asked_by(cast.li()), "hello")
    for view in (for_business, ForBusiness.as_view()):
        for somebody in (cast.zhao(), cast.feng()):
            with pytest.raises(Http404):
                view(asked_by(somebody))
