"""Answers that a program will read."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from fitness.reading import Answer
from fitness.scorers.protocol import Scorer
from fitness.suites.example import Example
from genomes.errors import ConfigError


def json_schema(argument: str) -> Scorer:
    """1 if the whole answer is JSON that fits the schema; the target plays no part.

    Strict: a fence of back-ticks around the JSON, ``NaN`` or a second value is a failure, as it
    would be for the program that reads it. References beyond the schema are never fetched.

    Args:
        argument: The schema as JSON text.

    Raises:
        ConfigError: It is no JSON, or no valid JSON Schema.
    """
    validator = _validator(argument)

    def score(answer: Answer, example: Example) -> float:  # noqa: ARG001 (no target needed)
        try:
            value = json.loads(answer.text or "", parse_constant=_refuse)
        except (ValueError, RecursionError):
            return 0.0
        try:
            return float(validator.is_valid(value))
        except (RecursionError, OverflowError):  # deeper, or larger, than a program can read
            return 0.0

    return score


def json_equal(answer: Answer, example: Example) -> float:
    """1 if answer and target are the same JSON value, whatever the order of keys, the spaces and
    the way a number is written: 1, 1.0 and 1e0 are one number."""
    wanted = _canonical(json.loads(example.target))
    try:
        found = _canonical(json.loads(answer.text or "", parse_constant=_refuse))
    except (ValueError, RecursionError):
        return 0.0
    return float(found == wanted)


def _canonical(value: Any) -> str:
    # As text: in Python True equals 1, in JSON it does not.
    return json.dumps(_numbers(value), sort_keys=True)


def _numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


@lru_cache(maxsize=32)
def _validator(text: str) -> Any:
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry

    try:
        schema = json.loads(text)
        kind = validator_for(schema)
        kind.check_schema(schema)
    except ValueError as error:
        raise ConfigError(
            f"the schema of 'json_schema:{text:.40}' is no JSON: {error}",
            remedy="give the schema itself; in evo.yaml the name of its file will do",
        ) from error
    except SchemaError as error:
        raise ConfigError(
            f"no valid JSON Schema: {error.message:.200}", where=f"json_schema {error.json_path}"
        ) from error
    return kind(schema, registry=Registry())
