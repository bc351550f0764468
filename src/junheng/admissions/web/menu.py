"""What admissions offer in the sidebar, on the workbench and on the front page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.admissions.access import may_read, may_type_in
from junheng.admissions.web.widgets import round_card
from junheng.commons import widgets
from junheng.commons.navigation import NavItem, PublicWay, register, register_public


def offer() -> None:
    """Register the entries; called once, when the site starts."""
    register(NavItem(_("Admission rounds"), "school", "admissions:rounds", may_read, order=20))
    register(NavItem(_("Apply for families"), "user-plus", "apply:mine", may_type_in, order=22))
    register(NavItem(_("Quota seats"), "chart-pie", "admissions:quotas", may_read, order=24))
    card = "admissions/round_card.html"
    widgets.register(widgets.Widget("admissions.round", card, round_card, may_read, 20, "half"))
    register_public(
        PublicWay(
            label=_("Rounds and results"),
            note=_("Rules, calendar, lottery and results, for everybody to read and check."),
            icon="school",
            url_name="public:rounds",
            order=10,
        )
    )
    register_public(
        PublicWay(
            label=_("Public notices"),
            note=_("Results of admissions that are posted now, with names masked."),
            icon="clipboard-list",
            url_name="letters:notices",
            order=20,
        )
    )
    register_public(
        PublicWay(
            label=_("Quota seats"),
            note=_("How seats of selective senior schools are shared, with the computation."),
            icon="chart-pie",
            url_name="public:quotas",
            order=30,
        )
    )
