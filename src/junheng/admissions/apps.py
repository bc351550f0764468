from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionsConfig(AppConfig):
    name = "junheng.admissions"
    label = "admissions"
    verbose_name = _("Admissions")

    def ready(self) -> None:
        from junheng.admissions.web import menu, revealing

        _take_steps()
        _follow()
        _keep_and_forget()
        _take_tables_in()
        revealing.offer()
        menu.offer()


def _take_steps() -> None:
    """Steps of two people, kinds of cases, and what deeds are called."""
    from junheng.admissions.services import (
        checking_in,
        hearing_back,
        in_person,
        notices,
        objecting,
        quota_planning,
        review_cases,
        steps,
        upholding,
    )
    from junheng.admissions.web.deed_words import DEEDS
    from junheng.commons import attempts

    steps.register()
    review_cases.offer()
    upholding.register()
    objecting.register()
    hearing_back.register()
    in_person.register()
    checking_in.register()
    quota_planning.register()
    notices.register()
    attempts.name_deeds(DEEDS)


def _follow() -> None:
    """What follows a publication or the news of a register, and how families are told."""
    from junheng.admissions.jobs import check_again, make_pack_of, tell_result_of
    from junheng.admissions.services import publishing, reminding, telling
    from junheng.commons import messages
    from junheng.evidence.facade import connection_back, delivery_loaded

    for template in (*telling.TEMPLATES, *reminding.TEMPLATES):
        messages.register(template)
    delivery_loaded.connect(check_again)
    connection_back.connect(check_again)
    publishing.when_published(make_pack_of)
    publishing.when_published(tell_result_of)


def _keep_and_forget() -> None:
    """Personal data: what is held, found, looked at, and when it goes."""
    from junheng.accounts.facade import register_history
    from junheng.admissions.models import Application, CheckInDesk, HouseClaim, Letter, RoundPapers
    from junheng.admissions.services import applications, forgetting, held, photos
    from junheng.commons import resealing

    forgetting.register()
    held.register()
    photos.register()
    for model, field, made_from in (
        (Application, "look_up", applications.look_up_key_of),
        (Application, "child_key", applications.child_key_of),
        (HouseClaim, "house_key", applications.house_key_of),
        (HouseClaim, "family_key", applications.family_key_of),
    ):
        resealing.register_index(resealing.Index(model, field, made_from))
    register_history(Letter, path="school_path", about=("number",))
    register_history(RoundPapers, path="round__path", about=("round__ref",))
    register_history(CheckInDesk, path="round__path", about=("round__ref", "code"))


def _take_tables_in() -> None:
    """Tables that officers import."""
    from junheng.admissions.services import quota_sheets
    from junheng.admissions.services.plan_sheets import PlanImporter
    from junheng.admissions.services.roster import RosterImporter
    from junheng.commons import imports

    for importer in (RosterImporter, PlanImporter, *quota_sheets.IMPORTERS):
        imports.register(importer())
