"""A stand-in for three departments' services, for demonstrations and tests: plain WSGI.

    JUNHENG_STANDIN_FILE=… granian --interface wsgi junheng.site.standin.application:application

`/openapi.json` describes it, `/` shows that as a page and lets one switch faults on: slow,
failing, unreadable, answering for another person.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from junheng.evidence.runners.calling import signature
from junheng.site.standin.answers import Knowledge, knowledge
from junheng.site.standin.page import page

PATHS = {
    "/household/query": "household",
    "/estate/query": "real_estate",
    "/vehicle/query": "vehicle",
}
MOST_PEOPLE, LARGEST_BODY = 1_000, 2_000_000
FRESH_SECONDS = 300
FAULTS = ("none", "slow", "failing", "unreadable", "wrong_person")
SLOW_SECONDS = 8.0
Environ = Mapping[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[str, str, bytes]
"""Status, content type, body."""

fault = {"kind": "none"}
"""What the stand-in does wrong just now; one process serves it, so this is all there is."""


class Refused(Exception):
    """A request that is not answered; says why, as the caller's developer wants to read it."""


def application(environ: Environ, start: Start) -> Iterable[bytes]:
    """The whole service."""
    try:
        status, kind, body = _answer(environ)
    except Refused as refused:
        status, kind, body = _json("401 Unauthorized", {"code": 401, "message": str(refused)})
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _answer(environ: Environ) -> Answer:
    path, method = str(environ["PATH_INFO"]), str(environ["REQUEST_METHOD"])
    if path == "/openapi.json":
        return "200 OK", "application/json", description().encode()
    if path == "/" and method == "GET":
        html = page(json.loads(description()), FAULTS, fault["kind"])
        return "200 OK", "text/html; charset=utf-8", html.encode()
    if path == "/faults" and method == "POST":
        return _switch(environ)
    if path in PATHS and method == "POST":
        return _query(environ, path)
    return _json("404 Not Found", {"code": 404, "message": "no such address"})


def _switch(environ: Environ) -> Answer:
    wanted = parse_qs(_body(environ).decode("ascii", "replace")).get("kind", [""])[0]
    if wanted not in FAULTS:
        return _json("400 Bad Request", {"code": 400, "message": "no such fault"})
    fault["kind"] = wanted
    html = page(json.loads(description()), FAULTS, wanted)
    return "200 OK", "text/html; charset=utf-8", html.encode()


def _query(environ: Environ, path: str) -> Answer:
    if fault["kind"] == "slow":
        time.sleep(SLOW_SECONDS)
    if fault["kind"] == "failing":
        return _json("500 Internal Server Error", {"code": 500, "message": "switched on"})
    if fault["kind"] == "unreadable":
        return "200 OK", "text/html", b"<html>maintenance</html>"
    known = _knowledge()
    body = _body(environ)
    _check_signature(environ, path, body, known.secret)
    people = _people(body)
    register = PATHS[path]
    rows = [
        {**_of(row), "ref": str(person.get("ref", ""))}
        for person in people
        for row in known.rows(register, person)
    ]
    return _json("200 OK", {"code": 0, "data": {"asOf": known.as_of, "rows": rows}})


def _of(row: Mapping[str, str]) -> Mapping[str, str]:
    """The row, or with the fault switched on somebody else's."""
    if fault["kind"] != "wrong_person":
        return row
    return {**row, "idNumber": "990100198803140017", "fullName": "-", "ownerName": "-"}


def _check_signature(environ: Environ, path: str, body: bytes, secret: str) -> None:
    at = str(environ.get("HTTP_X_TIMESTAMP", ""))
    if not at.isdecimal() or abs(time.time() - int(at)) > FRESH_SECONDS:
        raise Refused("X-Timestamp is not of now")
    wanted = signature(
        "hmac-sm3",
        secret,
        path=path,
        at=at,
        nonce=str(environ.get("HTTP_X_NONCE", "")),
        body=body,
    )
    if not hmac.compare_digest(wanted, str(environ.get("HTTP_X_SIGNATURE", ""))):
        raise Refused("X-Signature does not fit")


def _people(body: bytes) -> list[Mapping[str, Any]]:
    try:
        people = json.loads(body)["people"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("the body has to be JSON with people") from None
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise Refused("people has to be a list of objects")
    if len(people) > MOST_PEOPLE:
        raise Refused(f"at most {MOST_PEOPLE} people")
    return people


def _body(environ: Environ) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        raise Refused("the body is too large")
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _json(status: str, content: Mapping[str, Any]) -> Answer:
    return status, "application/json", json.dumps(content, ensure_ascii=False).encode()


def _knowledge() -> Knowledge:
    file = Path(os.environ["JUNHENG_STANDIN_FILE"])
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(file: Path, _written_at: int) -> Knowledge:
    """The registers, read anew when the file was written anew."""
    return knowledge(file)


@cache
def description() -> str:
    """The OpenAPI description, as it lies beside this file."""
    return files(__package__).joinpath("openapi.json").read_text("utf-8")
