"""Posting what a batch paid, school by school, for the set days; taking it down with a reason."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import PaymentBatch, PaymentLine, PublicNotice
from junheng.aid.selectors.headings import neutral, public_headings
from junheng.aid.services.batches import POST, State, held, require_post, require_state
from junheng.cases.facade import work_days_after
from junheng.commons.attempts import noting
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.kernel.money import Fen

DAYS = 5
"""Working days: not fewer, for a notice of aid."""
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class PostedAlready(Refusal):
    """Everything of the batch is posted."""


class NoReason(Refusal):
    """A notice is taken down with a reason."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A line of a notice."""

    heading: str
    name: str
    yuan: str


def post(pk: UUID, *, by: User, today: date | None = None, days: int = DAYS) -> int:
    """Post what reached its account out of a batch, a notice for each school.

    Args:
        pk: A batch that the bank has answered.
        by: The aid officer.
        today: The first day; by default the server's.
        days: Working days; the first day is not counted among them.

    Returns:
        How many notices were posted.

    Raises:
        OutOfStep: If the bank has not answered for all of it.
        PostedAlready: If nothing is left to post.
        NotTheirPost: If somebody posts nothing there.
    """
    found = PaymentBatch.objects.get(pk=pk)
    noted = noting(POST, by=by, matter=found.number, path=found.path)
    with noted, transaction.atomic():
        batch = held(pk)
        require_post(may=may_keep(by, batch.path))
        require_state(batch, State.RECONCILED, State.PARTLY_RETURNED)
        first = today or timezone.localdate()
        last = work_days_after(first, max(days, DAYS), path=batch.path)
        posted = PublicNotice.objects.filter(batch=batch, taken_down_at=None)
        done = set(posted.values_list("path", flat=True))
        made = [
            _notice(batch, lines, first, last, by)
            for path, lines in _by_school(batch).items()
            if path not in done
        ]
        if not made:
            raise PostedAlready(_("Everything that batch %s paid is posted.") % batch.number)
        PublicNotice.objects.bulk_create(made)
    return len(made)


def _by_school(batch: PaymentBatch) -> dict[str, list[PaymentLine]]:
    arrived = batch.lines.filter(outcome__paid_fen__gt=0).exclude(name=None)
    found: dict[str, list[PaymentLine]] = defaultdict(list)
    for line in arrived.select_related("outcome", "organisation").order_by("path", "number"):
        found[line.path].append(line)
    return found


def _notice(
    batch: PaymentBatch, lines: list[PaymentLine], first: date, last: date, by: User
) -> PublicNotice:
    pages = {key: _page(batch, lines, language) for key, language in LANGUAGES.items()}
    return PublicNotice(
        batch=batch,
        organisation=lines[0].organisation,
        path=lines[0].path,
        heads=len({line.subject for line in lines}),
        fen=sum(line.outcome.paid_fen for line in lines),
        page_zh=pages["zh"],
        page_en=pages["en"],
        sha256=fingerprint(pages["zh"], pages["en"]),
        from_on=first,
        until_on=last,
        posted_by=by,
    )


def _page(batch: PaymentBatch, lines: list[PaymentLine], language: str) -> str:
    with translation.override(language):
        school = lines[0].organisation
        context = {
            "school": school.name if school else batch.place.name,
            "period": batch.term,
            "rows": sorted(_rows(batch, lines)),
            "sum": str(Fen(sum(line.outcome.paid_fen for line in lines))),
            "heads": len({line.subject for line in lines}),
        }
        return render_to_string("aid/notice_page.html", context)


def _rows(batch: PaymentBatch, lines: Iterable[PaymentLine]) -> Iterable[Row]:
    """One row for each person and heading: amounts under one heading are one amount."""
    headings, other = public_headings(batch.path), neutral()
    sums: dict[tuple[str, str], int] = defaultdict(int)
    names: dict[str, str] = {}
    for line in lines:
        names[line.subject] = mask_name(str(line.name))
        sums[line.subject, headings.get(line.policy, other)] += line.outcome.paid_fen
    for (subject, heading), fen in sums.items():
        yield Row(heading, names[subject], str(Fen(fen)))


def fingerprint(page_zh: str, page_en: str) -> str:
    """SHA-256 of a notice as it is shown: the Chinese page, a blank line, the English one."""
    return hashlib.sha256(f"{page_zh}\n\n{page_en}".encode()).hexdigest()


def take_down(pk: UUID, why: str, *, by: User) -> PublicNotice:
    """Take a notice down before its last day, because something in it is wrong.

    Raises:
        NoReason: Without one, or if it was taken down already.
        NotTheirPost: If somebody posts nothing there.
    """
    with transaction.atomic():
        row = PublicNotice.objects.select_for_update(of=("self",)).get(pk=pk)
        require_post(may=may_keep(by, row.path))
        if row.taken_down_at is not None or not why.strip():
            raise NoReason(_("A notice is taken down once, and with a reason."))
        row.taken_down_at, row.taken_down_by, row.why = timezone.now(), by, why.strip()
        row.save(update_fields=["taken_down_at", "taken_down_by", "why"])
    return row
