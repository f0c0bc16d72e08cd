"""The smallest difference that each suite can detect; measures and asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from evo.gate.config import GateConfig
from evo.gate.plan import choose_test, is_pass_fail
from evo.gate.preflight import DISCORDANCES, HARMLESS_DISCORDANCE, Detectable, Preflight
from fitness.stats import minimum_detectable
from fitness.stats.loss_power import smallest_loss, smallest_margin
from fitness.suites import Role, Suite

_AUDIT_ALPHA = 0.025
"""One side of the report's 95 % interval."""


class SuiteOutlook(BaseModel):
    """What a suite can tell with 80 % power.

    Attributes:
        suite: Name.
        role: Its role; the search claims nothing, so a search suite detects nothing here.
        domain: Its domain.
        n: Examples that one look at it spends: of a shard for the gate, of the whole otherwise.
        units: Independent units among them: examples, or clusters.
        finds: ``gain`` (what an attempt promotes), ``loss`` (what vetoes a promotion),
            ``difference`` (what leaves zero outside the report's interval); ``None`` for nothing.
        test: How it is tested; ``None`` where nothing is.
        alpha: Level of the test.
        detectable: The smallest true difference found, for each share of answers that differ.
        margin: The smallest margin that a harmless change (5 % of the answers differ) keeps to;
            above the config's, such changes will often not be certified. ``None`` if unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    role: Role
    domain: str
    n: int
    units: int
    finds: Literal["gain", "loss", "difference"] | None = None
    test: Literal["sign", "eprocess"] | None = None
    alpha: float | None = None
    detectable: tuple[Detectable, ...] = ()
    margin: float | None = None


def suite_outlooks(
    config: GateConfig, suites: Sequence[Suite], outlook: Preflight, domain: str
) -> tuple[SuiteOutlook, ...]:
    """What each suite can detect.

    Args:
        config: Thresholds.
        suites: All suites of the task.
        outlook: State of the gate.
        domain: The domain to improve.
    """
    return tuple(_outlook(config, suite, outlook, domain) for suite in suites)


def _outlook(config: GateConfig, suite: Suite, outlook: Preflight, domain: str) -> SuiteOutlook:
    if suite.role == "gate" and suite.domain == domain and len(suite):
        return _of_gate(config, suite, outlook)
    if suite.role == "regression":
        return _of_regression(config, suite)
    plain = SuiteOutlook(
        suite=suite.name, role=suite.role, domain=suite.domain, n=len(suite), units=_units(suite)
    )
    if suite.role != "audit":
        return plain
    return plain.model_copy(
        update={
            "finds": "difference",
            "test": "sign" if is_pass_fail(suite) else "eprocess",
            "alpha": _AUDIT_ALPHA,
            "detectable": _losses(suite, plain.units, _AUDIT_ALPHA),
        }
    )


def _of_gate(config: GateConfig, suite: Suite, outlook: Preflight) -> SuiteOutlook:
    return SuiteOutlook(
        suite=suite.name,
        role=suite.role,
        domain=suite.domain,
        n=outlook.n,
        units=min(outlook.n, _units(suite)),
        finds="gain",
        test=choose_test(config, suite),
        alpha=outlook.alpha,
        detectable=outlook.detectable,
    )


def _of_regression(config: GateConfig, suite: Suite) -> SuiteOutlook:
    n = min(len(suite), config.regression_n or len(suite))
    units = min(n, _units(suite))
    exact = is_pass_fail(suite)
    margin = smallest_margin(n, config.regression_alpha, HARMLESS_DISCORDANCE) if exact else None
    return SuiteOutlook(
        suite=suite.name,
        role=suite.role,
        domain=suite.domain,
        n=n,
        units=units,
        finds="loss",
        test="sign" if exact else "eprocess",
        alpha=config.loss_alpha,
        detectable=_losses(suite, units, config.loss_alpha),
        margin=margin,
    )


def _losses(suite: Suite, units: int, alpha: float) -> tuple[Detectable, ...]:
    return tuple(
        Detectable(
            discordance=share,
            difference=smallest_loss(units, alpha, share)
            if is_pass_fail(suite)
            else minimum_detectable(units, alpha, share, test="eprocess", min_discordant=1),
        )
        for share in DISCORDANCES
    )


def _units(suite: Suite) -> int:
    return len(suite) if suite.independent else len({example.cluster for example in suite})
