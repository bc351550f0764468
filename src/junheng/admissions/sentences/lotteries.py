"""What a drawing at a school open by lottery decided, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.admissions.engine.reasons import Listed, Verdict
from junheng.admissions.sentences.elsewhere import Teller


def told_of_drawing(teller: Teller, row: Listed) -> Iterator[str]:
    """How many families drew for how many seats, with which number the child came out.

    Args:
        teller: Words and names.
        row: A school open by lottery where the child took part in the drawing.
    """
    drawing, gettext = row.drawing, teller.gettext
    if drawing is None or drawing.number is None:
        return
    figures = {
        "school": teller.name(row.school_id),
        "families": drawing.families,
        "seats": row.seats,
        "number": drawing.number,
    }
    if row.last is None:
        yield (
            gettext(
                "%(school)s takes everybody as long as there are seats: %(families)s families "
                "asked for its %(seats)s seats, so no lot had to decide."
            )
            % figures
        )
        return
    yield (
        gettext(
            "%(school)s draws lots when more families ask than it has seats: %(families)s families "
            "drew for %(seats)s seats, and this child's number was %(number)s. The smallest "
            "numbers win; nothing else counts there."
        )
        % figures
    )
    if row.verdict is Verdict.OUTRANKED:
        yield gettext("Not winning took nothing from its claim at the schools after it.")
