"""How another department's service is asked, as an officer writes it down: TOML, checked whole.

url = "http://10.0.0.5:8080/estate/query"
batch = 200                       # people per request

[signing]
key_id = "junheng"                # the secret is kept apart, sealed

[request]                         # our word = theirs
people = "people"
ref = "ref"
resident_id = "idNumber"
name = "name"
certificate = "certificateNumber"

[response]
rows = "data.rows"                # where the rows lie
as_of = "data.asOf"

[response.fields]
ref = "ref"
resident_id = "idNumber"
name = "ownerName"
certificate = "certificateNumber"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from junheng.evidence.files.columns import COLUMNS
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

OF_A_PERSON = frozenset({"ref", "resident_id", "name", "born_on", "place"})
NUMBERS: Mapping[str, tuple[float, float, float]] = {
    "timeout_seconds": (5.0, 0.1, 60.0),
    "attempts": (3, 1, 6),
    "backoff_seconds": (0.3, 0.0, 30.0),
    "batch": (100, 1, 1_000),
    "failures_until_pause": (5, 1, 100),
    "pause_seconds": (30, 1, 3_600),
}
"""Usual, least and most of each."""
ALGORITHMS = ("hmac-sm3", "hmac-sha256")
SECTIONS = frozenset({"url", "signing", "request", "response", *NUMBERS})


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """A service, as the officer described it.

    Attributes:
        url: Where requests go, by POST with JSON.
        host: Host and port of it, as the operator's list of allowed ones names them.
        timeout_seconds: For one try, from the first byte sent to the last received.
        attempts: Tries until it counts as failed.
        backoff_seconds: Before the second try; doubled before each later one.
        batch: People in one request.
        failures_until_pause: Requests that failed one after the other until it is left alone.
        pause_seconds: For how long; doubled while it goes on failing, up to sixteenfold.
        key_id, algorithm: What requests are signed with; a blank id for none.
        people: Their word for the list of people.
        asked: Their words for what is asked, by ours.
        rows, as_of: Where their answer has its rows and its day, steps parted by dots.
        fields: Their words for the columns of a row, by ours; "ref" tells whose row it is.
    """

    url: str
    host: str
    timeout_seconds: float
    attempts: int
    backoff_seconds: float
    batch: int
    failures_until_pause: int
    pause_seconds: int
    key_id: str
    algorithm: str
    people: str
    asked: Mapping[str, str]
    rows: str
    as_of: str
    fields: Mapping[str, str]


def read_description(text: str, register: str, *, allowed: Iterable[str]) -> ServiceDescription:
    """A description, if it is complete.

    Args:
        text: TOML.
        register: Which register it serves; its columns may be mapped.
        allowed: Hosts with port that the operator lets the site speak to.

    Raises:
        Refused: With everything that is wrong.
    """
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused([_wrong("", _("This is not TOML: %(why)s."), why=error)]) from None
    found = _Check(plain, register, frozenset(allowed))
    description = found.description()
    if found.faults:
        raise Refused(found.faults)
    return description


@dataclass(slots=True)
class _Check:
    plain: Mapping[str, Any]
    register: str
    allowed: frozenset[str]
    faults: list[Fault] = field(default_factory=list)

    def description(self) -> ServiceDescription:
        for name in sorted(set(self.plain) - SECTIONS):
            self.say(name, _("There is no such entry."))
        asked = self._words("request")
        people = asked.pop("people", "")
        fields = self._words("response", "fields")
        self._mapped(asked, fields)
        numbers = {name: self._number(name) for name in NUMBERS}
        if numbers["batch"] > 1 and ("ref" not in asked or "ref" not in fields or not people):
            self.say(
                "batch",
                _("Several people in one request need request.people, and ref in both sections."),
            )
        url, host = self._address()
        signing = self._section("signing")
        algorithm = str(signing.get("algorithm", ALGORITHMS[0]))
        if algorithm not in ALGORITHMS:
            self.say("signing.algorithm", _("Known are: %(known)s."), known=", ".join(ALGORITHMS))
        return ServiceDescription(
            url=url,
            host=host,
            timeout_seconds=numbers["timeout_seconds"],
            attempts=int(numbers["attempts"]),
            backoff_seconds=numbers["backoff_seconds"],
            batch=int(numbers["batch"]),
            failures_until_pause=int(numbers["failures_until_pause"]),
            pause_seconds=int(numbers["pause_seconds"]),
            key_id=str(signing.get("key_id", "")),
            algorithm=algorithm,
            people=people,
            asked=asked,
            rows=str(self._section("response").get("rows", "")),
            as_of=str(self._section("response").get("as_of", "")),
            fields=fields,
        )

    def say(self, name: str, message: str, **figures: object) -> None:
        self.faults.append(_wrong(name, message, **figures))

    def _section(self, *names: str) -> Mapping[str, Any]:
        section: Any = self.plain
        for name in names:
            section = section.get(name, {}) if isinstance(section, dict) else {}
        if not isinstance(section, dict):
            self.say(".".join(names), _("This has to be a section with entries."))
            return {}
        return section

    def _words(self, *names: str) -> dict[str, str]:
        words = dict(self._section(*names))
        for name, word in words.items():
            if not isinstance(word, str) or not word.strip():
                self.say(".".join((*names, name)), _("This has to be a word in quotes."))
        return {name: str(word) for name, word in words.items()}

    def _mapped(self, asked: Mapping[str, str], fields: Mapping[str, str]) -> None:
        columns = {column.name for column in COLUMNS[self.register]}
        for name in sorted(set(asked) - columns - OF_A_PERSON):
            self.say(f"request.{name}", _("The register has no such column."))
        for name in sorted(set(fields) - columns - {"ref"}):
            self.say(f"response.fields.{name}", _("The register has no such column."))
        if "resident_id" not in asked:
            self.say("request.resident_id", _("People are asked about by their identity number."))
        for name in sorted({"resident_id", "name"} - set(fields)):
            self.say(
                f"response.fields.{name}",
                _("Without it nobody can tell whether the answer is about the right person."),
            )

    def _number(self, name: str) -> float:
        usual, least, most = NUMBERS[name]
        value = self.plain.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.say(name, _("This has to be a number."))
            return usual
        if not least <= value <= most:
            self.say(name, _("From %(least)s to %(most)s."), least=least, most=most)
        return value

    def _address(self) -> tuple[str, str]:
        url = str(self.plain.get("url", ""))
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            self.say("url", _("Write the whole address, beginning with http:// or https://."))
            return url, ""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            self.say("url", _("The port is no number."))
            return url, ""
        host = f"{parts.hostname}:{port}"
        if host not in self.allowed:
            self.say(
                "url",
                _("%(host)s is not on the list of hosts that this installation may ask."),
                host=host,
            )
        return url, host


def _wrong(name: str, message: str, **figures: object) -> Fault:
    return fault(_("description"), None, name, message, "", **figures)
