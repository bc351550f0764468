"""Files frozen for a decision: under one hash, checked when they are thawed.

They stay for ever, but for files about people: those go in time, and their hashes stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from junheng.commons.models import Snapshot
from junheng.commons.storage import store
from junheng.kernel.canonical import canonical_json


def freeze(kind: str, files: Mapping[str, bytes]) -> Snapshot:
    """Store files for ever under the hash of their contents; the same files are the same row.

    Args:
        kind: What they are, such as "admissions.round".
        files: Contents by name.

    Raises:
        DiskFull, StorageFails: Nothing that a reader could find was left behind.
    """
    keep = store()
    blobs = {name: keep.put(data) for name, data in files.items()}
    listing = canonical_json(
        {
            "kind": kind,
            "files": {n: {"sha256": b.sha256, "bytes": b.bytes} for n, b in blobs.items()},
        }
    )
    listed = keep.put(listing)
    snapshot, _new = Snapshot.objects.get_or_create(
        sha256=listed.sha256,
        defaults={
            "kind": kind,
            "content_path": keep.name(listed.sha256),
            "bytes": sum(blob.bytes for blob in blobs.values()),
        },
    )
    return snapshot


def thaw(snapshot: Snapshot) -> dict[str, bytes]:
    """The files of a snapshot, each checked against its hash.

    Raises:
        Damaged: If anything is missing or not what was frozen.
    """
    keep = store()
    listing = json.loads(keep.get(snapshot.sha256))
    return {name: keep.get(entry["sha256"]) for name, entry in listing["files"].items()}


def hashes_of(snapshot: Snapshot) -> dict[str, str]:
    """The hash of each file by its name, whether its contents are still there or not.

    Raises:
        Damaged: If the listing is missing or was changed on the disk.
    """
    listing = json.loads(store().get(snapshot.sha256))
    return {name: str(entry["sha256"]) for name, entry in listing["files"].items()}


def is_whole(snapshot: Snapshot) -> bool:
    """Whether every file is still there; one whose time was over is not."""
    keep = store()
    return keep.holds(snapshot.sha256) and all(map(keep.holds, hashes_of(snapshot).values()))
