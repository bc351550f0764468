"""People who sign in, and the posts they hold."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who signs in; what they may do follows from the posts they hold."""
