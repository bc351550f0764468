"""Logs as one JSON object a line, or as plain lines where a person looks at them."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from junheng.site.watch.redaction import redact

FORMATTER = "structlog.stdlib.ProcessorFormatter"
_FIRST = ("at", "level", "logger", "event")

COMMON: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]


def logging_config(*, plain: bool, requests: bool) -> dict[str, Any]:
    """Django's setting LOGGING; also tells structlog to write through the same handlers.

    Args:
        plain: Lines for a person instead of JSON.
        requests: Whether every request has its line, not only those that failed.
    """
    structlog.configure(
        processors=[*COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    written: Any = as_line if plain else structlog.processors.JSONRenderer(ensure_ascii=False)
    last = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
        written,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"paths": {"()": NoPaths}},
        "formatters": {"line": {"()": FORMATTER, "foreign_pre_chain": COMMON, "processors": last}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"filters": ["paths"]},
            "junheng": {"level": "INFO"},
            "junheng.requests": {"level": "INFO" if requests else "WARNING"},
        },
    }


class NoPaths(logging.Filter):
    """Django names the address of a request that failed; ours may hold a child's number.

    Refused requests (4xx) have their own line already. Of a failure the exception is kept.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info is None:
            return False
        record.msg, record.args = "a request failed", ()
        return True


def as_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """An entry for a person: when, how bad, what, and the rest as `name=value`."""
    exception = event.pop("exception", None)
    head = " ".join(str(event.pop(name)) for name in _FIRST if name in event)
    rest = " ".join(f"{name}={value}" for name, value in event.items())
    return "\n".join(filter(None, (f"{head} {rest}".rstrip(), exception)))
