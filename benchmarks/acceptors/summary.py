"""From verdicts and courses to measurements with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.acceptors.lineages import Course
from benchmarks.acceptors.measure import Courses, Verdict, Verdicts
from benchmarks.lines import Line
from fitness.stats import mean_interval, wilson

BENCH = "acceptors"

_OF_COURSE: dict[str, Callable[[Course], float]] = {
    "promotions": lambda course: course.promotions,
    "false_promotions": lambda course: course.false,
    "harmful_promotions": lambda course: course.harmful,
    "true_gain": lambda course: course.true_gain,
    "reported_gain": lambda course: course.reported_gain,
    "decisions": lambda course: course.decisions,
    "examples_per_decision": lambda course: course.examples / max(course.decisions, 1),
    "calls_per_decision": lambda course: course.calls / max(course.decisions, 1),
    "calls": lambda course: course.calls,
    "distinct_examples": lambda course: course.distinct,
}


def decision_lines(verdicts: Verdicts) -> list[Line]:
    """``promoted`` (for all domains), ``promoted_own`` (one domain alone) and ``examples``."""
    return [line for key, found in verdicts.items() for line in _of_decisions(*key, found)]


def course_lines(courses: Courses) -> list[Line]:
    """Means over lines, and the shares of lines with any false and any harmful promotion."""
    return [line for key, found in courses.items() for line in _of_courses(*key, found)]


def _of_decisions(task: str, method: str, found: Sequence[Verdict]) -> Iterator[Line]:
    calls = round(sum(verdict.calls for verdict in found) / len(found))
    yield _share(task, method, "promoted", [v.everywhere for v in found], calls)
    if task.startswith("narrow"):
        yield _share(task, method, "promoted_own", [v.own for v in found], calls)
    yield _mean(task, method, "examples", [v.examples for v in found], calls)


def _of_courses(task: str, method: str, found: Sequence[Course]) -> Iterator[Line]:
    calls = round(sum(course.calls for course in found) / len(found))
    yield _share(task, method, "any_false", [course.false > 0 for course in found], calls)
    yield _share(task, method, "any_harmful", [course.harmful > 0 for course in found], calls)
    for metric, value in _OF_COURSE.items():
        yield _mean(task, method, metric, [value(course) for course in found], calls)


def _share(task: str, method: str, metric: str, hits: Sequence[bool], calls: int) -> Line:
    share, low, high = wilson(sum(hits), len(hits))
    return Line(BENCH, task, method, metric, share, low=low, high=high, n=len(hits), calls=calls)


def _mean(task: str, method: str, metric: str, values: Sequence[float], calls: int) -> Line:
    mean, low, high = mean_interval(values)
    return Line(BENCH, task, method, metric, mean, low=low, high=high, n=len(values), calls=calls)
