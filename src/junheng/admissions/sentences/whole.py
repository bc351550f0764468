"""A child's explanation in plain words: what was asked, what was decided, why, what would differ.

The engine gives codes and figures; here they become sentences for a grandmother, in whatever
language `gettext` speaks. Pages, letters and the command line use the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from junheng.admissions.engine.reasons import (
    Change,
    ChangeKind,
    Claim,
    DiversionReason,
    Diverted,
    Explanation,
    FullBy,
    Listed,
    Nearer,
    Verdict,
)
from junheng.admissions.engine.types import How, Key
from junheng.admissions.sentences.elsewhere import told_of_grade, told_of_offer
from junheng.admissions.sentences.lotteries import told_of_drawing

Gettext = Callable[[str], str]

USUAL = (Key.TIER, Key.SIBLING, Key.TICKET)
_SHORTEST = 8
_A_KILOMETRE = 1_000


def sentences(
    explanation: Explanation,
    gettext: Gettext,
    *,
    names: Mapping[str, str] | None = None,
    priority: Sequence[Key] = USUAL,
) -> list[str]:
    """Say why a child is where it is.

    Args:
        explanation: The engine's reasons.
        gettext: Gives a source sentence in the reader's language.
        names: School names by id; an id without a name is shown itself.
        priority: How the round's schools order children.

    Returns:
        Sentences in the order in which they should be read: the list, the decision, each
        school that said no, the diversion, and what would have changed it.
    """
    teller = _Teller(gettext, names or {}, tuple(priority))
    return [
        *teller.asked(explanation),
        *teller.decided(explanation),
        *teller.refusals(explanation),
        *teller.diversion(explanation),
        *teller.missed(explanation),
    ]


@dataclass(frozen=True)
class _Teller:
    gettext: Gettext
    names: Mapping[str, str] = field(default_factory=dict)
    priority: tuple[Key, ...] = USUAL

    # ---------------------------------------------------------------------- what was asked

    def asked(self, e: Explanation) -> Iterator[str]:
        gettext = self.gettext
        own = [row.school_id for row in e.listed if row.source is How.CHOICE]
        zone = [row.school_id for row in e.listed if row.source is How.ZONE]
        if own:
            yield gettext("The family asked for, in this order: %(schools)s.") % {
                "schools": self.several(own)
            }
        if own and zone:
            yield gettext("After these the schools of the home's zone count: %(schools)s.") % {
                "schools": self.several(zone)
            }
        elif zone:
            yield gettext(
                "The family named no school, so the schools of the home's zone count: %(schools)s."
            ) % {"schools": self.several(zone)}
        elif not own:
            yield gettext("No school was asked for, and the home's zone has none.")

    # -------------------------------------------------------------------- what was decided

    def decided(self, e: Explanation) -> Iterator[str]:
        gettext = self.gettext
        figures = {
            "school": self.name(e.school_id or ""),
            "rank": e.list_rank,
            "count": e.seats_needed,
        }
        if e.how is How.CHOICE:
            yield (
                gettext("The child has a seat at %(school)s, number %(rank)s of the list.")
                % figures
            )
        elif e.how is How.ZONE:
            yield (
                gettext(
                    "The child has a seat at %(school)s, a school of its zone, "
                    "number %(rank)s of the list."
                )
                % figures
            )
        elif e.how is How.MOVED:
            yield (
                gettext("The child goes to %(school)s with the whole entering grade of its school.")
                % figures
            )
        elif e.how is How.DIVERTED or e.how is How.OFFERED:
            yield (
                gettext(
                    "No school on the list had a seat for the child. It has a seat at %(school)s."
                )
                % figures
            )
        else:
            yield gettext("The child has no seat in this round.")
        if e.seats_needed > 1 and e.school_id:
            yield gettext("The group of %(count)s children stays together.") % figures
        if e.distance_m is not None:
            yield gettext("From the home to the school it is %(way)s.") % {
                "way": self.way(e.distance_m)
            }
        if e.how is not How.MOVED:
            yield from self._why_seated(e)

    def _why_seated(self, e: Explanation) -> Iterator[str]:
        seated = next((row for row in e.listed if row.verdict is Verdict.SEATED), None)
        if seated is None:
            return
        gettext = self.gettext
        if seated.drawing is not None:
            yield from told_of_drawing(self, seated)
        elif seated.last is None:
            yield gettext("%(school)s had seats for all who asked.") % {
                "school": self.name(seated.school_id)
            }
        else:
            yield (
                gettext("%(school)s gave its %(seats)s seats in order, and the child came in time.")
                % {"school": self.name(seated.school_id), "seats": seated.seats}
            )
        if any(row.verdict is Verdict.NOT_NEEDED for row in e.listed):
            yield gettext("The schools after it on the list did not have to be asked.")

    # -------------------------------------------------------------------- who said no, why

    def refusals(self, e: Explanation) -> Iterator[str]:
        for row in e.listed:
            if row.verdict is Verdict.NO_SEATS:
                yield self.gettext("%(school)s had no seat to give in this round.") % {
                    "school": self.name(row.school_id)
                }
            elif row.verdict is Verdict.OUTRANKED and row.drawing is not None:
                yield from told_of_drawing(self, row)
            elif row.verdict is Verdict.OUTRANKED:
                yield from self._outranked(row)
            elif row.verdict is Verdict.OWN_GROUP:
                yield from self._own_group(row, e.seats_needed)
            elif row.verdict is Verdict.KEPT_OUT:
                yield self.gettext(
                    "At %(school)s the child's claim was good enough for a seat, but a group of "
                    "children who must stay together needed several seats at once, and that kept "
                    "it out. The receipt names every such child."
                ) % {"school": self.name(row.school_id)}

    def _outranked(self, row: Listed) -> Iterator[str]:
        figures = {"school": self.name(row.school_id), "seats": row.seats}
        yield (
            self.gettext(
                "%(school)s had %(seats)s seats, and all went to children who come before this one."
            )
            % figures
        )
        if row.last is not None:
            yield from self._compared(row.own, row.last)
        yield from self._would_have_helped(row)

    def _compared(self, own: Claim, last: Claim) -> Iterator[str]:
        """The first thing in which the last child seated was ahead."""
        gettext = self.gettext
        for key in self.priority:
            if key is Key.TIER and own.tier != last.tier:
                figures = {"last": last.tier, "own": own.tier}
                yield (
                    gettext(
                        "The last seat went to a child of tier %(last)s; this child is of tier "
                        "%(own)s, and the smaller tier is served first."
                    )
                    % figures
                )
                return
            if key is Key.SIBLING and own.sibling != last.sibling:
                yield gettext(
                    "The last seat went to a child with an older brother or sister at the school; "
                    "this child has none there."
                )
                return
            if key is Key.TICKET:
                shown = _told_apart(own.ticket, last.ticket)
                yield (
                    gettext(
                        "The last seat went to a child of the same standing by lottery: its ticket "
                        "is %(last)s, this child's is %(own)s, and the smaller ticket comes first."
                    )
                    % {"own": shown[0], "last": shown[1]}
                )

    def _own_group(self, row: Listed, needed: int) -> Iterator[str]:
        if row.drawing is not None:
            yield from told_of_drawing(self, row)
        left = next((c.value for c in row.changes if c.kind is ChangeKind.GROUP_SIZE), "0")
        yield (
            self.gettext(
                "%(school)s had seats left when the turn came (%(left)s), but fewer than the "
                "%(needed)s that the group needs together."
            )
            % {"school": self.name(row.school_id), "left": left, "needed": needed}
        )
        yield from self._would_have_helped(row)

    def _would_have_helped(self, row: Listed) -> Iterator[str]:
        if not row.changes:
            return
        changes = [self._change(change, row.own.ticket) for change in row.changes]
        either = self.gettext("%(one)s, or %(other)s")
        yield (
            self.gettext(
                "With everything else as it was, this would have been enough there: %(changes)s."
            )
            % {"changes": reduce(lambda one, other: either % {"one": one, "other": other}, changes)}
        )

    def _change(self, change: Change, own_ticket: str) -> str:
        gettext = self.gettext
        if change.kind is ChangeKind.TIER:
            or_less = change.value != "1"
            told = gettext("tier %(tier)s or smaller") if or_less else gettext("tier %(tier)s")
            return told % {"tier": change.value}
        if change.kind is ChangeKind.SIBLING:
            return gettext("an older brother or sister at the school when the lists were closed")
        if change.kind is ChangeKind.GROUP_SIZE:
            return gettext("asking for no more than %(seats)s seats together") % {
                "seats": change.value
            }
        return gettext("a ticket smaller than %(ticket)s") % {
            "ticket": _told_apart(change.value, own_ticket)[0]
        }

    # ----------------------------------------------------------------------- the diversion

    def diversion(self, e: Explanation) -> Iterator[str]:
        if e.offered is not None:
            yield from told_of_offer(self, e.offered, e.seats_needed)
        elif e.moved is not None:
            yield from told_of_grade(self, e.moved, e)
        elif e.diverted is not None:
            yield from self._diverted(e.diverted, e)
        elif e.how is How.UNPLACED:
            yield self.gettext("The rules of this round give no seat outside the list.")

    def _diverted(self, diverted: Diverted, e: Explanation) -> Iterator[str]:
        yield self._why_diverted(diverted, e)
        told = {row.school_id for row in e.listed}
        for row in diverted.nearer:
            if row.full_by is not FullBy.LIST or row.school_id not in told:
                yield self._why_not_nearer(row)
        if more := diverted.nearer_count - len(diverted.nearer):
            yield self.gettext("Further schools that are nearer and were full: %(count)s.") % {
                "count": more
            }

    def _why_diverted(self, diverted: Diverted, e: Explanation) -> str:
        gettext = self.gettext
        told = {
            DiversionReason.LEAST_TOTAL: gettext(
                "The children without a seat by list were given the free seats of all schools so "
                "that as many as possible have one and all their ways together are the shortest."
            ),
            DiversionReason.NEAREST_WITH_ROOM: gettext(
                "%(school)s was the nearest school with seats for all %(count)s children of the "
                "group when its turn came."
            ),
            DiversionReason.NO_FREE_SEATS: gettext("No school had a free seat after the lists."),
            DiversionReason.TOO_FAR: gettext(
                "Schools with free seats are farther away than the rules of this round allow."
            ),
            DiversionReason.NO_ROOM_TOGETHER: gettext(
                "No school in reach had seats for all %(count)s children of the group together."
            ),
            DiversionReason.ALL_TAKEN: gettext(
                "Every free seat in reach is taken, and in no way could one child more be seated."
            ),
        }
        figures = {"school": self.name(e.school_id or ""), "count": e.seats_needed}
        return told[diverted.reason] % figures

    def _why_not_nearer(self, row: Nearer) -> str:
        gettext = self.gettext
        told = {
            FullBy.LIST: gettext(
                "%(school)s (%(way)s) is nearer, but had no seat left after the lists."
            ),
            FullBy.DIVERSION: gettext(
                "%(school)s (%(way)s) is nearer, but its free seats went to children whom any "
                "other seat would have cost more way."
            ),
            FullBy.GROUP_SIZE: gettext(
                "%(school)s (%(way)s) is nearer, but had fewer free seats than the group needs."
            ),
        }
        return told[row.full_by] % {
            "school": self.name(row.school_id),
            "way": self.way(row.distance_m),
        }

    def missed(self, e: Explanation) -> Iterator[str]:
        gettext = self.gettext
        for row in e.missed:
            figures = {"school": self.name(row.school_id)}
            if row.distance_m is None:
                sentence = gettext(
                    "Had %(school)s been on the list, the child would have had a seat there."
                )
            else:
                sentence = gettext(
                    "Had %(school)s (%(way)s) been on the list, the child would have had a seat "
                    "there."
                )
                figures["way"] = self.way(row.distance_m)
            yield sentence % figures

    # ------------------------------------------------------------------------ small pieces

    def name(self, school_id: str) -> str:
        return self.names.get(school_id) or school_id

    def several(self, school_ids: Sequence[str]) -> str:
        both = self.gettext("%(one)s, %(other)s")
        named = [self.name(school) for school in school_ids]
        return reduce(lambda one, other: both % {"one": one, "other": other}, named)

    def way(self, metres: int) -> str:
        if metres < _A_KILOMETRE:
            return self.gettext("%(metres)s m") % {"metres": metres}
        tenths = (metres + 50) // 100
        return self.gettext("%(km)s km") % {"km": f"{tenths // 10}.{tenths % 10}"}


def _told_apart(one: str, other: str) -> tuple[str, str]:
    """Two tickets cut to the shortest beginnings that differ, at least eight characters."""
    if max(len(one), len(other)) <= 2 * _SHORTEST:
        return one, other
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    shown = max(_SHORTEST, same + 1)
    return one[:shown] + "…", other[:shown] + "…"
