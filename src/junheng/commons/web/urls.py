from __future__ import annotations

from django.urls import path

from junheng.commons.web import exports, jobs, styleguide, views

app_name = "commons"
urlpatterns = [
    path("jobs/", jobs.JobList.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", jobs.cancel, name="job_cancel"),
    path("jobs/<uuid:job_id>/retry/", jobs.retry, name="job_retry"),
    path("exports/<int:log_id>/", exports.export, name="export"),
    path("large-type/", views.large_type, name="large_type"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("styleguide/", styleguide.guide, name="styleguide"),
    path("styleguide/list/", styleguide.SampleList.as_view(), name="styleguide_list"),
    path("styleguide/phone/", styleguide.phone, name="styleguide_phone"),
    path("styleguide/error/<int:status>/", styleguide.error, name="styleguide_error"),
]
