"""Ways to a telephone: the console, where nobody has one yet, or a gateway spoken to over HTTPS.

The gateway's side is described in docs/operations: one signed request per message, which may
come twice under the same number. Addresses and keys come from the settings alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from junheng.commons.masks import mask_phone

MOST_BYTES = 10_000
"""So much of an answer is read."""
AGAIN = frozenset({408, 425, 429})
"""Refusals that are none: the gateway asks to be asked later."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message as a gateway gets it.

    Attributes:
        number: The same for every attempt: a gateway that has it already sends nothing.
        phone, template, values, words: To whom and what; `template` is the gateway's own name.
    """

    number: str
    phone: str
    template: str
    values: dict[str, str]
    words: str


class NotNow(Exception):
    """It did not work, and may work later."""


class Never(Exception):
    """The gateway refuses this message for good."""


class Gateway(Protocol):
    """Takes a message, or raises `NotNow` or `Never`."""

    def send(self, text: Text) -> str:
        """Send it; gives the gateway's own number, if there is one."""


class Console:
    """Writes messages where the worker runs: in a demonstration, where everybody is invented."""

    def send(self, text: Text) -> str:
        sys.stderr.write(f"[SMS {mask_phone(text.phone)}] {text.words}\n")
        sys.stderr.flush()
        return ""


class Nowhere:
    """No gateway is set. A message waits and is tried again like any other, and is shown nowhere.

    Its words would stand in the system's journal: a code in it signs in as that family, and a
    number of an application tells who applied.
    """

    def send(self, _text: Text) -> str:
        raise NotNow("no gateway is set")


@dataclass(frozen=True, slots=True)
class Http:
    """A gateway that takes one JSON object per message, signed with a shared secret.

    Attributes:
        url: Where it listens; https outside of the machine.
        key, secret: Who we are, and what signs.
        sign: The name in front of every message, as it was registered.
        seconds: How long an answer may take.
    """

    url: str
    key: str
    secret: str
    sign: str
    seconds: float

    def send(self, text: Text) -> str:
        body = json.dumps(
            {
                "number": text.number,
                "phone": text.phone,
                "template": text.template,
                "values": text.values,
                "sign": self.sign,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        try:
            status, answer = self._post(body)
        except (OSError, HTTPException) as failed:
            raise NotNow(type(failed).__name__) from failed
        if 200 <= status < 300:
            return _number_in(answer)
        if 400 <= status < 500 and status not in AGAIN:
            raise Never(f"HTTP {status}")
        raise NotNow(f"HTTP {status}")

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """One request; a redirection is an answer like others and is not followed."""
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.seconds)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, self.headers(body, path, int(time.time())))
            response = connection.getresponse()
            return response.status, response.read(MOST_BYTES)
        finally:
            connection.close()

    def headers(self, body: bytes, path: str, moment: int) -> dict[str, str]:
        """Who sends it, when, and the signature of method, address, time and body."""
        signed = f"POST\n{path}\n{moment}\n{hashlib.sha256(body).hexdigest()}"
        signature = hmac.new(self.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json; charset=utf-8",
            "X-Junheng-Key": self.key,
            "X-Junheng-Time": str(moment),
            "X-Junheng-Signature": signature,
        }


def _number_in(answer: bytes) -> str:
    try:
        told: Any = json.loads(answer)
    except ValueError:
        return ""
    number = told.get("number", "") if isinstance(told, dict) else ""
    return str(number)[:60]


def configured() -> Gateway:
    """The gateway that the settings name."""
    if not settings.SMS_URL:
        return Console() if settings.DEMO or settings.DEBUG else Nowhere()
    return Http(
        url=settings.SMS_URL,
        key=settings.SMS_KEY,
        secret=settings.SMS_SECRET,
        sign=settings.SMS_SIGN,
        seconds=settings.SMS_SECONDS,
    )


def is_console() -> bool:
    """Whether there is no gateway, so that no message reaches a telephone."""
    return not settings.SMS_URL
