"""What is no area is told apart by what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from junheng.registry.engine.areas import MOST_CORNERS, area_of

SQUARE = [[116.0, 36.0], [116.1, 36.0], [116.1, 36.1], [116.0, 36.1], [116.0, 36.0]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_square_is_one() -> None:
    assert isinstance(area_of(polygon(SQUARE)), shapely.Polygon)


@pytest.mark.parametrize(
    ("geometry", "wrong"),
    [
        pytest.param(None, "no_area", id="nothing"),
        pytest.param({"type": "Point", "coordinates": [116, 36]}, "no_area", id="point"),
        pytest.param({"type": "Polygon", "coordinates": 7}, "no_area", id="no corners"),
        pytest.param({"type": "MultiPolygon", "coordinates": []}, "no_area", id="empty"),
        pytest.param(polygon([[x, y * 10] for x, y in SQUARE]), "not_on_earth", id="far"),
        pytest.param(polygon([SQUARE[i] for i in (0, 2, 1, 3, 0)]), "not_valid", id="crossed"),
        pytest.param(
            polygon([*SQUARE[:1] * (MOST_CORNERS + 1), *SQUARE]), "too_many_corners", id="many"
        ),
    ],
)
def test_what_is_wrong_is_named(geometry: object, wrong: str) -> None:
    assert area_of(geometry) == wrong
