"""The whole of ``evo.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from evo.config.agent import AgentConfig
from evo.config.blocks import Block, BudgetConfig, DataConfig, ModelsConfig, RunConfig
from evo.config.gaps import GapsConfig
from evo.config.judge import JudgeConfig
from evo.config.objective import ObjectiveConfig
from evo.gate.config import GateConfig
from evo.search.config import SearchConfig


class Config(Block):
    """What a run works on, with which model, and how much it may spend.

    Either ``task`` or ``data`` says what the work is.

    Attributes:
        version: Version of this file's form.
        name: Name of the agent; also the folder below ``champions/``.
        task: A suite announced under the entry-point group ``evogate.suites``, or
            ``module:function`` giving an ``evo.task.Task``.
        data: The user's own examples instead.
        genome: YAML file with the seed genome of ``data``; default a plain one.
        spec: YAML file with what may vary, if not the key ``spec`` of ``genome``.
        agent: What is improved; default a chat with ``models.task``.
        models: The models.
        objectives: What the search weighs beside quality, regression, cost and length; and hard
            limits.
        anchors: Outputs with a known verdict, as a list or a YAML or JSONL file; a scorer that
            contradicts one is refused. Each has ``output``, ``verdict`` (pass or fail) and
            ``example`` or ``target``.
        junk: What becomes of a scorer that rewards junk: ``refuse`` or ``warn``.
        judge: The model behind ``scorer: judge``; the anchors are what it is calibrated on.
        gaps: What is bought to see whether answers change from one time to the next.
        search: How the search spends its calls.
        gate: How strict the gate is.
        budget: Upper bounds.
        run: How the run is carried out.
        workspace: Folder that holds ``runs/`` and ``champions/``; default the folder of
            ``evo.yaml``.
    """

    version: Literal[1] = 1
    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    task: str | None = None
    data: DataConfig | None = None
    genome: Path | None = None
    spec: Path | None = None
    agent: AgentConfig = AgentConfig()
    models: ModelsConfig = ModelsConfig()
    objectives: tuple[ObjectiveConfig, ...] = ()
    anchors: Path | list[dict[str, Any]] | None = None
    junk: Literal["refuse", "warn"] = "refuse"
    judge: JudgeConfig | None = None
    gaps: GapsConfig = GapsConfig()
    search: SearchConfig = SearchConfig()
    gate: GateConfig = GateConfig()
    budget: BudgetConfig = BudgetConfig()
    run: RunConfig = RunConfig()
    workspace: Path = Path()

    @model_validator(mode="after")
    def _one_kind_of_work(self) -> Config:
        if (self.task is None) == (self.data is None):
            raise ValueError("give either task or data")
        if self.task is not None and (self.genome or self.spec):
            raise ValueError("genome and spec belong to data; a task brings its own")
        return self

    @model_validator(mode="after")
    def _judge_has_work(self) -> Config:
        wanted = self.data is not None and str(self.data.scorer).split(":")[0] == "judge"
        if wanted and self.judge is None:
            raise ValueError("data.scorer is judge, but there is no block judge")
        if self.data is not None and self.judge is not None and not wanted:
            raise ValueError("there is a block judge, but data.scorer is not judge")
        return self

    @model_validator(mode="after")
    def _replicates_bounded(self) -> Config:
        if self.gaps.replicates and self.budget == BudgetConfig():
            raise ValueError("gaps.replicates buys calls and needs a budget, e.g. budget.calls")
        return self

    @model_validator(mode="after")
    def _objectives_once(self) -> Config:
        names = [one.name for one in self.objectives]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"objective {twice!r} is given twice")
        return self

    @property
    def store_path(self) -> Path:
        """The workspace's store."""
        return self.workspace / "runs" / "evo.db"

    @property
    def champions_path(self) -> Path:
        """The folder of all champions."""
        return self.workspace / "champions"
