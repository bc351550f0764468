"""Steps that two people take: one asks, another one agrees, and only then it happens.

A room describes its step as a `Step` and registers it in `AppConfig.ready()`; the list of what
waits, the page with both buttons and the log come from here. The step itself is carried out in
the transaction of the second person's yes, so there is never a yes without the deed, nor a
deed without the yes. That the two are two is a constraint of the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from junheng.commons.attempts import Breach, name_deeds, noting
from junheng.commons.history import reason as because
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal

State = Approval.State
Facts = Iterable[tuple[str, object]]


class AlreadyAsked(Refusal):
    """The same step waits for its second person already."""


class AlreadyAnswered(Refusal):
    """Somebody was quicker, or it was withdrawn."""


class NeedsSomebodyElse(Breach):
    """Who asked cannot be the one who agrees."""


class NotTheirs(Breach):
    """The person's post does not cover the step."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a room knows of one kind of step.

    Attributes:
        kind: Unique name, "room.deed".
        title: What it is, on the screen.
        may_ask, may_agree: Whether somebody's post covers it at a path, with None anywhere.
        visible: Which rows somebody may read, as a condition on `path`.
        takes_part: Whether somebody has to do with such steps anywhere.
        check: Raises a `Refusal` where the step cannot be taken; asked at both moments.
        carry_out: Takes the step, inside the transaction of the yes.
        facts: What the second person should know before agreeing: names and values.
    """

    kind: str
    title: str | Promise
    may_ask: Callable[[Any, str | None], bool]
    may_agree: Callable[[Any, str | None], bool]
    visible: Callable[[Any], Q]
    takes_part: Callable[[Any], bool]
    check: Callable[[Approval], None]
    carry_out: Callable[[Approval], None]
    facts: Callable[[Approval], Facts] = lambda _approval: ()


_STEPS: dict[str, Step] = {}


def register(step: Step) -> None:
    """Offer a step; call it from `AppConfig.ready()`."""
    _STEPS[step.kind] = step
    name_deeds({step.kind: step.title})


def step_of(kind: str) -> Step:
    """The step of a kind."""
    return _STEPS[kind]


def ask(
    kind: str,
    *,
    matter: str,
    path: str,
    by: AbstractBaseUser,
    payload: Mapping[str, Any] | None = None,
    reason: str = "",
    title: str = "",
    url: str = "",
) -> Approval:
    """Ask for a step; nothing happens before another person agrees.

    Raises:
        AlreadyAsked: If the same step of the same matter waits already.
        NotTheirs: If the person may not ask for it.
        Refusal: Whatever the room's own check says.
    """
    step = step_of(kind)
    wanted = Approval(
        kind=kind,
        matter=matter,
        path=path,
        title=(title or str(step.title))[:200],
        payload=dict(payload or {}),
        reason=reason,
        url=url,
        asked_by_id=by.pk,
    )
    with noting(kind, by=by, matter=matter, path=path):
        if not step.may_ask(by, path):
            raise NotTheirs(_("Your post does not cover this step."))
        with transaction.atomic():
            step.check(wanted)
            try:
                with transaction.atomic():
                    wanted.save(force_insert=True)
            except IntegrityError as error:
                raise AlreadyAsked(
                    _("This step waits for its second person already: “%s”.") % wanted.title
                ) from error
    return wanted


def agree(approval: Approval, by: AbstractBaseUser) -> Approval:
    """Say yes as the second person; the step is taken in the same transaction.

    Raises:
        AlreadyAnswered: If it was answered or withdrawn meanwhile.
        NeedsSomebodyElse, NotTheirs: If this person cannot be the second one.
        Refusal: If the step cannot be taken any more; it then goes on waiting.
    """
    step = step_of(approval.kind)
    with noting(approval.kind, by=by, matter=approval.matter, path=approval.path):
        _require_second(step, approval, by)
        with transaction.atomic(), because(approval.reason or approval.title):
            fresh = _waiting(approval.pk)
            step.check(fresh)
            _answer(fresh, State.AGREED, by, "")
            step.carry_out(fresh)
    return fresh


def decline(approval: Approval, by: AbstractBaseUser, why: str) -> Approval:
    """Say no as the second person, with a reason for the one who asked."""
    with noting(approval.kind, by=by, matter=approval.matter, path=approval.path):
        _require_second(step_of(approval.kind), approval, by)
        with transaction.atomic():
            fresh = _waiting(approval.pk)
            _answer(fresh, State.DECLINED, by, why)
    return fresh


def withdraw(approval: Approval, by: AbstractBaseUser) -> Approval:
    """Take one's own question back."""
    if approval.asked_by_id != by.pk:
        raise NotTheirs(_("Only the person who asked can take it back."))
    with transaction.atomic():
        fresh = _waiting(approval.pk)
        _answer(fresh, State.WITHDRAWN, by, "")
    return fresh


def waiting_for(matter: str) -> dict[str, Approval]:
    """What waits for a second person in a matter, by kind."""
    found = Approval.objects.filter(matter=matter, state=State.PENDING)
    return {one.kind: one for one in found.select_related("asked_by")}


def visible_to(user: Any) -> QuerySet[Approval]:
    """The steps that somebody has to do with: may ask for, agree to, or has to know of."""
    condition = Q(pk__in=[])
    for kind, step in _STEPS.items():
        condition |= Q(kind=kind) & step.visible(user)
    rows: QuerySet[Approval] = Approval.objects.filter(condition)
    return rows.select_related("asked_by", "decided_by")


def takes_part(user: Any) -> bool:
    """Whether there is anything about such steps for somebody to see."""
    return any(step.takes_part(user) for step in _STEPS.values())


def waiting_count(user: Any) -> int:
    """How many steps wait for this person's answer."""
    if not any(step.may_agree(user, None) for step in _STEPS.values()):
        return 0
    pending = visible_to(user).filter(state=State.PENDING).exclude(asked_by=user.pk)
    return sum(may_agree(user, one) for one in pending)


def may_agree(user: Any, approval: Approval) -> bool:
    """Whether somebody can be the second person of this one."""
    step = _STEPS.get(approval.kind)
    return (
        step is not None
        and approval.state == State.PENDING
        and approval.asked_by_id != user.pk
        and step.may_agree(user, approval.path)
    )


def _require_second(step: Step, approval: Approval, by: AbstractBaseUser) -> None:
    if approval.asked_by_id == by.pk:
        raise NeedsSomebodyElse(_("You asked for this yourself; another person has to agree."))
    if not step.may_agree(by, approval.path):
        raise NotTheirs(_("Your post does not cover this step."))


def _waiting(pk: UUID) -> Approval:
    fresh = Approval.objects.select_for_update(of=("self",)).get(pk=pk)
    if fresh.state != State.PENDING:
        raise AlreadyAnswered(
            _("“%(title)s” is not waiting any more: %(state)s.")
            % {"title": fresh.title, "state": fresh.get_state_display()}
        )
    return fresh


def _answer(approval: Approval, state: str, by: AbstractBaseUser, words: str) -> None:
    approval.state, approval.decided_by_id, approval.answer = state, by.pk, words
    approval.decided_at = timezone.now()
    approval.save(update_fields=["state", "decided_by", "decided_at", "answer"])
