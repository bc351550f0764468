from __future__ import annotations

from django.urls import path

from junheng.registry.web import where

app_name = "where"
urlpatterns = [
    path("", where.counties, name="counties"),
    path("<str:code>/", where.page, name="page"),
    path("<str:code>/map/<slug:level>/", where.whole_map, name="map"),
]
