"""Addresses of checks, under `households/checks/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from junheng.aid.web import (
    authorisations,
    authorising,
    check_rules,
    checks,
    left_out,
    my_authorisations,
    my_visits,
    visits,
)

patterns: list[URLPattern] = [
    path("households/checks/", checks.Visits.as_view(), name="checks"),
    path("households/checks/start/", checks.start, name="check_start"),
    path("households/checks/runs/<str:ref>/", checks.run, name="check_run"),
    path("households/checks/wrong-flags/", checks.wrong_flags, name="wrong_flags"),
    path(
        "households/checks/authorisations/",
        authorisations.Authorisations.as_view(),
        name="authorisations",
    ),
    path("households/checks/rules/", check_rules.rules, name="check_rules"),
    path("households/checks/rules/<uuid:ref>/end/", check_rules.end, name="end_check_rule"),
    path("households/checks/visits/<str:number>/", visits.visit, name="household_visit"),
    path("households/checks/visits/<str:number>/heard/", visits.hear, name="visit_hear"),
    path("households/checks/visits/<str:number>/decide/", visits.decide, name="visit_decide"),
    path("households/checks/left-out/", left_out.LeftOutList.as_view(), name="left_out"),
    path("households/checks/left-out/<uuid:key>/", left_out.one, name="left_out_one"),
    path("households/checks/left-out/<uuid:key>/visit/", left_out.ask, name="left_out_ask"),
    path("households/checks/left-out/<uuid:key>/settle/", left_out.settle, name="left_out_settle"),
    path(
        "households/cards/<str:number>/authorise/",
        authorising.authorise,
        name="household_authorise",
    ),
    path("households/authorisations/<uuid:ref>/", authorising.authorisation, name="authorisation"),
    path(
        "households/authorisations/<uuid:ref>/withdraw/",
        authorising.withdraw,
        name="withdraw_authorisation",
    ),
    path(
        "households/authorisations/<uuid:ref>/scans/<uuid:scan>/removal/",
        authorising.scan_removal,
        name="scan_removal",
    ),
    path("mine/visit/<str:number>/", my_visits.reply, name="my_visit_reply"),
    path("mine/authorisations/<uuid:ref>/", my_authorisations.withdraw, name="my_withdrawal"),
]
