"""Addresses of households, under `households/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from junheng.aid.web import (
    household_codes,
    household_files,
    household_homes,
    household_members,
    household_more,
    household_reviews,
    households,
)

patterns: list[URLPattern] = [
    path("households/", households.Villages.as_view(), name="households"),
    path("households/places/<str:code>/", households.Book.as_view(), name="household_book"),
    path(
        "households/places/<str:code>/all/", household_homes.Homes.as_view(), name="household_homes"
    ),
    path("households/places/<str:code>.pdf", household_files.book, name="household_book_pdf"),
    path("households/places/<str:code>/post/", household_reviews.post, name="household_post"),
    path("households/places/<str:code>/merge/", household_more.merge, name="household_merge"),
    path(
        "households/places/<str:code>/merge/undo/",
        household_more.undo_merge,
        name="household_undo_merge",
    ),
    path("households/places/<str:code>/target/", household_more.target, name="household_target"),
    path("households/codes/", household_codes.codes, name="household_codes"),
    path("households/codes/<int:pk>/end/", household_codes.end, name="end_household_code"),
    path("households/help/", household_more.Helps.as_view(), name="household_helps"),
    path("households/registers/<uuid:ref>/sign/", household_more.sign, name="household_sign"),
    path("households/new/", household_reviews.new, name="household_new"),
    path("households/reviews/", household_reviews.ReviewList.as_view(), name="household_reviews"),
    path("households/reviews/<str:number>/", household_reviews.review, name="household_review"),
    path("households/reviews/<str:number>/step/", household_reviews.step, name="household_step"),
    path(
        "households/reviews/<str:number>/object/",
        household_reviews.object_to,
        name="household_object",
    ),
    path(
        "households/reviews/<str:number>/withdraw/",
        household_reviews.withdraw,
        name="household_withdraw",
    ),
    path("households/cards/<str:number>/", households.household, name="household"),
    path("households/cards/<str:number>.pdf", household_files.card, name="household_pdf"),
    path(
        "households/cards/<str:number>/members/",
        household_members.members,
        name="household_members",
    ),
    path(
        "households/cards/<str:number>/measures/",
        household_reviews.measures,
        name="household_measures",
    ),
    path(
        "households/cards/<str:number>/propose/",
        household_reviews.propose,
        name="household_propose",
    ),
]
