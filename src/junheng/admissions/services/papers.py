"""What stands on the papers of a round: admission letters, a school's list, the public notice.

Values in, PDF out: nothing here asks the database, so that a letter can be looked at with
invented values and measured by the thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from junheng.commons.documents import qr_svg, render, writable

TEMPLATES = "admissions/documents"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs, and for which intake.

    Attributes:
        bureau: Name of the bureau in full.
        intake: What children are admitted to, such as "grade one, autumn 2026".
        signed_on: The date of the result, which the files carry too.
    """

    bureau: str
    intake: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class CheckIn:
    """When and where a family turns up at a school, and with what; "" leaves a line out."""

    when: str = ""
    where: str = ""
    bring: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class LetterPaper:
    """One admission letter.

    Attributes:
        number: Number of the letter.
        address: Where it can be verified; the QR code holds it.
        child: Full name. A character that no font has becomes a line to write on.
        application: Number of the application.
        school: Name of the school.
        check_in: What the school asks for.
        issued_on: The date under the signature; it stays when the letter is printed again.
        printed: A mark such as "copy 2", "" on the first print.
    """

    number: str
    address: str
    child: str
    application: str
    school: str
    check_in: CheckIn
    issued_on: date
    printed: str = ""


def letters_pdf(sender: Sender, letters: Sequence[LetterPaper]) -> bytes:
    """Letters, one to a page, in the active language.

    Raises:
        NoFonts, MissingCharacters: If they cannot be set.
    """
    data = {
        **_signed(sender),
        "title": _("Letter of admission"),
        "number_word": _("Letter number"),
        "summons": _("Please come to check in with this letter, as follows."),
        "otherwise": _("If you cannot come then, please tell the school beforehand."),
        "verify_word": _("Scan to see whether this letter is valid:"),
        "seal_word": _("(seal)"),
        "letters": [_letter(sender, letter) for letter in letters],
    }
    return render(f"{TEMPLATES}/letters.typ", data, made_on=sender.signed_on)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A line of a list of admitted children: what its readers may see, masked where it must be."""

    application: str
    child: str
    school: str = ""
    remark: str = ""


def school_list_pdf(sender: Sender, school: str, children: Sequence[Admitted]) -> bytes:
    """The children that a school expects, for its desk at check-in: full names, not for posting.

    Raises:
        NoFonts, MissingCharacters: If it cannot be set.
    """
    data = {
        **_signed(sender),
        "title": _("Children admitted to %s") % school,
        "under": _("%(intake)s · %(count)d children")
        % {"intake": sender.intake, "count": len(children)},
        "warning": _("Personal data: only for check-in at this school. Do not post or forward."),
        "page_word": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        "columns": [
            _("No."),
            _("Application number"),
            _("Child's name"),
            _("Letter number"),
            _("Came"),
        ],
        "rows": [
            [str(place), child.application, writable(child.child), child.remark, ""]
            for place, child in enumerate(children, start=1)
        ],
    }
    return render(f"{TEMPLATES}/school_list.typ", data, made_on=sender.signed_on)


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What a public notice says around its list.

    Attributes:
        from_on: First day on which it is posted.
        until_on: Last day on which it is posted, and on which objections are taken.
        objections: Where to object: office, telephone, address.
    """

    from_on: date
    until_on: date
    objections: str


def public_notice_pdf(sender: Sender, text: NoticeText, children: Sequence[Admitted]) -> bytes:
    """The public notice for the wall: masked names, by school, with its days.

    Args:
        sender: Who signs.
        text: Its days and where to object.
        children: Names masked already; ordered by school, then as they shall stand.

    Raises:
        NoFonts, MissingCharacters: If it cannot be set.
    """
    days = {
        "from": date_format(text.from_on, "DATE_FORMAT"),
        "until": date_format(text.until_on, "DATE_FORMAT"),
    }
    data = {
        **_signed(sender),
        "title": _("Public notice of admissions to %s") % sender.intake,
        "opening": _("The result of the admissions to %s is posted as required.") % sender.intake,
        "posted": _("It is posted from %(from)s to %(until)s.") % days,
        "objections": _("Whoever objects is asked to do so within these days: %s")
        % text.objections,
        "seal_word": _("(seal)"),
        "masked": _("Names are masked to protect the children."),
        "columns": [_("Application number"), _("Child's name")],
        "schools": _by_school(children),
    }
    return render(f"{TEMPLATES}/public_notice.typ", data, made_on=sender.signed_on)


def _by_school(children: Sequence[Admitted]) -> list[dict[str, Any]]:
    return [
        {"name": school, "rows": [[child.application, child.child] for child in of_school]}
        for school, of_school in groupby(children, key=attrgetter("school"))
    ]


def _signed(sender: Sender) -> dict[str, Any]:
    return {
        "bureau": sender.bureau,
        "signed": sender.bureau,
        "day": date_format(sender.signed_on, "DATE_FORMAT"),
    }


def _letter(sender: Sender, letter: LetterPaper) -> dict[str, Any]:
    check_in = letter.check_in
    rows = [
        (_("Application number"), letter.application),
        (_("Time of check-in"), check_in.when),
        (_("Place of check-in"), check_in.where),
        (_("Please bring"), check_in.bring),
        (_("Questions"), check_in.contact),
    ]
    return {
        "number": letter.number,
        "address": letter.address,
        "qr": qr_svg(letter.address),
        "greeting": _("To %(child)s and family:") % {"child": writable(letter.child)},
        "opening": _("We are glad to tell you that your child has been admitted to %s at")
        % sender.intake,
        "school": letter.school,
        "day": date_format(letter.issued_on, "DATE_FORMAT"),
        "rows": [(term, value) for term, value in rows if value],
        "printed": letter.printed,
    }
