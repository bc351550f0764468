"""Addresses of the tree of places."""

from __future__ import annotations

from django.urls import path

from junheng.accounts.web import tree

app_name = "places"
urlpatterns = [
    path("", tree.PlaceList.as_view(), name="tree"),
    path("organisations/", tree.OrganisationList.as_view(), name="organisations"),
    path("organisations/new/", tree.new_organisation, name="new_organisation"),
    path("organisations/<str:code>/", tree.change, name="change_organisation"),
    path("in/<str:code>/", tree.PlaceList.as_view(), name="place"),
]
