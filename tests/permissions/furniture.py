"""Type size, offline page and worker are for everyone; the styleguide is for staff."""

from __future__ import annotations

from tests.permissions.table import EVERYONE, STAFF, Row

ROWS = [
    Row("commons:large_type", may=EVERYONE, answer=405),
    Row("commons:large_type", may=EVERYONE, answer=302, method="POST"),
    Row("commons:choose", may=EVERYONE, answer=405),
    Row("commons:choose", may=EVERYONE, answer=302, method="POST"),
    Row("commons:worker", may=EVERYONE),
    Row("commons:offline", may=EVERYONE),
    Row("commons:manifest", may=EVERYONE),
    Row("commons:styleguide", may=STAFF, visitor=404),
    Row("commons:styleguide_list", may=STAFF, visitor=404),
    Row("commons:styleguide_list", may=EVERYONE, answer=405, method="POST"),
    Row("commons:styleguide_phone", may=STAFF, visitor=404),
    Row(
        "commons:styleguide_error",
        may=STAFF,
        answer=403,
        args=lambda _: {"status": 403},
        visitor=404,
    ),
]
