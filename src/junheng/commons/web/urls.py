from __future__ import annotations

from django.urls import path

from junheng.commons.web import approvals, exports, imports, jobs, styleguide, uploads, views

app_name = "commons"
urlpatterns = [
    path("jobs/", jobs.JobList.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", jobs.cancel, name="job_cancel"),
    path("jobs/<uuid:job_id>/retry/", jobs.retry, name="job_retry"),
    path("approvals/", approvals.ApprovalList.as_view(), name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("approvals/<uuid:approval_id>/agree/", approvals.agree, name="approval_agree"),
    path("approvals/<uuid:approval_id>/decline/", approvals.decline, name="approval_decline"),
    path("approvals/<uuid:approval_id>/withdraw/", approvals.withdraw, name="approval_withdraw"),
    path("exports/<int:log_id>/", exports.export, name="export"),
    path("imports/batch/<uuid:batch_id>/", imports.batch, name="import"),
    path("imports/batch/<uuid:batch_id>/errors/", imports.errors, name="import_errors"),
    path("imports/batch/<uuid:batch_id>/take-over/", imports.take_over, name="import_take_over"),
    path("imports/batch/<uuid:batch_id>/undo/", imports.undo, name="import_undo"),
    path("imports/<str:kind>/", imports.start, name="import_start"),
    path("imports/<str:kind>/template/", imports.template, name="import_template"),
    path("uploads/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("uploads/<uuid:upload_id>/remove/", uploads.remove, name="upload_remove"),
    path("uploads/to/<str:subject>/", uploads.uploads, name="uploads"),
    path("large-type/", views.large_type, name="large_type"),
    path("choices/", views.choose, name="choose"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("styleguide/", styleguide.guide, name="styleguide"),
    path("styleguide/list/", styleguide.SampleList.as_view(), name="styleguide_list"),
    path("styleguide/phone/", styleguide.phone, name="styleguide_phone"),
    path("styleguide/error/<int:status>/", styleguide.error, name="styleguide_error"),
]
