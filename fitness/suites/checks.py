"""Are these suites fit for use? Duplicates and leaks are refused with the ids at fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from fitness.suites.example import Example
from fitness.suites.suite import Suite
from genomes.errors import DataError

_SHOWN = 5


def check_suites(
    suites: Sequence[Suite], labels: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Makes sure that no example counts twice and that none plays two roles.

    Args:
        suites: All suites of a task.
        labels: Domain to closed answer set; a domain with none, or an empty one, is free text.

    Raises:
        DataError: A suite is empty, has an id or inputs twice, has targets that are no labels
            or, with labels, a single class; or an example or a cluster is in two roles.
    """
    names = [suite.name for suite in suites]
    _refuse({name for name in names if names.count(name) > 1}, "suite name(s) used twice")
    for suite in suites:
        _check_one(suite, tuple((labels or {}).get(suite.domain, ())))
    _check_roles(suites, "example(s) whose inputs are in two roles", lambda e: e.inputs_hash)
    _check_roles(
        suites, "example(s) whose cluster is in two roles", lambda e: (e.domain, e.cluster)
    )
    _check_roles(suites, "id(s) in two roles", lambda e: (e.domain, e.id))


def _check_one(suite: Suite, labels: tuple[str, ...]) -> None:
    if not suite.examples:
        raise DataError(f"suite {suite.name!r} is empty", remedy="give it a larger share")
    where = f"suite {suite.name}"
    _refuse(_twice(suite, lambda e: e.id), "id(s) used twice", where)
    _refuse(_twice(suite, lambda e: e.inputs_hash), "example(s) with the same inputs", where)
    _refuse(
        (e.id for e in suite if e.domain != suite.domain), "example(s) of a foreign domain", where
    )
    if not labels:
        return
    _refuse((e.id for e in suite if e.target not in labels), f"target(s) not in {labels}", where)
    classes = {example.target for example in suite}
    if len(classes) == 1:
        raise DataError(
            f"suite {suite.name!r} has a single class, {classes.pop()!r}",
            where=where,
            remedy="give it examples of every label",
        )


def _twice(suite: Suite, key: Callable[[Example], object]) -> Iterator[str]:
    seen: set[object] = set()
    for example in suite:
        if key(example) in seen:
            yield example.id
        seen.add(key(example))


def _check_roles(suites: Sequence[Suite], what: str, key: Callable[[Example], object]) -> None:
    roles: dict[object, set[str]] = defaultdict(set)
    for suite in suites:
        for example in suite:
            roles[key(example)].add(suite.role)
    leaks = (e.id for suite in suites for e in suite if len(roles[key(e)]) > 1)
    involved = sorted({role for found in roles.values() if len(found) > 1 for role in found})
    _refuse(dict.fromkeys(leaks), what, f"roles {', '.join(involved)}")


def _refuse(ids: Iterable[str], what: str, where: str | None = None) -> None:
    found = sorted(ids)
    if not found:
        return
    shown = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
    raise DataError(
        f"{len(found)} {what}: {shown}",
        where=where,
        remedy="remove or regroup them; split by cluster keeps related examples in one role",
    )
