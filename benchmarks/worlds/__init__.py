"""Worlds with tools: fresh state for each episode, scored by the state in which they end.

``World`` is the protocol, with ``WorldTool``, ``Observation`` and ``Score``. The worlds:
``benchmarks.worlds.calling`` (eight services) and ``benchmarks.worlds.telecom``.
"""

from benchmarks.worlds.world import Observation, Score, World, WorldTool

__all__ = ["Observation", "Score", "World", "WorldTool"]
