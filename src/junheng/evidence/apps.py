from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "junheng.evidence"
    label = "evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from junheng.accounts.facade import register_history
        from junheng.commons import imports, resealing
        from junheng.commons.navigation import NavItem, register
        from junheng.evidence.access import may_read
        from junheng.evidence.models import Connection, Record, index_of
        from junheng.evidence.services import forgetting
        from junheng.evidence.services.importing import IMPORTERS

        forgetting.register()
        for importer in IMPORTERS:
            imports.register(importer)
        for field in ("number_index", "name_index", "key_index"):
            resealing.register_index(resealing.Index(Record, field, index_of(field)))
        register_history(Connection, path="path", about=("name",))
        register(
            NavItem(_("Registers"), "plug-connected", "evidence:connections", may_read, order=50)
        )
