"""What goes onto a school's desk and onto the wall: lists of the published result."""

from __future__ import annotations

from django.utils.translation import gettext as _

from junheng.admissions.models import (
    Letter,
    Round,
    RoundPapers,
    RoundSchool,
)
from junheng.admissions.selectors import notices
from junheng.admissions.selectors.seats import holders
from junheng.admissions.services.issuing import result_of
from junheng.admissions.services.papers import Admitted, NoticeText
from junheng.commons.refusals import Refusal


class NoNoticeDays(Refusal):
    """Nobody said yet when the public notice is posted."""


def expected_at(the_round: Round, school: RoundSchool) -> list[Admitted]:
    """The children whom a school expects, by application number, with full names.

    Raises:
        NotPublished: If the round has no published result.
    """
    record = result_of(the_round)
    letters = dict(
        Letter.objects.filter(round=the_round, end="", school__code=school.code).values_list(
            "application", "number"
        )
    )
    known = holders(record, school.code).order_by("number")
    return [Admitted(one.number, one.child_name, remark=letters.get(one.pk, "")) for one in known]


def notice(the_round: Round) -> tuple[NoticeText, list[Admitted]]:
    """The text of the public notice and its masked rows.

    Raises:
        NotPublished: If the round has no published result.
        NoNoticeDays: If its days are not set.
    """
    record = result_of(the_round)
    papers = RoundPapers.objects.filter(pk=the_round.pk).first()
    if papers is None or papers.notice_from is None or papers.notice_until is None:
        raise NoNoticeDays(_("Set the days of the public notice first."))
    rows = notices.rows_of(record, notices.children_of(record))
    text = NoticeText(papers.notice_from, papers.notice_until, papers.objections)
    return text, [Admitted(row.number, row.child, row.school) for row in rows]
