"""Addresses that stand on paper: short, and for everybody."""

from __future__ import annotations

from django.urls import path

from junheng.admissions.web import public_letters

app_name = "letters"
urlpatterns = [
    path("letters/verify/<str:number>", public_letters.verify, name="verify"),
    path("notices/", public_letters.posted, name="notices"),
    path("notices/<int:pk>/", public_letters.notice, name="notice"),
]
