from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "junheng.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.mfa.signals import authentication_failed
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from junheng.accounts.access import administration, tracking
        from junheng.accounts.models import Appointment, ReadLog, SignIn, User
        from junheng.accounts.services import (
            codes,
            families,
            forgetting,
            held,
            sealed_factors,
            signing_in,
        )
        from junheng.accounts.web.menu import offer
        from junheng.commons import jobs, messages, resealing
        from junheng.places.facade import Organisation, Place, Post, stays

        user_logged_in.connect(signing_in.on_sign_in)
        user_login_failed.connect(signing_in.on_wrong_password)
        user_logged_out.connect(signing_in.on_sign_out)
        authentication_failed.connect(signing_in.on_wrong_code)

        stays(ReadLog, "reader_path", why="The log says where the reader was at that moment.")
        stays(SignIn, "home_path", why="The log says where somebody was who signed in.")

        tracking.register(User, path="home__path", about=["username", "name"])
        tracking.register(
            Appointment,
            path="post__organisation__path",
            about=["user", "post__organisation", "post__title"],
        )
        tracking.register(Post, path="organisation__path", about=["organisation", "title"])
        tracking.register(Organisation, path="path", about=["code", "name"])
        tracking.register(Place, path="path", about=["code", "name"])
        resealing.register(sealed_factors.SECOND_FACTORS)
        resealing.register_index(resealing.Index(User, "phone_key", families.phone_key_of))
        messages.register(codes.CODE)
        forgetting.register()
        held.register()
        jobs.add_rules(
            may_see=administration.may_see_job,
            may_act=administration.may_act_on_job,
        )
        offer()
