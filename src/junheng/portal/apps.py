from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "junheng.portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from junheng.commons.navigation import NavItem, register

        register(
            NavItem(
                label=_("Workbench"),
                icon="layout-dashboard",
                url_name="portal:workbench",
                may=lambda user: bool(user.is_employee),
                order=0,
            )
        )
