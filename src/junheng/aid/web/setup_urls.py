"""What a county sets up before it decides: terms, lists told in full, traits of schools."""

from __future__ import annotations

from django.urls import path

from junheng.aid.web import setup, traits

patterns = [
    path("setup/terms/", setup.terms, name="terms"),
    path("setup/lists/", setup.lists, name="told_lists"),
    path("setup/lists/<int:pk>/end/", setup.end_list, name="end_list"),
    path("setup/traits/", traits.TraitList.as_view(), name="traits"),
    path("setup/traits/new/", traits.new, name="new_trait"),
    path("setup/traits/<int:pk>/end/", traits.end, name="end_trait"),
]
