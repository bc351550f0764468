"""Children without a seat who take part in the second round, with what was found before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import Application, Round, RoundApplicant, RoundDate, RoundRun
from junheng.admissions.selectors.second import schools_with_seats, second_of, without_seat
from junheng.admissions.services.acts import locked
from junheng.admissions.services.applications import last_digits, look_up_key, statement_of
from junheng.admissions.services.applying import NUMBER, NotOpen, require_open
from junheng.admissions.services.issuing import result_of
from junheng.admissions.services.telling import tell_received
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref

State, Channel = Application.State, Application.Channel
KEPT = (
    *("code", "child_name", "guardian_name", "phone", "statement", "child_key"),
    *("born_on", "deferral_paper", "consent", "consented_at", "declaration", "path"),
)
"""What goes over as it stands; the rest is found, or asked anew."""


class HasSeat(Refusal):
    """Who holds a seat is not in the second round."""


class NoSuchChoice(Refusal):
    """A wish is no school with seats left, or one twice."""


def open_second_round(application: Application) -> Round | None:
    """The second round in which the child may take part now; None if there is none."""
    found = second_of(application.round)
    if found is None or found.state != Round.State.OPEN:
        return None
    now = timezone.now()
    if not found.dates.filter(
        what=RoundDate.What.APPLICATIONS, begins_at__lte=now, ends_at__gte=now
    ).exists():
        return None
    free = without_seat(result_of(application.round)).filter(pk=application.pk)
    return found if free.exists() else None


def take_part(application: Application, wishes: Sequence[str], *, by: User) -> Application:
    """Enter a child into the second round, or change its wishes; twins who stay together go both.

    Args:
        application: Its application in the first round.
        wishes: Codes of schools with seats left, first wish first.
        by: The family, or who types it in for them.

    Raises:
        NotOpen: If there is no second round that takes applications in.
        HasSeat: If the child holds a seat.
        NoSuchChoice: If a wish cannot be.
    """
    the_round = second_of(application.round)
    if the_round is None:
        raise NotOpen(_("There is no second round."))
    now = timezone.now()
    with transaction.atomic():
        held = locked(the_round.pk)
        require_open(held, now, began_at=now)
        _require_choices(held, wishes)
        record = result_of(locked(application.round_id))
        children = _together(application, record)
        rows = [_carry(one, child, held, list(wishes), by) for one, child in children]
    return next(row for row in rows if row.carried_from_id == application.pk)


def _require_choices(the_round: Round, wishes: Sequence[str]) -> None:
    known = {code for code, _label in schools_with_seats(the_round)}
    if not wishes or len(set(wishes)) < len(wishes) or not known.issuperset(wishes):
        raise NoSuchChoice(_("Name schools that have seats left, each once."))


def _together(
    application: Application, record: RoundRun
) -> list[tuple[Application, RoundApplicant]]:
    """The child, and those of its group, with what the first round's list says of them."""
    listed = RoundApplicant.objects.filter(input=record.input_id).select_related(
        "zone", "sibling_school"
    )
    mine = listed.filter(code=application.code).first()
    if mine is None or not without_seat(record).filter(pk=application.pk).exists():
        raise HasSeat(_("Your child holds a seat, so it does not take part in the second round."))
    members = listed.filter(group=mine.group) if mine.group else [mine]
    codes = {one.code: one for one in members}
    rows = without_seat(record).filter(code__in=codes)
    return [(row, codes[row.code]) for row in rows.select_related("round").order_by("number")]


def _carry(
    earlier: Application, child: RoundApplicant, the_round: Round, wishes: list[str], by: User
) -> Application:
    rows = Application.objects.filter(carried_from=earlier.pk).exclude(state=State.WITHDRAWN)
    known: Application | None = rows.first()
    if known is not None:
        known.wishes = wishes
        known.save(update_fields=["wishes"])
        return known
    number = str(Ref.draw(NUMBER, the_round.year, secrets.randbelow))
    now = timezone.now()
    made = Application(
        round=the_round,
        carried_from=earlier,
        number=number,
        state=State.PASSED,
        channel=Channel.CLERK if by.is_employee else Channel.FAMILY,
        family=earlier.family or (None if by.is_employee else by),
        entered_by=by if by.is_employee else None,
        look_up=look_up_key(number, last_digits(str(earlier.phone), statement_of(earlier))),
        began_at=now,
        submitted_at=now,
        decided_at=now,
        by_person=earlier.by_person,
        tier=child.tier,
        zone=child.zone.code if child.zone else "",
        sibling_school=child.sibling_school.code if child.sibling_school else "",
        group=child.group,
        wishes=wishes,
        **{name: getattr(earlier, name) for name in KEPT},
    )
    made.save(force_insert=True)
    tell_received(made)
    return made
