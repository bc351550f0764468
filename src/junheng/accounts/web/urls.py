"""Addresses of signing in (by allauth, only what is wanted of it) and of our own pages."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from junheng.accounts.web import data_rights, logs, my_data, people, phone, posts
from junheng.accounts.web.own import ChangePassword, no_post
from junheng.accounts.web.reveal import reveal_value

pages = [
    path("people/", people.PeopleList.as_view(), name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/password/", people.new_password, name="new_password"),
    path("people/<int:pk>/close/", people.close, name="close"),
    path("people/<int:pk>/open/", people.reopen, name="reopen"),
    path("people/<int:pk>/second-factor/", people.clear_second_factor, name="clear_second_factor"),
    path("people/<int:pk>/appoint/", people.appoint, name="appoint"),
    path("posts/", posts.PostList.as_view(), name="posts"),
    path("posts/new/", posts.new_post, name="new_post"),
    path("appointments/", posts.AppointmentList.as_view(), name="appointments"),
    path("appointments/<int:pk>/end/", people.end_appointment, name="end_appointment"),
    path("attempts/", logs.AttemptList.as_view(), name="attempts"),
    path("sign-ins/", logs.SignInList.as_view(), name="sign_ins"),
    path("readings/", logs.ReadingList.as_view(), name="readings"),
    path("changes/", logs.ChangeList.as_view(), name="changes"),
    path("changes/<str:kind>/<int:pk>/", logs.change, name="change"),
    path("my-data/", my_data.my_data, name="my_data"),
    path("my-data/ask/", my_data.ask, name="ask_right"),
    path("my-data/copy/", my_data.copy, name="copy_data"),
    path("data-requests/", data_rights.requests, name="data_requests"),
    path("data-requests/<uuid:pk>/", data_rights.one_request, name="data_request"),
    path("personal-data/", data_rights.register, name="personal_data"),
    path("personal-data/fields/<int:pk>/", data_rights.change_field, name="personal_field"),
    path("personal-data/incidents/", data_rights.note_incident, name="note_incident"),
    path("personal-data/<int:year>/", data_rights.report, name="compliance"),
    path("personal-data/<int:year>.xlsx", data_rights.report_file, name="compliance_file"),
    path("no-post/", no_post, name="no_post"),
    path("phone/", phone.phone, name="phone"),
    path("phone/code/", phone.code, name="phone_code"),
    path("reveal/<str:kind>/<str:key>/<str:field>/", reveal_value, name="reveal"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", ChangePassword.as_view(), name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include((pages, "accounts"))),
]
