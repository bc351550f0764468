from __future__ import annotations

from django.urls import path

from junheng.admissions.web import after, answers, application, apply, second

app_name = "apply"
urlpatterns = [
    path("", apply.mine, name="mine"),
    path("drafts/<uuid:pk>/check/", apply.check, name="check"),
    path("drafts/<uuid:pk>/drop/", apply.drop, name="drop"),
    path("drafts/<uuid:pk>/<slug:name>/", apply.page, name="page"),
    path("numbers/<slug:number>/", application.application, name="application"),
    path("numbers/<slug:number>/complete/", application.complete, name="complete"),
    path("numbers/<slug:number>/withdraw/", application.withdraw, name="withdraw"),
    path("numbers/<slug:number>/offer/", after.answer_offer, name="offer"),
    path("numbers/<slug:number>/answer/", answers.answer, name="answer"),
    path("numbers/<slug:number>/second/", second.take_part, name="second"),
    path("numbers/<slug:number>/letter.pdf", after.own_letter, name="letter"),
    path("numbers/<slug:number>/objection/", after.object_to, name="object"),
    path(
        "numbers/<slug:number>/objection/withdraw/",
        after.withdraw_objection,
        name="withdraw_objection",
    ),
    path("numbers/<slug:number>/objection/said/", after.hear_back, name="hear_back"),
    path("<slug:code>/<str:ref>/", apply.start, name="start"),
]
