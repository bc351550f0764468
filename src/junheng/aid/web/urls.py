from __future__ import annotations

from django.urls import URLPattern

from junheng.aid.web import payment_urls

app_name = "aid"
urlpatterns: list[URLPattern] = [*payment_urls.patterns]
