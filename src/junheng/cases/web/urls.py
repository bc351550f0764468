from __future__ import annotations

from django.urls import path

from junheng.cases.web import calendar, case, lists

app_name = "cases"
urlpatterns = [
    path("", lists.CaseList.as_view(), name="mine"),
    path("all/", lists.AllCases.as_view(), name="all"),
    path("closed/", lists.ClosedCases.as_view(), name="closed"),
    path("load/", lists.load, name="load"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:pk>/back/", calendar.day_back, name="day_back"),
    path("new/", case.new, name="new"),
    path("<str:number>/", case.case, name="case"),
    path("<str:number>/do/<str:deed>/", case.act, name="act"),
    path("<str:number>/photos/<int:entry>/", case.photo, name="photo"),
]
