from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegistryConfig(AppConfig):
    name = "junheng.registry"
    label = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        from junheng.commons import imports, resealing, widgets
        from junheng.commons.demo import announce
        from junheng.commons.navigation import NavItem, PublicWay, register, register_public
        from junheng.registry.access import may_read
        from junheng.registry.demo.people import demo_accounts
        from junheng.registry.jobs import roll_overs
        from junheng.registry.models import StaffMember
        from junheng.registry.services import (
            asked,
            forgetting,
            forgetting_attendance,
            forgetting_staff,
            keys,
            transfers,
        )
        from junheng.registry.services.importing.importers import IMPORTERS
        from junheng.registry.services.importing.staff import key_of_staff
        from junheng.registry.services.integrity import cases as integrity_cases
        from junheng.registry.web import revealing
        from junheng.registry.web.widgets import large_classes

        revealing.offer()
        revealing.offer_pupils()
        integrity_cases.offer()
        forgetting.register()
        keys.register()
        forgetting_staff.register()
        forgetting_attendance.register()
        resealing.register_index(resealing.Index(StaffMember, "resident_id_key", key_of_staff))
        roll_overs.register()
        announce(demo_accounts)
        for importer in IMPORTERS:
            imports.register(importer())
        register(NavItem(_("Schools"), "building", "registry:schools", may_read, order=40))
        register(
            NavItem(_("Classes and sizes"), "users-group", "registry:classes", may_read, order=41)
        )
        register(
            NavItem(_("Turn of the year"), "stairs-up", "registry:roll_overs", may_read, order=43)
        )
        assigning = NavItem(
            _("Putting pupils into classes"),
            "arrows-shuffle",
            "registry:class_assignments",
            may_read,
            order=44,
        )
        register(assigning)
        transfers.offer()
        asked.register()
        register(
            NavItem(_("Transfers"), "arrows-exchange", "registry:transfers", may_read, order=45)
        )
        card = "registry/large_classes.html"
        widgets.register(
            widgets.Widget("registry.large_classes", card, large_classes, may_read, 40, "quarter")
        )
        register(
            NavItem(
                pgettext_lazy("people", "Pupils"), "school", "registry:pupils", may_read, order=40
            )
        )
        register(
            NavItem(
                pgettext_lazy("school", "Staff"), "id-badge-2", "registry:staff", may_read, order=41
            )
        )
        register(
            NavItem(
                _("Yearly return"), "report-analytics", "registry:statistics", may_read, order=42
            )
        )
        register(
            NavItem(
                _("Is the register true?"), "shield-check", "registry:integrity", may_read, order=41
            )
        )
        register(NavItem(_("Zones"), "map-2", "registry:zones", may_read, order=42))
        register_public(
            PublicWay(
                label=_("Where does my address belong?"),
                note=_("Zone and school by village, house number or a click on the map."),
                icon="map-pin",
                url_name="where:counties",
                order=15,
            )
        )
