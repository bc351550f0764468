from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionsConfig(AppConfig):
    name = "junheng.admissions"
    label = "admissions"
    verbose_name = _("Admissions")

    def ready(self) -> None:
        from junheng.accounts.facade import register_history
        from junheng.admissions.jobs import check_again, make_pack_of, tell_result_of
        from junheng.admissions.models import (
            Application,
            CheckInDesk,
            HouseClaim,
            Letter,
            RoundPapers,
        )
        from junheng.admissions.services import (
            applications,
            checking_in,
            forgetting,
            held,
            objecting,
            photos,
            publishing,
            quota_planning,
            quota_sheets,
            review_cases,
            steps,
            telling,
            upholding,
        )
        from junheng.admissions.services.plan_sheets import PlanImporter
        from junheng.admissions.services.roster import RosterImporter
        from junheng.admissions.web import menu, revealing
        from junheng.admissions.web.deed_words import DEEDS
        from junheng.commons import attempts, imports, messages, resealing
        from junheng.evidence.facade import connection_back, delivery_loaded

        steps.register()
        for template in telling.TEMPLATES:
            messages.register(template)
        forgetting.register()
        held.register()
        review_cases.offer()
        upholding.register()
        objecting.register()
        checking_in.register()
        delivery_loaded.connect(check_again)
        connection_back.connect(check_again)
        photos.register()
        quota_planning.register()
        attempts.name_deeds(DEEDS)
        publishing.when_published(make_pack_of)
        publishing.when_published(tell_result_of)
        for model, field, made_from in (
            (Application, "look_up", applications.look_up_key_of),
            (Application, "child_key", applications.child_key_of),
            (HouseClaim, "house_key", applications.house_key_of),
            (HouseClaim, "family_key", applications.family_key_of),
        ):
            resealing.register_index(resealing.Index(model, field, made_from))
        imports.register(RosterImporter())
        imports.register(PlanImporter())
        for importer in quota_sheets.IMPORTERS:
            imports.register(importer())
        revealing.offer()
        menu.offer()
        register_history(Letter, path="school_path", about=("number",))
        register_history(RoundPapers, path="round__path", about=("round__ref",))
        register_history(CheckInDesk, path="round__path", about=("round__ref", "code"))
