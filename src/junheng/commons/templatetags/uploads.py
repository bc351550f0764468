"""Tags of the component for files that are sent in."""

from __future__ import annotations

from django import template

from junheng.commons.uploads import File, files_of, start_url

register = template.Library()


@register.simple_tag
def sent_files(subject: str) -> list[File]:
    """What was sent in for a subject."""
    return files_of(subject)


@register.filter
def sent_to(subject: str) -> str:
    """Where files of a subject are sent to."""
    return start_url(subject)
