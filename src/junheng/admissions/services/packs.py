"""Making the pack of a published result, once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.models import PublicPack, Round, RoundRun
from junheng.admissions.selectors.public import PublicRound, opened_round, public_round
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.reading import Told, read_round, untold
from junheng.admissions.services.seeds import seed_to_draw
from junheng.commons import runs
from junheng.commons.storage import store
from junheng.kernel.canonical import canonical_json

FORMAT = "junheng-public/1"
PUBLIC = "public.json"
STAMP = (1980, 1, 1, 0, 0, 0)
"""Archives have no clock in them."""


def make_pack(record: RoundRun, told: Told = untold) -> PublicPack:
    """Make the pack of a published run, unless it is there; the first one made stays.

    Raises:
        OutOfTurn: If the run is not published.
    """
    from junheng.admissions.engine import assign  # heavy, and web workers spare it
    from junheng.admissions.files.pack import build_pack, rarity_of

    if (known := PublicPack.objects.filter(pk=record.pk).first()) is not None:
        return known
    if record.run.published_at is None:
        raise OutOfTurn(
            _("The run %s is not published, so there is no pack of it.") % record.run.ref
        )
    seed = seed_to_draw(record.run.seed, record.input.rules["method"])
    told("reading", 0.0)
    checked = read_round(runs.thaw(record.run.snapshot), seed=seed)
    told("assignment", 0.3)
    result = assign.run(checked.round)
    told("pack", 0.6)
    rarity = rarity_of(checked.round, result)
    files = build_pack(checked.round, result) | {PUBLIC: public_json(record)}
    blob = store().put(zipped(files))
    made, _new = PublicPack.objects.get_or_create(
        run=record,
        defaults={
            "sha256": blob.sha256,
            "bytes": blob.bytes,
            "children": rarity.children,
            "rare": rarity.rare,
            "unique": rarity.unique,
        },
    )
    return made


def pack_of(the_round: Round) -> PublicPack | None:
    """The pack of the result that counts now."""
    found: PublicPack | None = PublicPack.objects.filter(
        run__round=the_round,
        run__run__published_at__isnull=False,
        run__run__superseded_at__isnull=True,
    ).first()
    return found


def public_json(record: RoundRun) -> bytes:
    """What was public of the act, from which the seed is made again."""
    the_round = opened_round(record.round.place.code, record.round.ref)
    assert the_round is not None  # noqa: S101 -- a published round was opened
    facts = public_facts(public_round(the_round))
    return canonical_json(
        {**facts, "run": record.run.ref, "placements_sha256": record.run.result_sha256}
    )


def public_facts(shown: PublicRound) -> dict[str, Any]:
    """The facts of the public page that the seed follows from."""
    event = shown.event
    return {
        "format": FORMAT,
        "place": shown.row.code,
        "ref": shown.row.ref,
        "method": shown.rules["method"],
        "lists": [
            {
                "version": one.version,
                "sha256": one.sha256,
                "content": one.body,
                "reason": one.reason,
            }
            for one in shown.lists
        ],
        "contributions": [
            {
                "number": one.number,
                "id": one.identity,
                "words": one.words,
                "commitment": one.commitment,
            }
            for one in shown.contributions
        ],
        "event": {
            "name": event.name,
            "how_written": event.how_written,
            "example": event.example,
            "takes_place_at": event.takes_place_at.isoformat(),
            "figures": event.figures,
        },
        "material": shown.material,
        "seed": shown.seed,
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as an archive; the same files are the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return target.getvalue()
