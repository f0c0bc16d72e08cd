"""Taking one change out of a genome and keeping those that came later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genomes.errors import GenomeError, IntegrityError
from genomes.genome import Gene, Genome
from genomes.render import render
from genomes.scoping import SEPARATOR

_Content = tuple[tuple[str, Any], ...]


def without_change(present: Genome, before: Genome, after: Genome) -> Genome:
    """``present`` without what led from ``before`` to ``after``: a three-way merge, gene by gene.

    A gene that the change did not touch stays; one that it touched and nothing later did goes
    back. Where both touched a gene, fields that only one of them touched are merged; scopes are
    merged as sets of domains, so that gains of two domains can be taken apart; so are lists of
    demonstrations to which the change only added. Every domain is then checked by itself: what
    acts there is as before the change, or as at present where the change did nothing.

    Stored versions are verified by doing this again, so for the same genomes the result must
    never change.

    Args:
        present: What the change is taken out of.
        before: As it was before the change.
        after: As it was right after it.

    Raises:
        IntegrityError: Later changes build on this one; names the genes. Or what is left cannot
            be rendered.
    """
    if present == after:
        return before
    old, new, now = (_by_id(genome) for genome in (before, after, present))
    conflicts: list[str] = []
    kept: dict[str, Gene] = {}
    for name in dict.fromkeys((*now, *old)):
        try:
            gene = _merged(old.get(name), new.get(name), now.get(name), before, present)
        except _Conflict:
            conflicts.append(name)
            continue
        if gene is not None:
            kept[name] = gene
    order = _order(before, after, present, kept)
    if conflicts or order is None:
        raise _refusal(conflicts or ["the order of the genes"])
    result = present.with_genes(tuple(kept[name] for name in order))
    _check(result, before, after, present)
    return result


class _Conflict(Exception):  # noqa: N818 (a signal inside this module)
    """Two changes of one thing."""


def _refusal(genes: Iterable[str]) -> IntegrityError:
    return IntegrityError(
        f"the change cannot be taken out alone: later changes build on it in {', '.join(genes)}",
        remedy="roll back to a version before it, or take the later changes out first",
    )


def _by_id(genome: Genome) -> dict[str, Gene]:
    return {gene.id: gene for gene in genome.genes}


def _merged(
    old: Gene | None, new: Gene | None, now: Gene | None, before: Genome, present: Genome
) -> Gene | None:
    if old == new or now == old:
        return now
    if now == new and (old is None or new is None or old.scope == new.scope):
        return old
    if old is not None and new is not None:
        return None if now is None else _fields_merged(old, new, now, before, present)
    if old is None and new is not None and now is not None and _body(now) == _body(new):
        return None  # limited to other domains since; each domain is checked below
    if old is None and now is None:
        return None
    raise _Conflict


def _fields_merged(old: Gene, new: Gene, now: Gene, before: Genome, present: Genome) -> Gene | None:
    was, became, content = vars(old), vars(new), dict(vars(now))
    if old.kind != new.kind or new.kind != now.kind:
        raise _Conflict
    for field in content:
        if was[field] == became[field] or content[field] == was[field]:
            continue
        if field == "scope":
            content[field] = _scope_merged(old, new, now, before, present)
        elif content[field] == became[field]:
            content[field] = was[field]
        elif field == "demos":
            content[field] = _list_merged(was[field], became[field], content[field])
        else:
            raise _Conflict
    if content["scope"] is None:
        return None
    return type(now).model_validate(content)


def _scope_merged(
    old: Gene, new: Gene, now: Gene, before: Genome, present: Genome
) -> tuple[str, ...] | None:
    """The domains in which the gene acts then; ``None`` for none (an empty scope means all)."""
    if now.scope == new.scope and present.domains == before.domains:
        return old.scope
    everywhere = [domain.name for domain in present.domains]
    seen = {domain.name for domain in before.domains}
    given = {name for name in seen if old.acts_in(name) and not new.acts_in(name)}
    taken = {name for name in seen if new.acts_in(name) and not old.acts_in(name)}
    acts = [n for n in everywhere if (now.acts_in(n) or n in given) and n not in taken]
    if not acts:
        return None
    return () if acts == everywhere and not old.scope else tuple(acts)


def _list_merged(was: Sequence[Any], became: Sequence[Any], now: Sequence[Any]) -> tuple[Any, ...]:
    """The list without what the change added; the change must have done nothing else."""
    added = list(became)
    for one in was:
        if one not in added:
            raise _Conflict
        added.remove(one)
    rest = list(now)
    for one in added:
        if one not in rest:
            raise _Conflict
        rest.remove(one)
    return tuple(rest)


def _order(
    before: Genome, after: Genome, present: Genome, kept: Mapping[str, Gene]
) -> list[str] | None:
    """Ids in order; ``None`` if the change and a later one both moved genes."""
    old, new, now = ([gene.id for gene in one.genes] for one in (before, after, present))
    order = [name for name in now if name in kept]
    shared = set(old) & set(new) & set(order)
    was, became, stands = ([n for n in ids if n in shared] for ids in (old, new, order))
    if was != became and stands not in (became, was):
        return None
    if was != became:
        turn = iter(was)
        order = [next(turn) if name in shared else name for name in order]
    for name in (name for name in old if name in kept and name not in order):
        ahead = [one for one in old[: old.index(name)] if one in order]
        order.insert(order.index(ahead[-1]) + 1 if ahead else 0, name)
    return order


def _check(result: Genome, before: Genome, after: Genome, present: Genome) -> None:
    known = {domain.name for domain in after.domains}
    wrong: dict[str, None] = {}
    for domain in [one.name for one in present.domains]:
        old, new, now, then = (_acting(g, domain) for g in (before, after, present, result))
        names = dict.fromkeys((*old, *new, *now, *then))
        fits = [
            _fits(then.get(n), old.get(n), new.get(n), now.get(n), known=domain in known)
            for n in names
        ]
        wrong.update(dict.fromkeys(n for n, good in zip(names, fits, strict=True) if not good))
        if old == new and list(old) == list(new) and list(then) != list(now):
            wrong["the order of the genes"] = None
    if wrong:
        raise _refusal(wrong)
    try:
        for one in present.domains:
            render(result, one.name)
    except GenomeError as error:
        raise IntegrityError(
            f"what is left without the change cannot be rendered: {error.what}",
            remedy="roll back to a version before it",
        ) from error


_Acting = list[tuple[str, _Content]]


def _acting(genome: Genome, domain: str) -> dict[str, _Acting]:
    """Slot to the (id, content) of the genes that fill it in a domain, in order."""
    found: dict[str, _Acting] = {}
    for gene in genome.genes:
        if gene.acts_in(domain):
            slot = gene.id.partition(SEPARATOR)[0]
            found.setdefault(slot, []).append((gene.id, _body(gene)))
    return found


def _fits(
    then: _Acting | None,
    old: _Acting | None,
    new: _Acting | None,
    now: _Acting | None,
    *,
    known: bool,
) -> bool:
    """Whether what fills a slot is what the change left of it."""
    a, b, c, d = (_bodies(one) for one in (old, new, now, then))
    if a == b or c == a or (b and not c):
        return d == c
    if c == b:
        # A domain that came later saw the change only as part of the champion.
        return d == a or (not known and d == c)
    ids = [[name for name, _ in one or ()] for one in (old, new, now)]
    merged = ids[0] == ids[1] == ids[2] and len(ids[0]) == 1
    return merged or (not known and d == c)


def _bodies(genes: _Acting | None) -> list[_Content]:
    return [body for _, body in genes or ()]


def _body(gene: Gene) -> _Content:
    return tuple((k, v) for k, v in vars(gene).items() if k not in ("id", "scope"))
