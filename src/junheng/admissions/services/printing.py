"""Printing letters: a file for a school or a single letter, and the log of what was printed.

A print and its log come into being together or not at all. While a school's letters are set they
are held, so that none of them is revoked, or printed a second time as the first, meanwhile.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.access import may_print
from junheng.admissions.files.letter_codes import address_of
from junheng.admissions.models import (
    CheckInDesk,
    Letter,
    LetterPrint,
    PrintedLetter,
    Round,
    RoundPapers,
    RoundSchool,
)
from junheng.admissions.selectors.rounds import intake_of
from junheng.admissions.services.issuing import issue, result_of
from junheng.admissions.services.papers import CheckIn, LetterPaper, Sender, letters_pdf
from junheng.commons.documents import unprintable
from junheng.commons.furniture import bureau_name
from junheng.commons.refusals import Refusal
from junheng.commons.storage import Store

KEPT_DAYS = 7
"""So long a file of letters can be fetched; afterwards it is printed again."""
LANGUAGES = ("zh-hans", "en")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date of a ZIP file: the same letters give the same bundle."""


class PapersIncomplete(Refusal):
    """Nobody said yet when families check in."""


class NeedsReason(Refusal):
    """A letter that was printed before is printed again only with a reason."""


class NothingToPrint(Refusal):
    """There is no letter to print."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to be printed.

    Attributes:
        by: Who.
        reason: Why again; may be "" as long as nothing was printed before.
        language: Of the letters, one of `LANGUAGES`.
        task: The job that prints, None for a letter that somebody waits for.
    """

    by: User
    reason: str = ""
    language: str = LANGUAGES[0]
    task: UUID | None = None


def kept() -> Store:
    """Where files of letters wait to be fetched."""
    return Store(settings.STORAGE_ROOT / "letters")


def still_to_print(the_round: Round, schools: Sequence[int], by: User) -> list[RoundSchool]:
    """The schools of an order as they stand when it is worked on, by code.

    A correction may have come between: its result has the same schools under other keys. Whoever
    lost the post meanwhile prints nothing.
    """
    record = result_of(the_round)
    codes = RoundSchool.objects.filter(pk__in=schools).values_list("code", flat=True)
    wanted = RoundSchool.objects.filter(input=record.input_id, code__in=list(codes))
    return [school for school in wanted.order_by("code") if may_print(by, the_round, school.path)]


def print_school(the_round: Round, school: RoundSchool, order: Order) -> LetterPrint | None:
    """Make the file of a school's letters, issuing those that are missing; None without any.

    Safe to run twice for a task: the file that was made is the answer.

    Raises:
        NotPublished: If the round has no published result.
        PapersIncomplete, NeedsReason: If the letters cannot be printed like this.
    """
    made: LetterPrint | None = LetterPrint.objects.filter(task=order.task, school=school).first()
    if made is not None and order.task is not None:
        return made
    with transaction.atomic():
        issue(the_round, school, by=order.by)
        letters = _held(Letter.objects.filter(round=the_round, school__code=school.code, end=""))
        return _printed(the_round, school, letters, order) if letters else None


def print_letter(letter: Letter, order: Order) -> LetterPrint:
    """Make the file of one letter.

    Raises:
        NothingToPrint: If it is not valid any more.
        PapersIncomplete, NeedsReason: If it cannot be printed like this.
    """
    with transaction.atomic():
        letters = _held(Letter.objects.filter(pk=letter.pk, end=""))
        if not letters:
            raise NothingToPrint(_("The letter %s is not valid any more.") % letter.number)
        return _printed(letter.round, letter.school, letters, order)


def letter_of_family(letter: Letter) -> bytes:
    """A letter as its family takes it from its own page: the same paper, marked as such.

    Raises:
        PapersIncomplete: If nobody said yet when families check in.
    """
    says = what_is_said(letter.round)
    paper = replace(_paper(letter, says(letter.school.code), 1), printed=_("family's copy"))
    return letters_pdf(sender_of(letter.round), [paper])


def bundle(the_round: Round, task: UUID, by: User) -> LetterPrint | None:
    """One ZIP file with the files of all schools that a task printed; None if there are none."""
    made: LetterPrint | None = LetterPrint.objects.filter(task=task, school=None).first()
    prints = list(
        LetterPrint.objects.filter(task=task, school__isnull=False)
        .select_related("school")
        .order_by("school__code")
    )
    if made is not None or not prints:
        return made
    blob = kept().put(_zipped(prints))
    return LetterPrint.objects.create(
        round=the_round,
        letters=sum(one.letters for one in prints),
        again=sum(one.again for one in prints),
        by_hand=sum(one.by_hand for one in prints),
        reason=prints[0].reason,
        language=prints[0].language,
        sha256=blob.sha256,
        task=task,
        by=by,
        at=timezone.now(),
    )


def require_printable(the_round: Round, schools: Iterable[RoundSchool], reason: str) -> None:
    """Say at once what would stop the printing, before a job is asked for.

    Raises:
        NotPublished, PapersIncomplete, NeedsReason: As the printing itself would.
    """
    result_of(the_round)
    codes = [school.code for school in schools]
    letters = Letter.objects.filter(round=the_round, school__code__in=codes, end="")
    _require_reason(letters.filter(printed__isnull=False).exists(), reason)
    says = what_is_said(the_round)
    for code in codes:
        says(code)


def what_is_said(the_round: Round) -> Callable[[str], CheckIn]:
    """What letters tell families of a school about checking in, by the school's code."""
    papers = RoundPapers.objects.filter(pk=the_round.pk).first() or RoundPapers(round=the_round)
    desks = {desk.code: desk for desk in CheckInDesk.objects.filter(round=the_round)}

    def said(code: str) -> CheckIn:
        desk = desks.get(code) or CheckInDesk()
        when = desk.when or papers.check_in_when
        if not when:
            raise PapersIncomplete(_("Say first when families check in: it stands in the letters."))
        return CheckIn(when, desk.where, papers.bring, desk.contact or papers.contact)

    return said


def sender_of(the_round: Round) -> Sender:
    """Who signs the papers of a round, dated as its result was published.

    Raises:
        NotPublished: If it was not.
    """
    published_at = result_of(the_round).run.published_at
    assert published_at is not None  # noqa: S101 -- that is what makes it the result
    return Sender(bureau_name(), intake_of(the_round), timezone.localdate(published_at))


def _held(letters: object) -> list[Letter]:
    rows = letters.select_for_update(of=("self",)).select_related(  # type: ignore[attr-defined]  # a queryset without types
        "application", "school", "round"
    )
    return list(rows.order_by("placement__place_in_order", "number"))


def _printed(
    the_round: Round, school: RoundSchool, letters: Sequence[Letter], order: Order
) -> LetterPrint:
    copies = _copies(letters)
    again = sum(copy > 1 for copy in copies.values())
    _require_reason(again > 0, order.reason)
    with translation.override(order.language):
        says, sender = what_is_said(the_round), sender_of(the_round)
        papers = [_paper(letter, says(letter.school.code), copies[letter.pk]) for letter in letters]
        blob = kept().put(letters_pdf(sender, papers))
    made = LetterPrint.objects.create(
        round=the_round,
        school=school,
        school_path=letters[0].school_path,
        letters=len(letters),
        again=again,
        by_hand=sum(bool(unprintable(paper.child)) for paper in papers),
        reason=order.reason.strip(),
        language=order.language,
        sha256=blob.sha256,
        task=order.task,
        by=order.by,
        at=timezone.now(),
    )
    PrintedLetter.objects.bulk_create(
        PrintedLetter(print=made, letter=letter, copy=copies[letter.pk]) for letter in letters
    )
    return made


def _copies(letters: Sequence[Letter]) -> dict[int, int]:
    """The how-manieth copy of each letter this is; the letters are held."""
    before = PrintedLetter.objects.filter(letter__in=[letter.pk for letter in letters])
    counted = dict(before.values("letter").annotate(last=Max("copy")).values_list("letter", "last"))
    return {letter.pk: counted.get(letter.pk, 0) + 1 for letter in letters}


def _require_reason(printed_before: bool, reason: str) -> None:  # noqa: FBT001 -- the one thing asked
    if printed_before and not reason.strip():
        raise NeedsReason(_("Some of these letters were printed before. Say why again."))


def _paper(letter: Letter, check_in: CheckIn, copy: int) -> LetterPaper:
    return LetterPaper(
        number=letter.number,
        address=address_of(letter.number),
        child=letter.application.child_name,
        application=letter.application.number,
        school=letter.school.name or letter.school.code,
        check_in=check_in,
        issued_on=timezone.localdate(letter.issued_at),
        printed=_("copy %d") % copy if copy > 1 else "",
    )


def _zipped(prints: Iterable[LetterPrint]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for made in prints:
            archive.writestr(zipfile.ZipInfo(file_name(made), EPOCH), kept().get(made.sha256))
    return out.getvalue()


def file_name(made: LetterPrint) -> str:
    """What the file of a print is called when somebody saves it."""
    if made.school is None:
        return f"{_('admission letters')} {made.round.ref}.zip"
    return f"{made.school.code} {made.school.name}.pdf".replace("/", "-")
