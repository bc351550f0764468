"""What payments offer in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.aid.access import may_see_payments
from junheng.commons.navigation import NavItem, PublicWay, register, register_public


def offer() -> None:
    """Register the entry; called once, when the site starts."""
    register(NavItem(_("Aid payments"), "cash", "aid:batches", may_see_payments, order=65))
    register_public(
        PublicWay(
            label=_("Notices of aid"),
            note=_("What was paid at which school, with names masked, for its days."),
            icon="cash",
            url_name="aid:notices",
            order=26,
        )
    )
    register_public(
        PublicWay(
            label=_("Education funds"),
            note=_("Who gave what for pupils, and how many it reached."),
            icon="heart",
            url_name="aid:funds",
            order=27,
        )
    )
