"""Every address of the site; each room brings its own."""

from __future__ import annotations

from django.urls import include, path

from junheng.site.api import api

urlpatterns = [
    # First, since it is looked for most often: thousands of families on one morning.
    path("apply/", include("junheng.admissions.web.apply_urls")),
    path("", include("junheng.portal.web.urls")),
    path("", include("junheng.commons.web.urls")),
    path("", include("junheng.site.watch.urls")),
    path("accounts/", include("junheng.accounts.web.urls")),
    path("places/", include("junheng.accounts.web.place_urls")),
    path("registers/", include("junheng.evidence.web.urls")),
    path("registry/", include("junheng.registry.web.urls")),
    path("where/", include("junheng.registry.web.where_urls")),
    path("draws/", include("junheng.registry.web.class_draw_urls")),
    path("aid/", include("junheng.aid.web.urls")),
    path("r/", include("junheng.admissions.web.public_urls")),
    path("cases/", include("junheng.cases.web.urls")),
    path("desk/", include("junheng.cases.web.desk_urls")),
    path("rounds/", include("junheng.admissions.web.urls")),
    path("", include("junheng.admissions.web.public_letter_urls")),
    path("api/v1/", api.urls),
    path("language/", include("django.conf.urls.i18n")),
]

handler400 = "junheng.commons.web.errors.bad_request"
handler403 = "junheng.commons.web.errors.forbidden"
handler404 = "junheng.commons.web.errors.not_found"
handler500 = "junheng.commons.web.errors.failed"
