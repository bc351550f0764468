"""Files that families send in, resumably (tus 1.0); never public, always written anew.

    uploads.register_subjects("admissions.application", may_add=…, may_see=…)   # in AppConfig.ready
    uploads.start_url(subject)     # where files of a subject are sent to
    uploads.files_of(subject)      # what was sent in
    uploads.received(prefix, key)  # whether something was, for many rows in one query
    uploads.remove(upload, by=…)   # deletes one, where that took two people
    uploads.forget(subject)        # deletes all of it, when it may no longer be kept
    <c-uploads subject=… :add=… /> # all of it on a page

A subject is a prefix, a colon and a key: `admissions.application:<uuid>`. Which people may add
files or see them is asked of whoever registered the prefix, with the key.
"""

from __future__ import annotations

from junheng.commons.uploads.checking import forget, remove
from junheng.commons.uploads.selectors import File, files_of, received
from junheng.commons.uploads.subjects import register_subjects, start_url

__all__ = ["File", "files_of", "forget", "received", "register_subjects", "remove", "start_url"]
