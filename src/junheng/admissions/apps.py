from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionsConfig(AppConfig):
    name = "junheng.admissions"
    label = "admissions"
    verbose_name = _("Admissions")

    def ready(self) -> None:
        from junheng.admissions.access import may_read
        from junheng.admissions.services import steps
        from junheng.commons.navigation import NavItem, register

        steps.register()
        register(
            NavItem(
                label=_("Admission rounds"),
                icon="school",
                url_name="admissions:rounds",
                may=may_read,
                order=20,
            )
        )
