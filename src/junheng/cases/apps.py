from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "junheng.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from junheng.cases.services.calendar import seed_after_migrations

        post_migrate.connect(seed_after_migrations, sender=self)
