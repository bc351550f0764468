from __future__ import annotations

from django.urls import path

from junheng.commons.web import styleguide, views

app_name = "commons"
urlpatterns = [
    path("large-type/", views.large_type, name="large_type"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("styleguide/", styleguide.guide, name="styleguide"),
    path("styleguide/list/", styleguide.SampleList.as_view(), name="styleguide_list"),
    path("styleguide/phone/", styleguide.phone, name="styleguide_phone"),
    path("styleguide/error/<int:status>/", styleguide.error, name="styleguide_error"),
]
