"""Policies, who is entitled, entitled beside paid, and a draft beside today's."""

from __future__ import annotations

from django.urls import path

from junheng.aid.web import (
    drafts,
    family,
    home,
    letters,
    person,
    policies,
    recoveries,
    replay,
    terms,
)

patterns = [
    path("", home.home, name="home"),
    path("terms/<str:code>/differences/", home.Differences.as_view(), name="differences"),
    path("terms/<str:code>/differences/<int:pk>/", recoveries.came_back, name="came_back"),
    path("terms/<str:code>/recoveries/", recoveries.Recoveries.as_view(), name="recoveries"),
    path("terms/<str:code>/decide/", terms.decide, name="decide"),
    path("terms/<str:code>/compare/", terms.compare, name="compare"),
    path("terms/<str:code>/cases/", terms.cases, name="open_cases"),
    path("terms/<str:code>/close/", terms.close, name="close_term"),
    path("runs/<str:ref>/", terms.run, name="run"),
    path("runs/<str:ref>/publish/", terms.publish, name="publish_run"),
    path("pupils/<str:number>/", person.pupil, name="pupil"),
    path("pupils/<str:number>/letter/", letters.pupil_letter, name="pupil_letter"),
    path("policies/", policies.PolicyList.as_view(), name="policies"),
    path("policies/new/", drafts.new, name="new_policy"),
    path("policies/<str:code>/", policies.policy, name="policy"),
    path("policies/<str:code>/draft/", drafts.draft, name="draft"),
    path("policies/<str:code>/draft/count/", drafts.count, name="draft_count"),
    path("policies/<str:code>/draft/approve/", drafts.approve, name="approve_draft"),
    path("mine/", family.mine, name="mine"),
    path("mine/<str:code>/letter/", family.my_letter, name="my_letter"),
    path("replay/", replay.replay, name="replay"),
]
