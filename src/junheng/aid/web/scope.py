"""Which term a page speaks of, and what its reader may read of policies."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from junheng.accounts.facade import User
from junheng.aid.access import in_charge
from junheng.aid.models import AidTerm
from junheng.aid.selectors.policies import confidential, contents_for, titles_of
from junheng.aid.selectors.terms import terms_of


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody reads of the policies of a term.

    Attributes:
        all: Whether somebody is in charge: names in full, and every reason.
        titles: What policies are called for this reader.
        closed: Policies of which they learn what is due and never why.
    """

    all: bool
    titles: dict[str, str]
    closed: frozenset[str]


def term_or_404(user: User, code: str) -> AidTerm:
    """A term that somebody sees."""
    row = terms_of(user).filter(code=code).first()
    if row is None:
        raise Http404
    return row


def reader_of(user: User, term: AidTerm) -> Reader:
    """What somebody reads of the policies of a term."""
    everything = in_charge(user, term.place.path)
    path = term.place.path
    closed = frozenset[str]() if everything else confidential(contents_for(path, term.period))
    return Reader(everything, titles_of(path, plain=not everything), closed)
