"""Reviews in the village of the demonstration's officer, one in each place where it can wait."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from junheng.aid.models import HouseholdReview, HouseholdStatus
from junheng.aid.selectors.reviews import criteria_on
from junheng.aid.services.reviews import Found, Meeting, Wanted, post_list, propose, take_step

if TYPE_CHECKING:
    from junheng.aid.demo.households import Crew

WHY = "家庭收入稳定、子女均在校就读、住房安全"
EVIDENCE = "入户核查表"
STEPS = (
    ("approved", ("village", "township", "officer")),
    ("at_county", ("village", "township")),
    ("at_township", ("village",)),
    ("posted", ()),
)
"""How far each of the reviews has come, and who said yes."""


def reviews_in(crew: Crew) -> int:
    """Proposals to remove households of that village; as many as there are households for."""
    village = crew.village.home.place if crew.village.home else None
    rows = HouseholdStatus.objects.filter(
        household__village=village, kind="registered_poor", valid_to=None
    )
    homes = [row.household for row in rows.select_related("household__village")[: len(STEPS) + 1]]
    made = [_proposed(home, crew) for home in homes]
    if village is None or not made:
        return 0
    met_on = timezone.localdate() - timedelta(days=20)
    meeting = Meeting(met_on, 36, "评议会记录第 4 号", "村务公开栏", met_on)
    posted = made[: len(STEPS)]
    post_list(village, posted, meeting, by=crew.village)
    for review, (_state, people) in zip(posted, STEPS, strict=False):
        _walk(review, people, crew, met_on + timedelta(days=8))
    return len(made)


def _proposed(home: Any, crew: Crew) -> HouseholdReview:
    found = {
        code.code: Found(met=True, evidence=EVIDENCE)
        for code in criteria_on("registered_poor", timezone.localdate())
    }
    return propose(home, Wanted("registered_poor", "remove", WHY), found, by=crew.village)


def _walk(review: HouseholdReview, people: tuple[str, ...], crew: Crew, on: date) -> None:
    for turn, who in enumerate(people):
        take_step(
            review,
            yes=True,
            words="",
            paper=f"审核表 {turn + 1}",
            on=on + timedelta(days=turn),
            by=getattr(crew, who),
        )
