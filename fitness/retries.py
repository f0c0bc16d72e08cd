"""Trying again after a failure of the infrastructure, for answers and for proposals alike."""

from __future__ import annotations

import time
from collections.abc import Callable

from fitness.budget import BudgetExhaustedError
from fitness.response import Response
from genomes.errors import TransientModelError


def with_retries(
    first: Callable[[], Response], again: Callable[[], Response], *, retries: int, wait: float
) -> Response:
    """The response, or one of status ``infra_error`` that says why it stayed missing.

    Args:
        first: The first try; its call is reserved already.
        again: One further try; reserves its call itself, and is not made if that does not fit.
        retries: Most further tries.
        wait: Seconds before the first of them; doubles each time, up to 30.

    Raises:
        ModelError: A failure that is not worth another try.
    """
    try:
        return first()
    except TransientModelError as error:
        return _again(again, retries, wait) if retries else _missing(error)


def _again(again: Callable[[], Response], retries: int, wait: float) -> Response:
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

    tries = Retrying(
        stop=stop_after_attempt(retries),
        wait=wait_exponential(multiplier=wait, max=30),
        retry=retry_if_exception_type(TransientModelError),
        reraise=True,
    )
    time.sleep(wait)
    try:
        return tries(again)
    except (TransientModelError, BudgetExhaustedError) as error:
        return _missing(error)


def _missing(error: Exception) -> Response:
    return Response("", status="infra_error", error=str(error))
