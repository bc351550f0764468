"""Public pages that are the same for everybody: made once, kept in memory, never out of date.

    @kept(version)
    def round_page(request, code, ref): ...

`version` names in one cheap query what the page shows, such as the newest entry of a log. A page
that is asked for within a second of the last look is answered without any query; else the
version decides. Each process keeps its own pages; the log is in the database, so all agree. The
middleware stands before sessions and cookies: a reader of such a page leaves no trace.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import brotli
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from junheng.commons.furniture import has_large_type
from junheng.commons.language import language_of

LOOK_EVERY = 0.9
"""Seconds; so what has changed is seen within the next second."""
OLDEST = 600.0
"""Seconds; then a page is made again, for what no version knows of, such as a place's name."""
MOST = 500
"""Pages in memory; the one made first goes first."""

Version = Callable[..., Hashable | None]
Answer = Callable[[HttpRequest], HttpResponseBase]
Key = tuple[str, str, bool]


@dataclass(slots=True)
class Page:
    """A page as it goes out.

    Attributes:
        bodies: Its bytes by content encoding; "" is plain.
        content_type, etag: Headers.
        look: Asks for the version now.
        version: What it was when the page was made.
        made_at, looked_at: On the monotonic clock, seconds.
    """

    bodies: dict[str, bytes]
    content_type: str
    etag: str
    look: Callable[[], Hashable | None]
    version: Hashable
    made_at: float
    looked_at: float = field(default=0.0)

    def still_holds(self) -> bool:
        """Whether the page may be shown now; at most one query, and none within a second."""
        now = time.monotonic()
        if now - self.looked_at < LOOK_EVERY:
            return True
        if now - self.made_at > OLDEST or self.look() != self.version:
            return False
        self.looked_at = now
        return True


_pages: OrderedDict[Key, Page] = OrderedDict()


def forget() -> None:
    """Drop all pages; for tests."""
    _pages.clear()


def kept(version: Version) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Keep what a view answers, by address, language and type size.

    Args:
        version: Gets the view's arguments; None means that there is no such page.
    """

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def made(request: HttpRequest, **arguments: Any) -> HttpResponse:
            # Asked before the page is made: what changes meanwhile is found at the next look.
            now, found = time.monotonic(), version(**arguments)
            if found is None:
                raise Http404
            page = _page(view(request, **arguments), lambda: version(**arguments), found, now)
            _keep(_key(request), page)
            return answer(page, request)

        return made

    return wrap


def _page(
    response: HttpResponse, look: Callable[[], Hashable | None], version: Hashable, now: float
) -> Page:
    body = response.content
    return Page(
        bodies={"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body), "": body},
        content_type=response.headers["Content-Type"],
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        look=look,
        version=version,
        made_at=now,
        looked_at=now,
    )


def _keep(key: Key, page: Page) -> None:
    _pages[key] = page
    while len(_pages) > MOST:
        _pages.popitem(last=False)


def _key(request: HttpRequest) -> Key:
    return request.path_info, language_of(request), has_large_type(request)


class KeptPages:
    """Answers from memory where a page is known and still holds."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            page = _pages.get(_key(request))
            if page is not None and page.still_holds():
                return answer(page, request)
        return self.get_response(request)


def answer(page: Page, request: HttpRequest) -> HttpResponse:
    """The page, or that the reader has it already."""
    accepted = request.headers.get("Accept-Encoding", "")
    encoding = next((name for name in page.bodies if name in accepted), "")
    body = page.bodies[encoding]
    headers = {
        "Content-Type": page.content_type,
        "Content-Length": str(len(body)),
        "Content-Language": language_of(request),
        "Cache-Control": "no-cache",
        "ETag": page.etag,
        "Vary": "Accept-Encoding, Cookie",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    if encoding:
        headers["Content-Encoding"] = encoding
    response = HttpResponse(b"" if request.method == "HEAD" else body, headers=headers)
    unchanged = get_conditional_response(request, etag=page.etag, response=response)
    return unchanged if isinstance(unchanged, HttpResponseNotModified) else response
