from __future__ import annotations

from collections.abc import Callable

import pytest

from fitness.suites import Example


@pytest.fixture
def make_example() -> Callable[..., Example]:
    """``make_example(id, cluster=..., text=..., target=..., domain=...)``."""

    def make(
        name: object,
        *,
        cluster: object = None,
        text: str | None = None,
        target: str = "yes",
        domain: str = "d",
    ) -> Example:
        inputs = {"text": f"text {name}" if text is None else text}
        return Example(str(name), inputs, target, domain, str(name if cluster is None else cluster))

    return make
