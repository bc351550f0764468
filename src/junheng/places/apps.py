from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "junheng.places"
    label = "places"
    verbose_name = _("Places")

    def ready(self) -> None:
        from junheng.commons import worker
        from junheng.commons.models import Attempt, Erasure, Snapshot
        from junheng.places.services.following import follow_late, make_function, stays

        post_migrate.connect(make_function, sender=self)
        worker.take_care(follow_late)
        stays(Attempt, "path", why="A refused attempt says where it was tried.")
        stays(Erasure, "path", why="What was deleted lay there when it was deleted.")
        stays(Snapshot, "content_path", why="It is where a file lies, and no place.")
