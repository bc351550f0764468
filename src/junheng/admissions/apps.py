from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionsConfig(AppConfig):
    name = "junheng.admissions"
    label = "admissions"
    verbose_name = _("Admissions")

    def ready(self) -> None:
        from junheng.accounts.facade import register_history
        from junheng.admissions.access import may_read
        from junheng.admissions.jobs import make_pack_of
        from junheng.admissions.models import Application, CheckInDesk, Letter, RoundPapers
        from junheng.admissions.services import publishing, steps
        from junheng.admissions.services.applications import look_up_key_of
        from junheng.admissions.services.plan_sheets import PlanImporter
        from junheng.admissions.services.roster import RosterImporter
        from junheng.admissions.web.deed_words import DEEDS
        from junheng.admissions.web.revealing import offer
        from junheng.admissions.web.widgets import round_card
        from junheng.commons import attempts, imports, resealing, widgets
        from junheng.commons.navigation import NavItem, PublicWay, register, register_public

        steps.register()
        attempts.name_deeds(DEEDS)
        publishing.when_published(make_pack_of)
        resealing.register_index(resealing.Index(Application, "look_up", look_up_key_of))
        imports.register(RosterImporter())
        imports.register(PlanImporter())
        offer()
        register_history(Letter, path="school_path", about=("number",))
        register_history(RoundPapers, path="round__path", about=("round__ref",))
        register_history(CheckInDesk, path="round__path", about=("round__ref", "code"))
        register(
            NavItem(
                label=_("Admission rounds"),
                icon="school",
                url_name="admissions:rounds",
                may=may_read,
                order=20,
            )
        )
        register_public(
            PublicWay(
                label=_("Rounds and results"),
                note=_("Rules, calendar, lottery and results, for everybody to read and check."),
                icon="school",
                url_name="public:rounds",
                order=10,
            )
        )
        card = "admissions/round_card.html"
        widgets.register(widgets.Widget("admissions.round", card, round_card, may_read, 20, "half"))
        register_public(
            PublicWay(
                label=_("Public notices"),
                note=_("Results of admissions that are posted now, with names masked."),
                icon="clipboard-list",
                url_name="letters:notices",
                order=20,
            )
        )
