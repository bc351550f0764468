"""Every address of the site; each room brings its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("junheng.accounts.web.urls")),
]
