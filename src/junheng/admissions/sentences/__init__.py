"""A child's explanation in plain words."""

from junheng.admissions.sentences.whole import Gettext, sentences

__all__ = ["Gettext", "sentences"]
