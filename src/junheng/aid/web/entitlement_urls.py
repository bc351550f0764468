"""Policies, who is entitled, entitled beside paid, and a draft beside today's."""

from __future__ import annotations

from django.urls import path

from junheng.aid.web import home, person, policies, terms

patterns = [
    path("", home.home, name="home"),
    path("terms/<str:code>/differences/", home.Differences.as_view(), name="differences"),
    path("terms/<str:code>/decide/", terms.decide, name="decide"),
    path("terms/<str:code>/compare/", terms.compare, name="compare"),
    path("terms/<str:code>/cases/", terms.cases, name="open_cases"),
    path("terms/<str:code>/close/", terms.close, name="close_term"),
    path("runs/<str:ref>/", terms.run, name="run"),
    path("runs/<str:ref>/publish/", terms.publish, name="publish_run"),
    path("pupils/<str:number>/", person.pupil, name="pupil"),
    path("policies/", policies.PolicyList.as_view(), name="policies"),
    path("policies/<str:code>/", policies.policy, name="policy"),
]
