from __future__ import annotations

from django.urls import path

from junheng.evidence.web import connecting, connections, lists

app_name = "evidence"
urlpatterns = [
    path("", connections.connections, name="connections"),
    path("new/", connecting.connect, name="connect"),
    path("new-service/", connecting.connect_as_service, name="connect_service"),
    path("deliveries/", lists.DeliveryList.as_view(), name="deliveries"),
    path("troubles/", lists.TroubleList.as_view(), name="troubles"),
    path("quality/", connections.quality, name="quality"),
    path("<int:pk>/", connections.connection, name="connection"),
    path("<int:pk>/test/", connections.by_hand, name="test"),
    path("<int:pk>/deliver/", connections.deliver, name="deliver"),
    path("<int:pk>/describe/", connecting.describe, name="describe"),
    path("<int:pk>/looked-at/", connections.looked_at, name="looked_at"),
    path("<int:pk>/end/", connections.end, name="end"),
]
