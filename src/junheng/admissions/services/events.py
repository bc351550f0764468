"""The public event of a round: named before, entered after, and what parents seal in between."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine import seeds
from junheng.admissions.engine.types import Method
from junheng.admissions.models import Contribution, PublicEvent, Round
from junheng.admissions.services.acts import Deed, OutOfTurn, locked, log, matter_of, require
from junheng.commons.attempts import noting
from junheng.commons.refusals import Refusal

State = Round.State


class BadEvent(Refusal):
    """The event cannot be announced so."""


class BadWords(Refusal):
    """The words cannot enter a seed."""


class BadFigures(Refusal):
    """The figures are not written as announced."""


@dataclass(frozen=True, slots=True)
class Event:
    """What is announced of a public event.

    Attributes:
        name: What it is, such as a lottery's drawing with its number.
        how_written: In words, how its figures are written down.
        example: Figures written so; digits stand where digits will stand.
        takes_place_at: When; the list is frozen before.
        contributions_until: Until when parents may give words.
    """

    name: str
    how_written: str
    example: str
    takes_place_at: datetime
    contributions_until: datetime


def name_event(the_round: Round, event: Event, *, by: User) -> PublicEvent:
    """Name the event, or name another one while the round is planned.

    Raises:
        OutOfTurn: If the round was opened already.
        BadEvent: If it has no digits, lies in the past, or before the contributions' end.
    """
    noted = noting("admissions.name_event", by=by, matter=matter_of(the_round), path=the_round.path)
    with noted, transaction.atomic():
        held = locked(the_round.pk)
        require(held, State.PLANNED)
        _require_sound(event, held)
        facts = {name: getattr(event, name) for name in Event.__slots__}
        named, _made = PublicEvent.objects.update_or_create(round=held, defaults=facts)
        log(held, Deed.NAMED, by=by, event=event.name, at=event.takes_place_at.isoformat())
    return named


def _require_sound(event: Event, the_round: Round) -> None:
    if not any(character.isdigit() for character in event.example):
        raise BadEvent(_("The example needs digits: it shows how the figures are written."))
    if seeds.SEPARATOR in event.example:
        raise BadEvent(_("The example must not hold the character “|”."))
    if event.takes_place_at <= timezone.now():
        raise BadEvent(_("The event has to lie in the future."))
    if event.contributions_until > event.takes_place_at:
        raise BadEvent(_("Contributions end before the event, not after it."))
    if is_ring(the_round) and event.example.count(":") != 1:
        raise BadEvent(_("On a ring the event gives start and interval, such as 06:03."))


def is_ring(the_round: Round) -> bool:
    """Whether the round is drawn on a ring: the event's figures are then start and interval."""
    return bool(the_round.rules.get("method") == Method.RING.value)


def contribute(the_round: Round, words: str, *, by: User) -> Contribution:
    """Take in words towards the seed; they stay sealed until the event is entered.

    Raises:
        OutOfTurn: If the round is not open, or the time is over.
        BadWords: If there is nothing, too much, or a vertical bar.
    """
    try:
        given = seeds.clean(words)
    except ValueError as error:
        raise BadWords(
            _("Please give 1 to 100 characters, without line breaks and without “|”.")
        ) from error
    noted = noting("admissions.contribute", by=by, matter=matter_of(the_round), path=the_round.path)
    with noted, transaction.atomic():
        held = locked(the_round.pk)
        require(held, State.OPEN)
        if timezone.now() > held.event.contributions_until:
            raise OutOfTurn(_("The time for contributions is over."))
        identity = uuid.uuid4()
        made: Contribution = Contribution.objects.create(
            id=identity,
            round=held,
            number=held.contributions.count() + 1,
            words=given,
            commitment=seeds.commitment(str(identity), given),
            collected_by=by,
        )
        log(held, Deed.CONTRIBUTED, by=by, number=made.number, commitment=made.commitment)
    return made


def require_figures(event: PublicEvent, figures: str) -> None:
    """Make sure that figures can be entered.

    Raises:
        OutOfTurn: If the event has not taken place, or was entered already.
        BadFigures: If they are not written as announced.
    """
    if event.figures:
        raise OutOfTurn(_("The event was entered already: %s. It stays.") % event.figures)
    if timezone.now() < event.takes_place_at:
        raise OutOfTurn(_("The event has not taken place yet."))
    if not seeds.fits(event.example, figures):
        raise BadFigures(
            _("“%(figures)s” is not written as announced. It has to look like “%(example)s”.")
            % {"figures": figures, "example": event.example}
        )


def draw(the_round: Round, figures: str) -> str:
    """Enter the event, open all contributions, make the seed; inside the caller's transaction.

    Returns:
        The seed, which the database has checked once more.
    """
    now, event = timezone.now(), PublicEvent.objects.get(pk=the_round.pk)
    PublicEvent.objects.filter(pk=event.pk).update(figures=figures, entered_at=now)
    opened = []
    for sealed in the_round.contributions.order_by("number"):
        Contribution.objects.filter(pk=sealed.pk).update(opened=sealed.words, opened_at=now)
        opened.append(sealed.words)
    first = the_round.lists.get(version=1).list_sha256
    text = seeds.material(the_round.ref, first, opened, figures)
    the_round.seed = figures if is_ring(the_round) else seeds.seed_of(text)
    the_round.save(update_fields=["seed"])
    return the_round.seed
