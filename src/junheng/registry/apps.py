from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegistryConfig(AppConfig):
    name = "junheng.registry"
    label = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        from junheng.commons.demo import announce
        from junheng.registry.demo.people import demo_accounts

        _keep_and_forget()
        _take_tables_in()
        _settle_by_people()
        _show()
        announce(demo_accounts)


def _keep_and_forget() -> None:
    """Personal data: how it is found and looked at, and when it goes."""
    from junheng.commons import attempts, resealing
    from junheng.registry.models import StaffMember
    from junheng.registry.services import (
        forgetting,
        forgetting_attendance,
        forgetting_draws,
        forgetting_staff,
        keys,
        transfer_papers,
    )
    from junheng.registry.services.draw_look_up import DEED
    from junheng.registry.services.importing.staff import key_of_staff
    from junheng.registry.web import revealing

    revealing.offer()
    revealing.offer_pupils()
    revealing.offer_arrivals()
    forgetting.register()
    forgetting_staff.register()
    forgetting_attendance.register()
    transfer_papers.register()
    forgetting_draws.register()
    attempts.name_deeds({DEED: _("Look up a child's class")})
    keys.register()
    resealing.register_index(resealing.Index(StaffMember, "resident_id_key", key_of_staff))


def _take_tables_in() -> None:
    """Tables that officers and schools import."""
    from junheng.commons import imports
    from junheng.registry.services.importing.importers import IMPORTERS

    for importer in IMPORTERS:
        imports.register(importer())


def _settle_by_people() -> None:
    """Steps for two, and kinds of cases."""
    from junheng.registry.jobs import roll_overs
    from junheng.registry.services import arrival_step, asked, own_rules, telling, transfers
    from junheng.registry.services.integrity import cases as integrity_cases

    roll_overs.register()
    asked.register()
    arrival_step.register()
    transfers.offer()
    telling.register()
    own_rules.register()
    integrity_cases.offer()


def _show() -> None:
    """The ways in, and the card on the workbench."""
    from junheng.commons import widgets
    from junheng.commons.navigation import NavItem, PublicWay, register, register_public
    from junheng.registry.access import may_read
    from junheng.registry.web.widgets import large_classes

    for order, label, icon, page in (
        (40, _("Schools"), "building", "schools"),
        (41, _("Classes and sizes"), "users-group", "classes"),
        (43, _("Turn of the year"), "stairs-up", "roll_overs"),
        (44, _("Putting pupils into classes"), "arrows-shuffle", "class_assignments"),
        (45, _("Transfers"), "arrows-exchange", "transfers"),
        (40, pgettext_lazy("people", "Pupils"), "school", "pupils"),
        (41, pgettext_lazy("school", "Staff"), "id-badge-2", "staff"),
        (42, _("Yearly return"), "report-analytics", "statistics"),
        (41, _("Is the register true?"), "shield-check", "integrity"),
        (42, _("Zones"), "map-2", "zones"),
    ):
        register(NavItem(label, icon, f"registry:{page}", may_read, order=order))
    card = "registry/large_classes.html"
    widgets.register(
        widgets.Widget("registry.large_classes", card, large_classes, may_read, 40, "quarter")
    )
    register_public(
        PublicWay(
            label=_("Where does my address belong?"),
            note=_("Zone and school by village, house number or a click on the map."),
            icon="map-pin",
            url_name="where:counties",
            order=15,
        )
    )
    register_public(
        PublicWay(
            label=_("How were the classes drawn?"),
            note=_("Frozen list, public figures and what came out; and the class of your child."),
            icon="arrows-shuffle",
            url_name="draws:draws",
            order=16,
        )
    )
