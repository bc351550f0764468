from __future__ import annotations

from django.urls import path

from junheng.admissions.web import look_up, materials, packs, public, public_quotas, texts

app_name = "public"
urlpatterns = [
    path("", public.rounds, name="rounds"),
    path("samples/<slug:sha256>.jpg", materials.public_sample, name="sample"),
    path("texts/<int:pk>/", texts.text, name="text"),
    path("quota-seats/", public_quotas.quotas, name="quotas"),
    path("quota-seats/<str:code>/<int:year>/", public_quotas.quota, name="quota"),
    path(
        "quota-seats/<str:code>/<int:year>/receipt.json",
        public_quotas.receipt,
        name="quota_receipt",
    ),
    path("<str:code>/<path:ref>/look-up/", look_up.page, name="look_up"),
    path("<str:code>/<path:ref>/pack/", packs.page, name="pack"),
    path("<str:code>/<path:ref>/pack.zip", packs.archive, name="pack_file"),
    path("<str:code>/<path:ref>/call-ups/<int:number>.json", packs.call_up, name="call_up"),
    path("<str:code>/<path:ref>/", public.round_page, name="round"),
]
