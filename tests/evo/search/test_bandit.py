"""The bandit: first shares, credit per call, fading, closing."""

from __future__ import annotations

import numpy as np
import pytest

from evo.search.bandit import EXPLORE, Bandit

SHARES = {"restart": 0.2, "crossover": 0.3, "mutation": 0.5}


def _draws(bandit: Bandit, n: int = 2000) -> dict[str, float]:
    rng = np.random.default_rng(1)
    drawn = [bandit.choose(rng) for _ in range(n)]
    return {arm: drawn.count(arm) / n for arm in SHARES}


def test_without_evidence_the_shares_decide() -> None:
    assert Bandit(SHARES).chances() == pytest.approx(SHARES)
    assert _draws(Bandit(SHARES)) == pytest.approx(SHARES, abs=0.04)


def test_draws_follow_the_chances() -> None:
    bandit = Bandit(SHARES)
    bandit.credit("restart", 0.3, 20)
    bandit.credit("mutation", 0.0, 200)
    assert _draws(bandit) == pytest.approx(bandit.chances(), abs=0.04)


def test_who_gains_more_per_call_is_asked_more() -> None:
    bandit = Bandit({"cheap": 0.5, "dear": 0.5})
    for _ in range(10):
        bandit.credit("cheap", 0.1, 20)
        bandit.credit("dear", 0.1, 200)
    chances = bandit.chances()
    assert chances["cheap"] > 2 * chances["dear"]


def test_a_loss_earns_nothing_but_costs() -> None:
    lost, idle = Bandit(SHARES), Bandit(SHARES)
    for bandit in (lost, idle):
        bandit.credit("crossover", 0.2, 50)
    lost.credit("mutation", -0.9, 150)
    assert 0 < lost.chances()["mutation"] < idle.chances()["mutation"]


def test_no_arm_starves() -> None:
    bandit = Bandit(SHARES)
    for _ in range(200):
        bandit.credit("mutation", 0.5, 20)
        bandit.credit("restart", -0.5, 20)
    assert bandit.chances()["restart"] >= EXPLORE * SHARES["restart"]
    assert sum(bandit.chances().values()) == pytest.approx(1.0)


def test_old_credit_fades() -> None:
    old, fresh = Bandit(SHARES), Bandit(SHARES)
    for bandit in (old, fresh):
        bandit.credit("restart", 0.5, 20)
    for _ in range(40):
        old.age()
    for bandit in (old, fresh):
        bandit.credit("mutation", 0.5, 20)
    assert old.chances()["restart"] < fresh.chances()["restart"]
    assert old.chances()["restart"] < SHARES["restart"]


def test_a_closed_arm_is_never_drawn() -> None:
    bandit = Bandit(SHARES)
    bandit.credit("mutation", 0.5, 20)
    bandit.close("mutation")
    assert "mutation" not in bandit.chances()
    assert _draws(bandit)["mutation"] == 0.0
    for arm in ("restart", "crossover"):
        bandit.close(arm)
    assert bandit.choose(np.random.default_rng(1)) is None


def test_an_arm_that_comes_later_gets_its_share() -> None:
    bandit = Bandit({"mutation": 0.5, "crossover": 0.5})
    before = bandit.chances()
    bandit.open("look", 1.0 / 9.0)
    after = bandit.chances()
    assert after["look"] == pytest.approx(0.1)
    assert after["mutation"] / after["crossover"] == pytest.approx(
        before["mutation"] / before["crossover"]
    )
