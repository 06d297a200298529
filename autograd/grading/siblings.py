"""Siblings: quantities treated as independent, although one is computed from another.

Take y = a1·v1 + a2·v2, where a1 and a2 = 1 − a1 are weights of attention. By ∂y/∂a1, most writers
mean the partial v1, which holds a2 fixed. The total derivative v1 − v2 is right too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from ..language.chain import Chain
from ..language.trees import Apply, Derivative, Name, Number, Tree, names_in
from .grader import Grader
from .held_fixed import derivatives_in
from .second_names import Siblings


def read_apart(
    graded: Callable[[Siblings], Grader], first: Grader, chains: Iterable[Chain]
) -> tuple[Grader, list[str]]:
    """Return the grader of a sheet, with siblings held fixed if that explains the sheet better.

    The second result is a list of sentences, one for each quantity that is read as independent.

    Args:
        graded: the function that grades the sheet with given siblings.
        first: the grader of the sheet without siblings.
        chains: the chains of the sheet.
    """
    best, siblings, sentences = first, dict[str, frozenset[str]](), []
    for name, others, is_complement in _candidates(list(chains), _blamed_lines(first)):
        other = graded({**siblings, name: others})
        is_complete = len(other.unread) + len(other.notes) <= len(best.unread) + len(best.notes)
        before, after = _blamed_lines(best), _blamed_lines(other)
        if is_complement:  # fewer mistakes, or as many but further down
            is_better = (len(after), before) < (len(before), after)
        else:
            # If a partial is read as a total derivative, its own line and a later one seem wrong.
            is_better = len(after) + 2 <= len(before)
        if is_complete and is_better:
            best, siblings[name] = other, others
            sentences.append(
                f"{name} is read as independent of {' and '.join(sorted(others))}, so a derivative "
                "by one holds the other fixed."
            )
    return best, sentences


def _blamed_lines(grader: Grader) -> list[int]:
    return [one.line for one in grader.judged if one.verdict.blamed]


def _candidates(
    chains: list[Chain], blamed: list[int]
) -> Iterator[tuple[str, frozenset[str], bool]]:
    """Yield each quantity that may have siblings, its siblings, and whether it is their complement.

    The sheet has to differentiate the same thing by the quantity and by its sibling, and the line
    of a derivative by the sibling has to be wrong. This is enough for a complement such as 1 − a1.
    With any other formula, the writer may have forgotten a path. Some formula of the sheet
    therefore also has to use the derivatives by both.
    """
    tops: dict[str, set[str]] = {}  # what is differentiated by each quantity
    doubtful: set[str] = set()  # quantities by which a derivative is wrong
    added: set[frozenset[str]] = set()  # pairs of quantities whose derivatives one formula uses
    for chain in chains:
        inside = derivatives_in(chain)
        own = [chain.target] if isinstance(chain.target, Derivative) else []
        doubtful |= {one.bottom.name for one in own if chain.source.line in blamed}
        for one in (*inside, *own):
            tops.setdefault(one.bottom.name, set()).add(one.top.name)
        used = {one.bottom.name for one in inside} - {one.bottom.name for one in own}
        added.update(map(frozenset, combinations(used, 2)))
    for chain in chains:
        if chain.act != "define" or not isinstance(chain.target, Name):
            continue
        name, tree = chain.target.name, chain.members[0].tree
        variables = doubtful.intersection(names_in(tree)) if name in tops else set[str]()
        others = frozenset(x for x in variables if not tops[name].isdisjoint(tops[x]))
        if others and _is_complement(tree):
            yield name, others, True
        elif others and added.issuperset(frozenset((name, other)) for other in others):
            yield name, others, False


def _is_complement(tree: Tree) -> bool:
    """Whether a formula subtracts names from a number, as 1 − a1 − a2 does."""
    numbers, stack = 0, [(tree, 1)]  # parts of the sum with their signs
    while stack:
        part, sign = stack.pop()
        if isinstance(part, Apply) and part.head in ("+", "-", "neg"):
            signs = {"+": (1, 1), "-": (1, -1), "neg": (-1,)}[part.head]
            stack += [(arg, sign * s) for arg, s in zip(part.args, signs, strict=True)]
        elif isinstance(part, Number):
            numbers += 1
        elif not isinstance(part, Name) or sign > 0:
            return False
    return numbers > 0
