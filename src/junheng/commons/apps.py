from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from junheng.commons import garbage, navigation


class CommonsConfig(AppConfig):
    name = "junheng.commons"
    label = "commons"
    verbose_name = _("Commons")

    def ready(self) -> None:
        # their jobs are known wherever jobs are
        for module in ("exports", "imports", "uploads.jobs"):
            import_module(f"junheng.commons.{module}")
        navigation.register(
            navigation.NavItem(
                label=_("My jobs"),
                icon="list-check",
                url_name="commons:jobs",
                may=lambda user: bool(getattr(user, "is_employee", False)),
                order=900,
            )
        )
        from junheng.commons import approvals

        navigation.register(
            navigation.NavItem(
                label=_("Steps for two"),
                icon="users-group",
                url_name="commons:approvals",
                may=approvals.takes_part,
                order=25,
                badge=approvals.waiting_count,
            )
        )
        from junheng.commons import forgetting, resealing, worker
        from junheng.commons.import_files import IMPORTED
        from junheng.commons.uploads.jobs import look_after
        from junheng.commons.uploads.resealing import PHOTOS

        forgetting.register()
        resealing.register(PHOTOS)
        resealing.register(IMPORTED)
        worker.take_care(look_after)
        post_migrate.connect(nobody_looks_away, sender=self)
        post_migrate.connect(what_is_kept_and_why, sender=self)
        garbage.leave_what_is_loaded()


def what_is_kept_and_why(**_kwargs: Any) -> None:
    """Bring the register of personal fields up to date with what this version keeps."""
    from junheng.commons.personal import take_in

    take_in()


def nobody_looks_away(*, using: str, **_kwargs: Any) -> None:
    """Let only the owner of the tables tell a trigger to look away.

    Every migration with a trigger writes pgtrigger's switch anew, open to any session, so it
    is closed again after each `migrate`.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        cursor.execute(
            """
            CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)
            RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
                SELECT pg_has_role(current_user, %s, 'USAGE') AND trigger_name = ANY(
                    COALESCE(NULLIF(current_setting('pgtrigger.ignore', true), ''), '{}')::name[]
                )
            $$
            """,
            [owner],
        )
