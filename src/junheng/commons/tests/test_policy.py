"""The policy that is put together once is django-csp's, and a page may still have its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from csp.constants import NONCE
from csp.decorators import csp_exempt, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from junheng.commons.web.policy import OnePolicy

HEADER = "Content-Security-Policy"
View = Callable[[HttpRequest], HttpResponseBase]


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


@csp_update({"script-src": [NONCE]})
def with_nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]  # of the middleware


def with_its_own(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("page", headers={HEADER: "default-src 'none'"})


def asked(middleware: type[CSPMiddleware], view: View) -> tuple[str | None, str]:
    response: Any = middleware(view)(RequestFactory().get("/"))
    return response.get(HEADER), response.content.decode()


@pytest.mark.parametrize(
    "view",
    [
        plain,
        with_its_own,
        csp_update({"img-src": ["data:"]})(plain),
        csp_exempt()(plain),
    ],
)
def test_it_says_what_django_csp_says(view: View) -> None:
    assert asked(OnePolicy, view) == asked(CSPMiddleware, view)


def test_a_nonce_is_in_the_policy_and_is_another_one_each_time() -> None:
    (first, nonce), (second, other) = asked(OnePolicy, with_nonce), asked(OnePolicy, with_nonce)
    assert nonce != other
    assert f"'nonce-{nonce}'" in str(first)
    assert f"'nonce-{other}'" in str(second)


def test_a_nonce_that_is_asked_for_too_late_is_an_error() -> None:
    request = RequestFactory().get("/")
    OnePolicy(plain)(request)
    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)  # type: ignore[attr-defined]  # of the middleware
