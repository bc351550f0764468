"""Entitled and paid: the bureau sees every reason, a school its pupils, others nothing."""

from __future__ import annotations

from typing import Any

from junheng.accounts.tests import cast
from junheng.aid.models import Difference, SchoolTrait, ToldInFull
from junheng.aid.services import auditing, deciding
from junheng.aid.tests import builders
from junheng.registry.tests import builders as registry
from tests.permissions.table import FAMILY, STRANGER, Row, World

IN_CHARGE = "aid_officer bureau_leader auditor"
SEES = f"{IN_CHARGE} school_clerk school_head"
KEEPER = "aid_officer"


def furnish(world: World) -> None:
    """A term that was decided and published, a run that was not, and a policy."""
    pupil = registry.a_pupil(registry.a_class(number=6, size=0))
    builders.tag(pupil, "boarder", "registered_poor")
    builders.approved()
    builders.a_draft(code="drafted")
    world.things["aid.pupil"] = pupil
    world.things["aid.term"] = builders.a_term()
    builders.told("boarder")
    builders.trait("meal_school")
    world.things["aid.list"] = ToldInFull.objects.get(fact="boarder")
    world.things["aid.trait"] = SchoolTrait.objects.get(fact="meal_school")
    builders.decided()
    auditing.compare(world.things["aid.term"])
    world.things["aid.difference"] = Difference.objects.get(subject=pupil.pk)
    world.things["aid.run"] = deciding.freeze_and_request(
        builders.a_term(), by=cast.ma(), enqueue=lambda _run: None
    )


def difference(world: World) -> dict[str, Any]:
    return {"code": "2025-2026-1", "pk": world.things["aid.difference"].pk}


def a_list(world: World) -> dict[str, Any]:
    return {"pk": world.things["aid.list"].pk}


def a_trait(world: World) -> dict[str, Any]:
    return {"pk": world.things["aid.trait"].pk}


def pupil(world: World) -> dict[str, Any]:
    return {"number": world.things["aid.pupil"].number}


def run(world: World) -> dict[str, Any]:
    return {"ref": world.things["aid.run"].ref}


def term(_: World) -> dict[str, Any]:
    return {"code": "2025-2026-1"}


def policy(_: World) -> dict[str, Any]:
    return {"code": "boarders"}


def draft(_: World) -> dict[str, Any]:
    return {"code": "drafted"}


ROWS = [
    Row("aid:home", f"{SEES} {STRANGER}"),
    Row("aid:differences", SEES, args=term),
    Row("aid:differences", SEES, method="POST", args=term),
    Row("aid:came_back", KEEPER, args=difference),
    Row("aid:came_back", KEEPER, method="POST", args=difference, answer=422),
    Row("aid:recoveries", IN_CHARGE, args=term),
    Row("aid:recoveries", IN_CHARGE, method="POST", args=term),
    Row("aid:decide", KEEPER, method="POST", args=term, answer=302),
    Row("aid:compare", KEEPER, method="POST", args=term, answer=302),
    Row("aid:open_cases", KEEPER, method="POST", args=term, answer=302),
    Row("aid:close_term", KEEPER, method="POST", args=term, answer=302),
    Row("aid:run", IN_CHARGE, args=run),
    Row("aid:publish_run", KEEPER, method="POST", args=run, answer=302),
    Row("aid:pupil", SEES, args=pupil),
    Row("aid:pupil_letter", SEES, args=pupil),
    Row("aid:policies", IN_CHARGE),
    Row("aid:policies", IN_CHARGE, method="POST"),
    Row("aid:policy", IN_CHARGE, args=policy),
    Row("aid:new_policy", KEEPER),
    Row("aid:new_policy", KEEPER, method="POST", answer=422),
    Row("aid:draft", KEEPER, args=policy),
    Row("aid:draft", KEEPER, method="POST", args=policy, answer=422),
    Row("aid:draft_count", KEEPER, method="POST", args=policy),
    Row("aid:approve_draft", KEEPER, method="POST", args=draft, answer=302),
    Row("aid:terms", IN_CHARGE),
    Row("aid:terms", KEEPER, method="POST", answer=422),
    Row("aid:told_lists", IN_CHARGE),
    Row("aid:told_lists", KEEPER, method="POST", answer=422),
    Row("aid:end_list", KEEPER, args=a_list),
    Row("aid:end_list", KEEPER, method="POST", args=a_list, answer=422),
    Row("aid:traits", IN_CHARGE),
    Row("aid:traits", IN_CHARGE, method="POST"),
    Row("aid:new_trait", KEEPER),
    Row("aid:new_trait", KEEPER, method="POST", answer=422),
    Row("aid:end_trait", KEEPER, args=a_trait),
    Row("aid:end_trait", KEEPER, method="POST", args=a_trait, answer=422),
    Row("aid:replay", IN_CHARGE),
    Row("aid:mine", FAMILY),
    Row("aid:mine", FAMILY, method="POST", answer=422),
    Row("aid:my_letter", FAMILY, method="POST", args=term, answer=422),
]
