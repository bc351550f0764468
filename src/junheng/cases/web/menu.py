"""What cases and the desk offer in the sidebar and on the workbench, and their own two kinds."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from junheng.cases.access import may_read, may_read_desk
from junheng.cases.kinds import CaseKind, register_kind
from junheng.cases.models.desk import READERS as DESK_READERS
from junheng.cases.services.desk import CALL_BACK
from junheng.cases.web.case import MATTER
from junheng.cases.web.widgets import my_cases
from junheng.commons import widgets
from junheng.commons.navigation import NavItem, register
from junheng.places.facade import Role


def offer() -> None:
    """Register all of it; called once, when the site starts."""
    register(NavItem(_("Cases"), "clipboard-list", "cases:mine", may_read, order=22))
    register(NavItem(_("Consultation desk"), "headset", "desk:desk", may_read_desk, order=23))
    card = widgets.Widget("cases.mine", "cases/card.html", my_cases, may_read, 10, "half")
    widgets.register(card)
    register_kind(
        CaseKind(
            key=MATTER,
            label=_("Matter"),
            days=5,
            role=Role.ADMISSIONS_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
        )
    )
    register_kind(
        CaseKind(
            key=CALL_BACK,
            label=_("Call back"),
            days=1,
            role=Role.ADMISSIONS_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=lambda number: reverse("desk:consultation", args=[number]),
            closes_by_owner=True,
            readers=DESK_READERS,
        )
    )
