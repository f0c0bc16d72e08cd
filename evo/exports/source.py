"""What an exporter is given."""

from __future__ import annotations

from dataclasses import dataclass

from evo.champion import Version
from fitness.suites import Suite
from genomes import Genome, Rendered, render
from genomes.errors import ConfigError, DataError


@dataclass(frozen=True)
class ModelRef:
    """A model as other tools name it; never a key.

    Attributes:
        name: ``provider/model`` or a plain name.
        base_url: Address of an OpenAI-compatible server; ``None`` for the provider's own.
        api_key_env: Name of the environment variable that holds the key.
    """

    name: str
    base_url: str | None = None
    api_key_env: str | None = None


@dataclass(frozen=True)
class Source:
    """A genome with what is known about it.

    Attributes:
        genome: The genome.
        name: The agent's name; ``None`` if not known.
        version: The champion version that it comes from; ``None`` for a genome that was never
            let in by a gate.
        domain: The domain meant, for forms that hold one; may be ``None`` if there is only one.
        model: The model meant, for forms that name one.
        suites: Search suites, for forms that show examples.

    Raises:
        DataError: A suite of another role is given: what judges is never exported.
    """

    genome: Genome
    name: str | None = None
    version: Version | None = None
    domain: str | None = None
    model: ModelRef | None = None
    suites: tuple[Suite, ...] = ()

    def __post_init__(self) -> None:
        for suite in self.suites:
            if suite.role != "search":
                raise DataError(
                    f"suite {suite.name!r} has the role {suite.role}: it is never exported",
                    remedy="only search examples may leave the workspace",
                )

    def rendered(self) -> Rendered:
        """The one domain meant, rendered.

        Raises:
            ConfigError: Unknown domain, or none named where there are several.
        """
        names = [domain.name for domain in self.genome.domains]
        if self.domain is None and len(names) > 1:
            raise ConfigError(
                "which domain? this form holds one", where="--domain",
                remedy=f"name one of: {', '.join(names)}",
            )  # fmt: skip
        return render(self.genome, self.domain or names[0])

    def meant_model(self) -> ModelRef:
        """The model meant.

        Raises:
            ConfigError: None is known.
        """
        if self.model is None:
            raise ConfigError(
                "which model? this form names one", where="--model",
                remedy="add --model NAME, or export where evo.yaml names models.task",
            )  # fmt: skip
        return self.model
