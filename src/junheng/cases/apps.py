from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "junheng.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from junheng.accounts.facade import register_history
        from junheng.cases.facade import work_days_after
        from junheng.cases.models import Case, Consultation, StandardAnswer, WorkDay
        from junheng.cases.services import forgetting, photos
        from junheng.cases.services.calendar import seed_after_migrations
        from junheng.cases.web import menu, revealing
        from junheng.commons import personal, worker

        personal.count_work_days(work_days_after)
        forgetting.register()
        worker.take_care(photos.seal_earlier)
        post_migrate.connect(seed_after_migrations, sender=self)
        menu.offer()
        revealing.offer()
        register_history(Case, path="path", private=("facts",), about=("number", "title"))
        register_history(Consultation, path="path", about=("number",))
        register_history(StandardAnswer, path="path", about=("question",))
        register_history(WorkDay, path="path", about=("day", "name"))
