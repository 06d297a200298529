"""Names such as dw and dt, which may be derivatives or names of the writer's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..language.chain import Chain
from ..language.trees import Derivative, Name, leaves, plain_names_in
from .verdict import Judged


class ShortNames:
    """Collects how a sheet uses its short names, to decide which of them are derivatives."""

    def __init__(self) -> None:
        self._is_derivative: dict[str, bool] = {}
        self._linked: set[str] = set()  # names that a formula connects with derivatives
        self._linked_by_update: set[str] = set()  # names such as dw in an update of w
        self._wrong: set[str] = set()  # names with a number or a formula that is not right
        self._sources: set[str] = set()  # names from which other derivatives are computed
        # The derivatives that the formulas of a name use.
        self._computed_from: defaultdict[str, set[str]] = defaultdict(set)
        self._explains: dict[str, bool] = {}  # whether a slope computed from a name is right

    @property
    def disputed(self) -> tuple[str, ...]:
        """The names such as dZ that are wrong as derivatives, and from which others are computed.

        An example is dZ = A − Y in a sheet with dw = 1/m·X·dZᵀ, whose loss is a mean. This dZ is
        the gradient of the loss of one example. So are dA and dZ of the layer before, because they
        are computed from it.
        """
        found: list[str] = []
        for name in self._is_derivative:
            is_wrong = name in self._wrong or not self._computed_from[name].isdisjoint(found)
            if name in self._sources and is_wrong:
                found.append(name)
        return tuple(found)

    def explains(self, names: Sequence[str]) -> bool:
        """Whether a slope computed from one of these names, read as an ordinary name, is right."""
        return any(self._explains.get(name) for name in names)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The names such as dt that the sheet does not use as derivatives.

        If no short name is right as a derivative and no update uses one, all are doubtful.
        Otherwise a name is doubtful if its numbers are neither right nor explained by a slip, and
        no formula connects it with an update or another derivative.
        """
        if not self._linked_by_update and not any(self._is_derivative.values()):
            return tuple(self._is_derivative)
        linked = self._linked | self._linked_by_update
        is_derivative = self._is_derivative.items()
        return tuple(name for name, known in is_derivative if not known and name not in linked)

    def note(self, chain: Chain, judged: Sequence[Judged]) -> None:
        """Record what one chain tells about the short names."""
        target = chain.target
        if chain.act == "update" and isinstance(target, Name):
            base = target.name.rstrip("'")
            inside = _derivatives_in(chain)
            self._linked_by_update |= {one.written for one in inside if one.bottom.name == base}
        if isinstance(target, Derivative):
            formulas = [one for one in judged if one.kind == "working"]
            is_right = not any(one.verdict.blamed for one in formulas or judged)
            for name in {name for member in chain.formulas for name in plain_names_in(member.tree)}:
                self._explains[name] = self._explains.get(name, False) or is_right
            if any(one.verdict.blamed for one in judged):
                self._wrong.add(target.written)
            linked = {one.written for one in _derivatives_in(chain)}
            self._linked |= linked
            self._sources |= linked
            self._computed_from[target.written] |= linked
            # ∇w, grad_w and w.grad are derivatives; dw may be a name.
            if chain.shorthand and target.written.isidentifier() and target.written[0] == "d":
                is_seed = str(target.top) == str(target.bottom)  # dy = 1, where the sweep begins
                self._linked |= {target.written} if linked or is_seed else set()
                used = any(one.slips or (one.verdict.ok and one.exact) for one in judged)
                before = self._is_derivative.get(target.written, False)
                is_sum = any(member.heading for member in chain.formulas)  # dx = …, dx += …
                known = before or is_sum or (used and not is_seed)
                self._is_derivative[target.written] = known


def _derivatives_in(chain: Chain) -> list[Derivative]:
    found = [leaf for member in chain.formulas for leaf in leaves(member.tree)]
    return [leaf for leaf in found if isinstance(leaf, Derivative)]
