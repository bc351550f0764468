from __future__ import annotations

from django.urls import path

from junheng.cases.web import answers, desk, statistics

app_name = "desk"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("suggest/", desk.suggest, name="suggest"),
    path("waiting/", desk.Waiting.as_view(), name="waiting"),
    path("all/", desk.Consultations.as_view(), name="consultations"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("answers/", answers.Answers.as_view(), name="answers"),
    path("answers/new/", answers.edit, name="new_answer"),
    path("answers/<int:pk>/", answers.edit, name="answer"),
    path("answers/<int:pk>/withdraw/", answers.withdraw, name="withdraw"),
    path("<str:number>/", desk.consultation, name="consultation"),
    path("<str:number>/not-reached/", desk.not_reached, name="not_reached"),
]
