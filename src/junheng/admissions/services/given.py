"""A list with answers brings what families answered, all of it and nothing else."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from junheng.admissions.models import AnswerPeriod, Round
from junheng.admissions.selectors.answers import given_answers
from junheng.admissions.services.acts import OutOfTurn


def require_answers_as_given(the_round: Round, first_run: str, told: dict[str, list[str]]) -> None:
    """Make sure that files bring the answers that families gave, all of them and nothing else.

    Args:
        the_round: The round that is corrected.
        first_run: Fingerprint of the run that is answered; "" for another correction.
        told: What the files say, schools by the child's code, best first.

    Raises:
        OutOfTurn: If families may still answer, or the files say something else.
    """
    rows = AnswerPeriod.objects.select_related("run").filter(round=the_round)
    period = rows.filter(run__run__receipt_sha256=first_run).first() if first_run else None
    if period is None:
        return
    if period.until >= timezone.now():
        raise OutOfTurn(
            _("Families may answer until %s. Answers come in afterwards.")
            % f"{timezone.localtime(period.until):%Y-%m-%d %H:%M}"
        )
    given = given_answers(period.run)
    codes = given.keys() | told.keys()
    wrong = [one for one in sorted(codes) if given.get(one) != told.get(one)]
    if wrong:
        raise OutOfTurn(
            ngettext(
                "The files say something else than %d family answered. Take the workbook anew.",
                "The files say something else than %d families answered. Take the workbook anew.",
                len(wrong),
            )
            % len(wrong)
        )
