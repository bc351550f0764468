from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "junheng.registry"
    label = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        from junheng.commons.demo import announce
        from junheng.registry.demo.people import demo_accounts

        announce(demo_accounts)
