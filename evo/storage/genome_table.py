"""Stored genomes."""

from __future__ import annotations

from pydantic import ValidationError

from evo.storage.database import Database
from evo.storage.lookup import unique_match
from genomes.errors import StoreError
from genomes.genome import Genome
from genomes.hashing import canonical_json


class GenomeTable(Database):
    """Genomes by content hash, shared by all runs of the workspace."""

    def put_genome(self, genome: Genome) -> str:
        """Stores a genome (once) and returns its id."""
        self._write(
            "INSERT OR IGNORE INTO genomes (id, genome) VALUES (?, ?)",
            (genome.id, canonical_json(genome)),
        )
        return genome.id

    def get_genome(self, prefix: str) -> Genome:
        """The genome with this id or unique beginning of an id.

        Raises:
            ConfigError: No genome or several genomes begin so.
            StoreError: The row does not hold what its id says.
        """
        rows = self._read("SELECT genome FROM genomes WHERE id = ?", (prefix,))
        if not rows:
            known = [row["id"] for row in self._read("SELECT id FROM genomes ORDER BY rowid")]
            genome_id = unique_match("genome", prefix, known)
            rows = self._read("SELECT genome FROM genomes WHERE id = ?", (genome_id,))
            prefix = genome_id
        return self._checked(prefix, rows[0]["genome"])

    def _checked(self, genome_id: str, text: str) -> Genome:
        try:
            genome = Genome.model_validate_json(text)
        except ValidationError as error:
            raise StoreError(
                f"genome {genome_id[:12]} is damaged: {error.errors()[0]['msg']}",
                where=str(self.path),
            ) from error
        if genome.id != genome_id:
            raise StoreError(
                f"genome {genome_id[:12]} does not have the content of its id",
                where=str(self.path),
            )
        return genome
