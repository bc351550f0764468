from __future__ import annotations

from django.urls import path

from junheng.portal.web import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("workbench/", views.workbench, name="workbench"),
]
