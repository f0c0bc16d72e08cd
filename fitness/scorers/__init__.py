"""Scorers: how much an answer is worth, in [0, 1].

By name: ``scorer``, ``scorer_name``, ``is_pass_fail``, ``is_built_in``, ``GROUP``. Protocol:
``Scorer``, ``in_unit``. Built in: ``exact``, ``normalised``, ``contains``, ``regex``,
``numeric``, ``json_equal``, ``json_schema``, ``token_f1``, ``margin``, ``composite``. The user's
own: ``function_scorer``, ``load_function``. From a response: ``outcome``, ``score_with``.
"""

from fitness.scorers.composite import composite
from fitness.scorers.functions import function_scorer, load_function
from fitness.scorers.json_schema import json_equal, json_schema
from fitness.scorers.matching import contains, exact, margin, normalised, regex
from fitness.scorers.numeric import numeric
from fitness.scorers.protocol import Scorer, in_unit
from fitness.scorers.registry import (
    GROUP,
    is_built_in,
    is_judge,
    is_pairwise,
    is_pass_fail,
    scorer,
    scorer_name,
)
from fitness.scorers.score import outcome, score_with
from fitness.scorers.token_f1 import token_f1

__all__ = [
    "GROUP",
    "Scorer",
    "composite",
    "contains",
    "exact",
    "function_scorer",
    "in_unit",
    "is_built_in",
    "is_judge",
    "is_pairwise",
    "is_pass_fail",
    "json_equal",
    "json_schema",
    "load_function",
    "margin",
    "normalised",
    "numeric",
    "outcome",
    "regex",
    "score_with",
    "scorer",
    "scorer_name",
    "token_f1",
]
