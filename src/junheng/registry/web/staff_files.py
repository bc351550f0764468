"""Staff as a document for Word: who is there by kind of post, who was recruited and trained."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, User, staff_required
from junheng.commons.documents.word import Paper
from junheng.commons.furniture import bureau_name
from junheng.registry.access import READERS
from junheng.registry.models.staff import PostKind
from junheng.registry.selectors.returns import staff_lines
from junheng.registry.selectors.staff import recruited_by_year, trained_by_level
from junheng.registry.web.return_files import as_document, watermark
from junheng.registry.web.return_words import level_name


@require_safe
@staff_required(*READERS)
def staff_document(request: StaffRequest) -> HttpResponse:
    """The staff whom somebody sees, as on the day of asking."""
    title = _("Report on staff")
    return as_document(document_of(request.user, title, watermark(request)), title)


def document_of(user: User, title: str, mark: str) -> bytes:
    """The report as a Word document."""
    day = timezone.localdate()
    paper = Paper(title, made_by=bureau_name(), made_on=day)
    paper.line(bureau_name(), centred=True)
    paper.line(_("Counted on %s") % date_format(day, "DATE_FORMAT"), centred=True)
    paper.heading(_("Staff by kind of post"))
    _table(paper, *_by_kind(user))
    paper.heading(_("Recruited by year"))
    _table(paper, *_recruited(user))
    paper.note(_("People who have left since are counted as well"))
    paper.heading(_("Training by level"))
    _table(paper, *_trained(user))
    paper.note(_("Made from the register by %s") % mark)
    return paper.data()


Lines = list[tuple[str, Sequence[int]]]


def _table(paper: Paper, headers: Sequence[str], lines: Lines) -> None:
    if lines:
        shown = [
            [name, *(number_format(n, force_grouping=True) for n in row)] for name, row in lines
        ]
        paper.table(headers, shown)
    else:
        paper.line(_("No figures yet"))


def _by_kind(user: User) -> tuple[Sequence[str], Lines]:
    headers = (_("Kind of post"), _("Together"), _("Men"), _("Women"), _("Sex not told"))
    lines: Lines = [
        (
            f"{level_name(row.level)} · {PostKind(row.kind).label}",
            (row.people, row.men, row.women, row.untold, row.permanent),
        )
        for row in staff_lines(user, timezone.localdate())
    ]
    return (*headers, pgettext("employment", "Permanent")), lines


def _recruited(user: User) -> tuple[Sequence[str], Lines]:
    rows = recruited_by_year(user)
    lines: Lines = [(str(row.year), (row.permanent, row.contract, row.together)) for row in rows]
    if rows:
        sums = [sum(column) for column in zip(*(figures for _year, figures in lines), strict=True)]
        lines.append((_("Together"), sums))
    kinds = (pgettext("employment", "Permanent"), pgettext("employment", "Contract"))
    return (_("Year"), *kinds, _("Together")), lines


def _trained(user: User) -> tuple[Sequence[str], Lines]:
    lines: Lines = [
        (f"{row.year} · {row.level_name}", (row.taken, row.people, row.hours))
        for row in trained_by_level(user)
    ]
    return (_("Year"), _("Courses taken"), _("People"), _("Hours")), lines
