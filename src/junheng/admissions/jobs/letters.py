"""Printing letters of admission, a school or all of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import Round, RoundSchool
from junheng.admissions.services import printing
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job


@job("admissions.print_letters", title=gettext_lazy("Print admission letters"))
def print_letters(
    progress: Progress, *, round: int, schools: list[int], person: int, reason: str, language: str
) -> str:
    """Make a file of letters for each school, and one bundle where there are several."""
    the_round = Round.objects.get(pk=round)
    by = User.objects.get(pk=person)
    order = printing.Order(by, reason, language, progress.job)
    printing.kept().drop_older(days=printing.KEPT_DAYS)
    for place, school in enumerate(printing.still_to_print(the_round, schools, by)):
        progress.step(place, len(schools), school.name or school.code)
        printing.print_school(the_round, school, order)
    if len(schools) > 1:
        progress.step(len(schools) - 1, len(schools), _("Putting the files together"))
        printing.bundle(the_round, progress.job, by)
    return reverse("admissions:letters", args=[round])


def start_printing(
    the_round: Round, schools: Sequence[RoundSchool], *, by: User, reason: str, language: str
) -> Job:
    """Ask for letters to be printed; what would stop it is said at once.

    Raises:
        NotPublished: If the round has no published result.
        PapersIncomplete, NeedsReason: If the letters cannot be printed like this.
    """
    printing.require_printable(the_round, schools, reason)
    alone = schools[0] if len(schools) == 1 else None
    what = (alone.name or alone.code) if alone else the_round.ref
    return print_letters.later(
        by=by,
        path=alone.path if alone else the_round.path,
        title=_("Print the letters of %s") % what,
        url=reverse("admissions:letters", args=[the_round.pk]),
        round=the_round.pk,
        schools=[school.pk for school in schools],
        person=by.pk,
        reason=reason,
        language=language,
    )
