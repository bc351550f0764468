"""Plain Splink 5 as a peer: the same comparisons and blocks wherever we are set beside it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def scored_pairs(left: pd.DataFrame, right: pd.DataFrame, least: float) -> pd.DataFrame:
    """The pairs that it finds with at least so much probability, the likeliest first.

    Args:
        left: People with unique_id, number, name, sound, born and place; missing is null.
        right: The same of the other register.
        least: From 0 to 1.
    """
    from splink import DuckDBAPI, Linker, block_on

    api = DuckDBAPI()
    frames = [
        api.register(frame, dataset_display_name=side)
        for frame, side in ((left, "a"), (right, "b"))
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = Linker(frames, _settings(1 / len(left)), log_level=50)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for block in (block_on("number"), block_on("sound", "born")):
            linker.training.estimate_parameters_using_expectation_maximisation(block)
        scored = linker.inference.predict(threshold_match_probability=least)
        return scored.as_pandas_dataframe().sort_values("match_probability", ascending=False)


def _settings(chance: float) -> object:
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    name_levels = [
        {"sql_condition": "name_l IS NULL OR name_r IS NULL", "is_null_level": True},
        {"sql_condition": "name_l = name_r"},
        {"sql_condition": "sound_l = sound_r"},
        {"sql_condition": "levenshtein(name_l, name_r) = 1"},
        {"sql_condition": "ELSE"},
    ]
    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=chance,
        comparisons=[
            cl.DamerauLevenshteinAtThresholds("number", [1, 2]),
            cl.CustomComparison(output_column_name="name", comparison_levels=name_levels),
            cl.LevenshteinAtThresholds("born", [1]),
            cl.ExactMatch("place"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("sound", "born"),
            block_on("sound", "place"),
            block_on("born", "place"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
