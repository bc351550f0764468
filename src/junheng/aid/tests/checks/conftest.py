"""A service that a check asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from junheng.aid.tests.checks import builders as build
from junheng.evidence.tests import services
from junheng.evidence.tests.services import HOST, Service, cars


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Service:
    """A register of vehicles that is a service, with a rule; everybody owns a car."""
    settings.REGISTER_HOSTS = [HOST]
    installed = services.install(monkeypatch)
    installed.behave = cars
    services.vehicles()
    build.rule(since=build.today() - timedelta(days=7))
    return installed
