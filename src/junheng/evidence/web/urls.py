from __future__ import annotations

from django.urls import path

from junheng.evidence.web import connections

app_name = "evidence"
urlpatterns = [
    path("", connections.connections, name="connections"),
    path("new/", connections.connect, name="connect"),
    path("<int:pk>/", connections.connection, name="connection"),
    path("<int:pk>/deliver/", connections.deliver, name="deliver"),
    path("<int:pk>/end/", connections.end, name="end"),
]
