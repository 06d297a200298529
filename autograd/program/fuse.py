"""Convert a graph to the terms of a program, with constants folded and sums of products as DOTs.

``w1*x1 + w2*x2 + b`` written by hand, with any parentheses, equals ``dot([w1, w2], [x1, x2], b)``
up to rounding. If every inner sum and product is used only once, the whole sum becomes one DOT.
`schedule` can combine DOTs to a matrix product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..engine.note import new_tuple
from ..engine.operation import Op
from ..engine.ops import ADD, CONSTANT, DOT, MUL, SUM
from ..graph.graph import Graph


class Term(NamedTuple):
    """One number of a program: an operation on earlier terms.

    Attributes:
        op: the operation.
        parents: the indices of the terms that it reads.
        data: the number that was recorded.
        node: the index of its node in the graph, or −1 for a number that fusing introduced.
        varies: whether it differs from example to example.
    """

    op: Op
    parents: tuple[int, ...]
    data: float
    node: int
    varies: bool


@dataclass
class _Facts:
    """What fusing needs to know about every node.

    Attributes:
        graph: the graph.
        inputs: the leaves that differ from example to example.
        roots: the nodes that remain terms: the output, and those whose numbers are kept.
        varies: whether a node differs from example to example.
        constant: whether a node depends on constants alone.
        uses: how often a node is an operand of other nodes.
        worth_fusing: whether a node is a sum that becomes one operation.
    """

    graph: Graph
    inputs: frozenset[int]
    roots: Sequence[int]
    varies: list[bool] = field(default_factory=list)
    constant: list[bool] = field(default_factory=list)
    uses: list[int] = field(default_factory=list)
    worth_fusing: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.uses = [0] * len(self.graph.nodes)
        for node in self.graph.nodes:
            for parent in node.parents:
                self.uses[parent] += 1
        for index in self.roots:
            self.uses[index] += 2  # so that no sum absorbs it, which needs exactly one use
        for node in self.graph.nodes:
            parents = node.parents
            if not parents:
                self.varies.append(node.index in self.inputs)
                self.constant.append(node.op is CONSTANT)
                self.worth_fusing.append(False)
                continue
            self.varies.append(any(map(self.varies.__getitem__, parents)))
            self.constant.append(all(self.constant[p] for p in parents))
            self.worth_fusing.append(self._is_worth_fusing(node.index))

    def _is_worth_fusing(self, index: int) -> bool:
        """Return whether flattening a sum pays.

        It pays if the sum absorbs a product, another sum worth flattening, or a sum such as b + c
        of parameters, which is the same for all examples.
        """
        node = self.graph.nodes[index]
        if node.op not in (ADD, SUM) or self.constant[index]:
            return False
        inside = [p for p in node.parents if self.absorbable(p, index)]
        return any(
            self.graph.nodes[p].op is MUL
            or self.worth_fusing[p]
            or (self.graph.nodes[p].op in (ADD, SUM) and not self.varies[p])
            for p in inside
        )

    def absorbable(self, index: int, user: int) -> bool:
        """Return whether a node may be absorbed by the sum that uses it.

        Such a node is not a constant and has no other use. Either both the node and the sum vary by
        example, or neither does.
        """
        same = self.varies[index] == self.varies[user]
        return self.uses[index] == 1 and same and not self.constant[index]

    def summands(self, root: int) -> list[int]:
        """Return the summands of a sum from left to right, those of absorbed sums included."""
        found, stack = [], [root]
        while stack:
            index = stack.pop()
            is_sum = self.graph.nodes[index].op in (ADD, SUM)
            # Absorbed sums vary if the root does, so the root is tested in place of the inner user.
            if index == root or (is_sum and self.absorbable(index, root)):
                stack.extend(reversed(self.graph.nodes[index].parents))
            else:
                found.append(index)
        return found

    def absorbed(self) -> set[int]:
        """Return the nodes inside sums of products, which do not become terms."""
        inside: set[int] = set()
        for node in reversed(self.graph.nodes):  # so that a sum precedes what it absorbs
            if self.worth_fusing[node.index] or (node.index in inside and node.op in (ADD, SUM)):
                inside.update(
                    p
                    for p in node.parents
                    if self.absorbable(p, node.index) and self.graph.nodes[p].op in (ADD, SUM, MUL)
                )
        return inside


class _Builder:
    """The terms so far, and for each node the index of its term."""

    def __init__(self, facts: _Facts) -> None:
        self.facts = facts
        self.terms: list[Term] = []
        self.term_of: dict[int, int] = {}

    def add(self, op: Op, parents: Iterable[int], data: float, node: int = -1) -> int:
        """Append a term and return its index."""
        parents, terms = tuple(parents), self.terms
        varies = True in [terms[p].varies for p in parents]
        terms.append(new_tuple(Term, (op, parents, data, node, varies)))
        return len(terms) - 1

    def enter(self, index: int) -> None:
        """Append the term of a node. It is a constant if the node depends on constants alone."""
        node = self.facts.graph.nodes[index]
        if not node.parents:
            self.term_of[index] = len(self.terms)
            # Most nodes of a large graph are leaves, and `new_tuple` is faster than Term(…).
            leaf = new_tuple(Term, (node.op, (), node.data, index, self.facts.varies[index]))
            self.terms.append(leaf)
        elif self.facts.constant[index]:
            self.term_of[index] = self.add(CONSTANT, (), node.data, index)
        elif node.op is DOT:
            self.enter_dot(index)
        else:
            parents = [self.term_of[parent] for parent in node.parents]
            self.term_of[index] = self.add(node.op, parents, node.data, index)

    def enter_dot(self, index: int) -> None:
        """Append the term of a DOT node."""
        parents = [self.term_of[p] for p in self.facts.graph.nodes[index].parents]
        # A DOT has n factors, then the n factors that multiply them, and perhaps a bias.
        n = len(parents) // 2
        pairs = zip(parents[:n], parents[n : 2 * n], strict=True)
        self.enter_pairs(index, list(pairs), parents[2 * n :])

    def enter_sum(self, index: int) -> None:
        """Append a sum of products as one DOT. A SUM adds the DOT to other summands that vary."""
        nodes = self.facts.graph.nodes
        pairs: list[tuple[int, int]] = []
        plain: list[int] = []
        for summand in self.facts.summands(index):
            if nodes[summand].op is MUL and self.facts.absorbable(summand, index):
                a, b = nodes[summand].parents
                pairs.append((self.term_of[a], self.term_of[b]))
            else:
                plain.append(self.term_of[summand])
        if not pairs:
            self.term_of[index] = self.add(SUM, plain, nodes[index].data, index)
            return
        bias = [p for p in plain if not self.terms[p].varies]
        others = [p for p in plain if self.terms[p].varies]
        if len(bias) > 1:
            bias = [self.add(SUM, bias, sum(self.terms[p].data for p in bias))]
        if not others:
            self.enter_pairs(index, pairs, bias)
            return
        inner = sum(self.terms[a].data * self.terms[b].data for a, b in pairs)
        inner += sum(self.terms[p].data for p in bias)
        op = DOT if len(pairs) > 1 or bias else MUL  # a product alone needs no DOT inside the SUM
        others.append(self.add(op, self.order_pairs(pairs, bias), inner))
        self.term_of[index] = self.add(SUM, others, nodes[index].data, index)

    def enter_pairs(self, index: int, pairs: list[tuple[int, int]], bias: list[int]) -> None:
        """Append the DOT of these pairs as the term of the node `index`."""
        parents = self.order_pairs(pairs, bias)
        self.term_of[index] = self.add(DOT, parents, self.facts.graph.nodes[index].data, index)

    def order_pairs(self, pairs: list[tuple[int, int]], bias: list[int]) -> list[int]:
        """Return the parents of a DOT. If one factor of a pair varies by example, it is second."""
        ordered = [(b, a) if self.varies_first(a, b) else (a, b) for a, b in pairs]
        return [*(first for first, _ in ordered), *(second for _, second in ordered), *bias]

    def varies_first(self, a: int, b: int) -> bool:
        """Return whether the first of two factors varies by example and the second does not."""
        return self.terms[a].varies and not self.terms[b].varies


def fuse(
    graph: Graph, inputs: frozenset[int], keep: Sequence[int] = ()
) -> tuple[list[Term], list[int]]:
    """Return the graph as terms in topological order, and the indices of the output and `keep`.

    The term of the output always varies by example. If the output is a leaf or depends on no input,
    a copy that counts as varying is appended. Nodes that depend on constants alone become
    constants. Nodes inside sums of products have no terms. Nodes on which only these depended have
    none either. The output and the nodes in `keep` always have terms.
    """
    roots = [graph.outputs[0], *keep]
    facts = _Facts(graph, inputs, roots)
    builder, absorbed = _Builder(facts), facts.absorbed()
    for node in graph.nodes:
        if facts.worth_fusing[node.index] and node.index not in absorbed:
            builder.enter_sum(node.index)
        elif node.index not in absorbed:
            builder.enter(node.index)
    terms, places = builder.terms, [builder.term_of[root] for root in roots]
    output = terms[places[0]]
    if not output.varies or not output.parents:
        terms.append(Term(SUM, (places[0],), output.data, -1, True))
        places[0] = len(terms) - 1
    return _prune(terms, places)


def _prune(terms: list[Term], roots: list[int]) -> tuple[list[Term], list[int]]:
    """Return the terms that the roots depend on, renumbered, and the roots."""
    needed = set(roots)
    for index in reversed(range(len(terms))):
        if index in needed:
            needed.update(terms[index].parents)
    if len(needed) == len(terms):
        return terms, roots
    renumbered = {old: new for new, old in enumerate(sorted(needed))}
    kept = [
        term._replace(parents=tuple(renumbered[p] for p in term.parents))
        for term in (terms[old] for old in sorted(needed))
    ]
    return kept, [renumbered[root] for root in roots]
