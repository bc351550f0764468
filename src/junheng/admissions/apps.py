from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionsConfig(AppConfig):
    name = "junheng.admissions"
    label = "admissions"
    verbose_name = _("Admissions")

    def ready(self) -> None:
        from junheng.accounts.facade import register_history
        from junheng.admissions.jobs import make_pack_of
        from junheng.admissions.models import Application, CheckInDesk, Letter, RoundPapers
        from junheng.admissions.services import publishing, steps
        from junheng.admissions.services.applications import look_up_key_of
        from junheng.admissions.services.plan_sheets import PlanImporter
        from junheng.admissions.services.roster import RosterImporter
        from junheng.admissions.web import menu, revealing
        from junheng.admissions.web.deed_words import DEEDS
        from junheng.commons import attempts, imports, resealing

        steps.register()
        attempts.name_deeds(DEEDS)
        publishing.when_published(make_pack_of)
        resealing.register_index(resealing.Index(Application, "look_up", look_up_key_of))
        imports.register(RosterImporter())
        imports.register(PlanImporter())
        revealing.offer()
        menu.offer()
        register_history(Letter, path="school_path", about=("number",))
        register_history(RoundPapers, path="round__path", about=("round__ref",))
        register_history(CheckInDesk, path="round__path", about=("round__ref", "code"))
