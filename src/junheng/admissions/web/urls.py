from __future__ import annotations

from django.urls import path

from junheng.admissions.web import (
    acts,
    children,
    comparing,
    receipts,
    results,
    rounds,
    schools,
    uploads,
)

app_name = "admissions"
urlpatterns = [
    path("", rounds.RoundList.as_view(), name="rounds"),
    path("load/", uploads.load, name="load"),
    path("template.xlsx", uploads.template, name="template"),
    path("uploads/<uuid:pk>/", uploads.upload, name="upload"),
    path("uploads/<uuid:pk>/confirm/", uploads.confirm, name="confirm"),
    path("uploads/<uuid:pk>/drop/", uploads.drop, name="drop"),
    path("uploads/<uuid:pk>/faults.xlsx", uploads.faults, name="faults"),
    path("<int:pk>/", rounds.round_page, name="round"),
    path("<int:pk>/act/", acts.act, name="act"),
    path("<int:pk>/act/event/", acts.name_event, name="name_event"),
    path("<int:pk>/act/ask/<slug:step>/", acts.ask, name="ask"),
    path("<int:pk>/act/contribute/", acts.contribute, name="contribute"),
    path("<int:pk>/act/slips/<int:number>/", acts.slip, name="slip"),
    path("<int:pk>/act/correct/", acts.correct, name="correct"),
    path("<int:pk>/act/close/", acts.close, name="close"),
    path("<int:pk>/run/", rounds.start, name="start"),
    path("<int:pk>/undo/", rounds.undo, name="undo"),
    path("runs/<slug:ref>/", results.run, name="run"),
    path("runs/<slug:ref>/schools/", schools.SchoolList.as_view(), name="schools"),
    path("runs/<slug:ref>/schools/<int:pk>/", schools.SchoolPage.as_view(), name="school"),
    path("runs/<slug:ref>/children/", children.ChildList.as_view(), name="children"),
    path("runs/<slug:ref>/children/<int:pk>/", children.child, name="child"),
    path("runs/<slug:ref>/compare/", comparing.Compare.as_view(), name="compare"),
    path("runs/<slug:ref>/compare/<slug:other>/", comparing.Compare.as_view(), name="compare"),
    path("runs/<slug:ref>/receipt/", receipts.receipt, name="receipt"),
    path("runs/<slug:ref>/files/<str:name>", receipts.output, name="output"),
    path("runs/<slug:ref>/inputs/<str:name>", receipts.source, name="source"),
]
