"""Pictures of a run, without pyplot: PNG, SVG or PDF by suffix.

Records: ``ScorePoint``, ``Baseline``, ``GateMark``. Pareto front: ``pareto_data``,
``pareto_figure``, ``plot_pareto``. Progress: ``progress_data``, ``progress_figure``,
``plot_progress``. An attempt at the gate: ``course_data``, ``course_figure``, ``plot_course``.
Lineage: ``lineage_data``, ``lineage_figure``, ``plot_lineage``, coloured by
``family``. Files: ``save_figure``. Matplotlib is imported when a figure is made, the data
functions do without.
"""

from evo.plots.canvas import save_figure
from evo.plots.course import CourseData, course_data, course_figure, plot_course
from evo.plots.families import FAMILIES, Family, family
from evo.plots.lineage import lineage_figure, plot_lineage
from evo.plots.lineage_data import LineageData, Node, lineage_data
from evo.plots.pareto import ParetoData, pareto_data, pareto_figure, plot_pareto
from evo.plots.progress import ProgressData, plot_progress, progress_data, progress_figure
from evo.plots.records import Baseline, GateMark, ScorePoint

__all__ = [
    "FAMILIES",
    "Baseline",
    "CourseData",
    "Family",
    "GateMark",
    "LineageData",
    "Node",
    "ParetoData",
    "ProgressData",
    "ScorePoint",
    "course_data",
    "course_figure",
    "family",
    "lineage_data",
    "lineage_figure",
    "pareto_data",
    "pareto_figure",
    "plot_course",
    "plot_lineage",
    "plot_pareto",
    "plot_progress",
    "progress_data",
    "progress_figure",
    "save_figure",
]
