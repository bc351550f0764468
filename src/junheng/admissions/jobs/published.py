"""What follows a publication: the pack for everybody, and the messages to families."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.jobs.telling import told_to
from junheng.admissions.models import RoundRun
from junheng.admissions.services import telling
from junheng.commons import messages
from junheng.commons.jobs import Progress, job


@job("admissions.make_pack", title=gettext_lazy("Make the pack of a round"))
def make_pack(progress: Progress, *, record: int) -> str:
    """Make the pack of a published run; the officer is led to its page."""
    from junheng.admissions.services import packs  # the engine is heavy, and web workers spare it

    found = RoundRun.objects.select_related("run__snapshot", "round__place", "input")
    the_run = found.get(pk=record)
    packs.make_pack(the_run, told_to(progress))
    return reverse("public:pack", args=[the_run.round.place.code, the_run.round.ref])


def make_pack_of(record: RoundRun, by: User) -> None:
    """Put the making of a pack into the queue, with the publication or not at all."""
    the_round = record.round
    make_pack.later(
        by=by,
        path=the_round.path,
        title=_("Make the pack of the round %s") % the_round.ref,
        url=reverse("public:pack", args=[the_round.place.code, the_round.ref]),
        record=record.pk,
    )


@job("admissions.tell_result", title=gettext_lazy("Tell families that the result is out"))
def tell_result(progress: Progress, *, record: int) -> None:
    """Write the messages; run twice, every family is told once."""
    progress.step(0, 1, _("Writing messages"))
    with transaction.atomic():
        told = telling.tell_result(RoundRun.objects.get(pk=record))
    progress.step(told, max(told, 1), _("Writing messages"))


def tell_result_of(record: RoundRun, by: User) -> None:
    """Put the telling into the queue, with the publication or not at all; a drill tells nobody."""
    if messages.are_held_back():
        return
    title = _("Tell families the result of the round %s") % record.round.ref
    tell_result.later(by=by, path=record.round.path, title=title, record=record.pk)
