"""Ask every check in turn, as far as what it needs is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from junheng.kernel.faults import gettext_noop as _
from junheng.site.doctor import machine  # its import registers its checks
from junheng.site.doctor.findings import CHECKS, Check, Finding, Level, Needs, Patient, fault

CONNECT_SECONDS = 5
DATABASE = "database"
SETTINGS = "settings"
OF_THE_RUNNING = frozenset({"worker"})
"""What can only be asked while the site runs."""
KEYS = machine.keys_can_be_read


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found; `asked` is False where it could not look."""

    slug: str
    findings: tuple[Finding, ...]
    asked: bool = True

    @property
    def level(self) -> Level | None:
        levels = {finding.level for finding in self.findings}
        return next((level for level in (Level.FAULT, Level.WARNING) if level in levels), None)


def examine(patient: Patient) -> Iterator[Answer]:
    """Go through all checks; what cannot be asked is said and passed over."""
    keys_are_sound = True
    for each in of(Needs.MACHINE):
        answer = _ask(each, patient)
        keys_are_sound = keys_are_sound and not (each is KEYS and answer.findings)
        yield answer
    # Reading the settings would make new keys where there are none, so we do not.
    settings_answer = _settings() if keys_are_sound else Answer(SETTINGS, (), asked=False)
    yield settings_answer
    if settings_answer.findings or not settings_answer.asked:
        yield Answer(DATABASE, (), asked=False)
        return
    for each in of(Needs.SETTINGS):
        yield _ask(each, patient)
    reachable = _database()
    yield reachable
    for each in of(Needs.DATABASE):
        passed = reachable.findings or (patient.stopped and each.slug in OF_THE_RUNNING)
        yield Answer(each.slug, (), asked=False) if passed else _ask(each, patient)


def of(needs: Needs) -> list[Check]:
    """The checks that need this and no more, in their order."""
    return [each for each in CHECKS if each.needs is needs]


def _ask(each: Check, patient: Patient) -> Answer:
    try:
        return Answer(each.slug, tuple(each.look(patient)))
    except (DatabaseError, psycopg.Error, OSError) as error:
        told = fault(
            _("This could not be looked at: %(why)s"),
            _("Mend what is told above and ask again."),
            why=first_line(error),
        )
        return Answer(each.slug, (told,))


def _settings() -> Answer:
    """Read the settings and load the checks that need them."""
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError, OSError) as error:
        told = fault(
            _("The settings cannot be read: %(why)s"),
            _("Look at the variables that begin with JUNHENG_."),
            why=first_line(error),
        )
        return Answer(SETTINGS, (told,))
    from junheng.site.doctor import database, installation, work

    _registered = (database, installation, work)
    return Answer(SETTINGS, ())


def _database() -> Answer:
    """Connect directly: a pool would try for long and complain in the log."""
    from junheng.commons.connecting import own_parameters

    try:
        psycopg.connect(**{**own_parameters(), "connect_timeout": CONNECT_SECONDS}).close()
    except psycopg.OperationalError as error:
        told = fault(
            _("The database does not answer: %(why)s"),
            _("Start it: `junheng serve` starts the embedded one; look into its log."),
            why=first_line(error),
        )
        return Answer(DATABASE, (told,))
    return Answer(DATABASE, ())


def first_line(error: BaseException) -> str:
    """What an exception says first, or its name."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
