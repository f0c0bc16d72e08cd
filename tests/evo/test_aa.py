"""The champion against itself: fresh answers, search examples only, charged, free when repeated."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from support import labelled, taste_config, taste_task

from evo.aa import PURPOSE, measure_noise
from evo.storage import Store
from fitness.budget import BudgetExhaustedError
from fitness.response import Response
from fitness.suites import Example
from genomes import Rendered
from genomes.errors import ConfigError


@dataclass
class Coin:
    """Right with probability ``skill``, afresh in each call."""

    skill: float = 0.8
    stateless: bool = False
    fingerprint: str = "coin"
    price: tuple[float, float] | None = (0.0, 0.0)
    asked: list[str] = field(default_factory=list)
    luck: random.Random = field(default_factory=lambda: random.Random(5))

    def run(self, rendered: Rendered, example: Example) -> Response:
        self.asked.append(example.id)
        right = self.luck.random() < self.skill
        good = (example.target == "good") == right
        return labelled(-0.1, -5.0) if good else labelled(-5.0, -0.1)


def test_the_noise_of_an_agent_that_answers_by_chance(tmp_path: Path) -> None:
    agent, task = Coin(), taste_task()
    found = measure_noise(taste_config(tmp_path), n=60, repeat=2, task=task, agent=agent)
    assert (found.fixed, found.n, found.repeat, found.bought) == (False, 60, 2, 240)
    assert (found.pairs, found.missing, len(agent.asked)) == (120, 0, 240)
    searched = {one.id for suite in task.of("search") for one in suite}
    assert set(agent.asked) <= searched
    assert found.discordance is not None
    assert 0.2 < found.discordance < 0.45  # 2 * .8 * .2 is .32
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.0 < found.high
    assert found.promoted is not None
    assert found.promoted < 0.05
    assert found.replays == 400


def test_clusters_and_not_examples_are_what_the_gain_to_find_rests_on(tmp_path: Path) -> None:
    task = taste_task()
    shared = tuple(
        replace(
            suite,
            independent=False,
            examples=tuple(
                replace(one, cluster=f"{suite.name}-{place // 8}")
                for place, one in enumerate(suite.examples)
            ),
        )
        for suite in task.suites
    )
    loose = measure_noise(taste_config(tmp_path / "a"), n=40, task=task, agent=Coin())
    tied = measure_noise(
        taste_config(tmp_path / "b"), n=40, task=replace(task, suites=shared), agent=Coin()
    )
    assert (loose.test, tied.test) == ("sign", "eprocess")
    assert loose.detectable is not None
    assert tied.detectable is None or tied.detectable > loose.detectable


def test_it_is_charged_as_its_own_purpose_and_never_bought_twice(tmp_path: Path) -> None:
    agent, config = Coin(), taste_config(tmp_path)
    first = measure_noise(config, n=20, task=taste_task(), agent=agent)
    again = measure_noise(config, n=20, task=taste_task(), agent=agent)
    assert (first.bought, again.bought) == (40, 0)
    assert again.model_copy(update={"bought": 40}) == first
    with Store(config.store_path) as store:
        rows = store._read("SELECT DISTINCT run_id, purpose FROM calls")
        assert {row["purpose"] for row in rows} == {PURPOSE}
        assert store.runs() == []  # the latest run stays the latest


def test_a_shift_between_the_arms_would_be_seen(tmp_path: Path) -> None:
    class Drifting(Coin):
        def run(self, rendered: Rendered, example: Example) -> Response:
            self.skill = 0.4 if len(self.asked) < 60 else 1.0
            return super().run(rendered, example)

    found = measure_noise(taste_config(tmp_path), n=60, task=taste_task(), agent=Drifting())
    assert found.low is not None
    assert found.low > 0.2
    assert found.promoted is not None
    assert 0.4 < found.promoted <= 0.5  # either arm stands for the candidate in half of them


def test_a_budget_is_asked_for_and_kept(tmp_path: Path) -> None:
    agent = Coin()
    config = taste_config(tmp_path)
    none = config.model_copy(update={"budget": type(config.budget)()})
    with pytest.raises(ConfigError, match="up to 80 calls"):
        measure_noise(none, n=40, task=taste_task(), agent=agent)
    small = config.model_copy(update={"budget": type(config.budget)(calls=79)})
    with pytest.raises(BudgetExhaustedError):
        measure_noise(small, n=40, task=taste_task(), agent=agent)
    assert agent.asked == []
