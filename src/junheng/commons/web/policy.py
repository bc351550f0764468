"""The content security policy: the same words on every answer, so they are put together once."""

from __future__ import annotations

from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

OF_A_PAGE = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace")
"""What django-csp's decorators leave on the answer of a page that has a policy of its own."""


class OnePolicy(CSPMiddleware):
    """Repeats the policy of the settings; what has a nonce or its own policy is left to django-csp.

    Our policy has no part that only reports, and no address is left out.
    """

    @cached_property
    def _usual(self) -> str:
        return build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        nonce = getattr(request, "_csp_nonce", None)
        if nonce or settings.DEBUG or any(hasattr(response, name) for name in OF_A_PAGE):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        # As django-csp does: a nonce that is asked for now would not be in the header.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response
