"""The API: what programs may ask, described by OpenAPI at `/api/v1/openapi.json`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from junheng.admissions.api import router as admissions

api = NinjaAPI(
    title="Junheng",
    version="1",
    docs_url=None,  # its page comes from a network that bureaus do not reach
    description="Rounds, results and one's own applications. Names are masked as on the pages.",
)
api.add_router("", admissions)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, _exc: Exception) -> HttpResponse:
    """Told like everything else, in words."""
    return api.create_response(request, {"detail": _("Please sign in first.")}, status=401)
