from __future__ import annotations

from django.urls import URLPattern

from junheng.aid.web import (
    beneficiary_urls,
    check_urls,
    entitlement_urls,
    household_urls,
    payment_urls,
    setup_urls,
)

app_name = "aid"
urlpatterns: list[URLPattern] = [
    *entitlement_urls.patterns,
    *beneficiary_urls.patterns,
    *household_urls.patterns,
    *check_urls.patterns,
    *payment_urls.patterns,
    *setup_urls.patterns,
]
