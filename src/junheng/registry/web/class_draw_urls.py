from __future__ import annotations

from django.urls import path

from junheng.registry.web import public_draws

app_name = "draws"
urlpatterns = [
    path("", public_draws.draws, name="draws"),
    path("<uuid:pk>/", public_draws.draw, name="draw"),
]
