"""One request to another department's service: signed, patient, and never trusted.

No redirect is followed, no proxy of the machine is used, an answer is read up to a limit, and
whatever goes wrong has a name.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes, hmac

from junheng.evidence.files.descriptions import ServiceDescription

LARGEST_ANSWER = 20 * 2**20
HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "hmac-sm3": hashes.SM3,
    "hmac-sha256": hashes.SHA256,
}
Transport = httpx.BaseTransport
OK = 200
OURS = range(400, 500)
"""Statuses that say that we are at fault: trying again changes nothing."""


class Trouble(Exception):
    """The service did not answer as it should.

    Attributes:
        kind: `slow`, `down`, `failing` (it says itself that it fails), `refuses` (it does not
            want our request), `unreadable`.
        detail: What was seen, without anything about people.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind)
        self.kind, self.detail = kind, detail[:200]


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends requests for one service.

    Attributes:
        transport: For tests; None is the network.
        pause: Waits between tries; seconds.
    """

    description: ServiceDescription
    secret: str
    transport: Transport | None = None
    pause: Callable[[float], None] = time.sleep

    def ask(self, content: Mapping[str, Any]) -> Any:
        """What the service answers, as JSON gave it.

        Raises:
            Trouble: After the last try.
        """
        wait = self.description.backoff_seconds
        for left in range(self.description.attempts - 1, -1, -1):
            try:
                return self._once(content)
            except Trouble as trouble:
                if left == 0 or trouble.kind in {"refuses", "unreadable"}:
                    raise
            self.pause(wait)
            wait *= 2
        raise AssertionError("attempts is at least 1")

    def _once(self, content: Mapping[str, Any]) -> Any:
        body = json.dumps(content, ensure_ascii=False).encode()
        try:
            with (
                httpx.Client(
                    transport=self.transport,
                    timeout=self.description.timeout_seconds,
                    follow_redirects=False,
                    trust_env=False,
                ) as client,
                client.stream(
                    "POST", self.description.url, content=body, headers=self._headers(body)
                ) as response,
            ):
                return self._read(response)
        except httpx.TimeoutException:
            raise Trouble("slow", f"> {self.description.timeout_seconds} s") from None
        except httpx.HTTPError as error:
            raise Trouble("down", type(error).__name__) from None

    def _read(self, response: httpx.Response) -> Any:
        if response.status_code in OURS:
            raise Trouble("refuses", str(response.status_code))
        if response.status_code != OK:
            raise Trouble("failing", str(response.status_code))
        until = time.monotonic() + self.description.timeout_seconds
        read = bytearray()
        for part in response.iter_bytes():
            read += part
            if len(read) > LARGEST_ANSWER:
                raise Trouble("unreadable", f"> {LARGEST_ANSWER} B")
            if time.monotonic() > until:  # a byte now and then is no answer either
                raise Trouble("slow", f"> {self.description.timeout_seconds} s")
        try:
            return json.loads(read)
        except (ValueError, RecursionError):
            raise Trouble("unreadable", "JSON") from None

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if not self.description.key_id:
            return headers
        at, nonce = str(int(time.time())), secrets.token_hex(16)
        path = httpx.URL(self.description.url).raw_path.decode()
        return {
            **headers,
            "X-Key-Id": self.description.key_id,
            "X-Timestamp": at,
            "X-Nonce": nonce,
            "X-Signature": signature(
                self.description.algorithm, self.secret, path=path, at=at, nonce=nonce, body=body
            ),
        }


def signature(algorithm: str, secret: str, *, path: str, at: str, nonce: str, body: bytes) -> str:
    """What a signed request carries, in hexadecimal.

    Args:
        algorithm: Of `files.descriptions.ALGORITHMS`.
        secret: Shared with the service.
        path: Of the address, with its query.
        at: Seconds since 1970, as text.
        nonce: Used once.
        body: As it is sent.
    """
    mac = hmac.HMAC(secret.encode(), HASHES[algorithm]())
    mac.update("\n".join(["POST", path, at, nonce, ""]).encode() + body)
    return mac.finalize().hex()
