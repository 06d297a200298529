"""Chains of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..late_pattern import compile_late
from .chain import Chain, Skipped, Span
from .lists import items_of
from .members import RawChain, RawMember, equal_numbers, is_written, role_of, written_number
from .step_tracking import is_round
from .trees import (
    Apply,
    Derivative,
    Name,
    Number,
    Row,
    Tree,
    plain_number,
)
from .vocabulary import function_name
from .worded_targets import WordedTargets

# Words before a number that is not the writer's own, as in: the answer should be d1 = 0.3.
_OF_OTHERS_WORDS = """
should expected expect supposed solution solutions book textbook key pytorch tensorflow
jax autograd keras soll sollte erwartet lösungsbuch debería devrait attendu
"""
_OF_OTHERS = frozenset(_OF_OTHERS_WORDS.split())
_TOTAL = compile_late(r"(?i)\W*(?:sum|total|average|mean|summe|mittel)\b")
_COUNTED_BEFORE = compile_late(
    r"(?i)\W*(?:[tknij]|iter(?:ation)?|step|epoch)\W{0,3}[1-9]\d*\s*[:)]"
)
_MOST_SUMMED = 50  # the most chains of one line whose results are added


class ChainReader(WordedTargets):
    """The part of the reader that tells the kinds of chains apart."""

    def _chain(self, raw: RawChain) -> None:
        self.names.notes = []
        self._prepare_functions(raw)
        self._counts_rounds = self._counts_rounds or is_round(raw.label)
        self._in_round = self._in_round or self._note_round(raw.label)
        target = raw.target = self._updated_by_gradient(raw)
        if raw.words and isinstance(target, Name):
            target = self._meant_by_words(raw, target)
            if isinstance(target, Apply):
                self._judge_call(raw, target)
                return
            raw.words = raw.words if target is raw.target else frozenset()
            raw.target = target
        if raw.is_new and isinstance(target, Name):
            self._call_up_functions_of(target.name)
        if isinstance(target, Derivative) and target.written and target.top == target.bottom:
            target = raw.target = self._own_slope(raw, target)
        if isinstance(target, Name) and all(map(_points_at_name, raw.members)):
            return  # because x → h → y only draws what rests on what
        if target and len(raw.members) > 1 and _is_sequence(raw.members):
            if self._read_change(raw, target):
                return
            raw.members = raw.members[:1]
            self._skip_part(f"no line says how {target} changes to its last number")
        if isinstance(target, Name) and not self.names.knows(target.name):
            target = raw.target = self._link_new_name(raw, target)
        self._in_total = self._in_total or bool(self._examples > 1 and _TOTAL.match(raw.label))
        if self._in_total:
            self._skip_part("sums over examples are not followed here")
        elif raw.words & _OF_OTHERS and len(raw.members) == 1 and is_written(raw.members[0].tree):
            reason = f"it says what {target} should be, and not what the writer got"
            self.statements.append(Skipped(self.source, reason, is_part=True))
        elif isinstance(target, Name) and self._is_word_for_sum(target, raw):
            self._sum_of_last_list(raw, target)
        elif isinstance(target, Name) and (parts := self._new_parts(raw, target)):
            self._unpack(replace(raw, members=raw.members[1:]), parts)
            self._named(raw, target)
        elif isinstance(target, Row):
            self._unpack(raw, target)
        elif isinstance(target, Apply):
            self._function(raw, target)
        elif isinstance(target, Derivative):
            self._gradient(raw, target)
        elif isinstance(target, Name) and self._is_counted_update(raw, target):
            self._named(replace(raw, is_new=True, is_row=True), target)
        elif isinstance(target, Name) and self._is_unexplained_round(raw):
            self._skip_part(f"the sheet does not say how {target} changes")
        elif isinstance(target, Name):
            if self._in_round and target.name not in self.names.quantities:
                alias = self.names.find_alias(target.name)
                target = replace(target, name=alias or target.name)
            if self._in_round and target.name in self._updated:
                raw.target = target = replace(target, name=target.name + "'")
            self._named(raw, target)
        else:
            self._emit("arithmetic", None, self._resolve_members(self._without_heading(raw)))

    def _read_change(self, raw: RawChain, target: Tree) -> bool:
        """Read w: 0.5 -> 0.46 as the old and the new value, and return whether it was read so."""
        first, *others = raw.members
        if not isinstance(target, Name) or len(others) != 1 or not self._is_explained(target):
            return False
        if self._is_changed(target):
            self._emit("claim", target, self._make_members([first]))
        else:
            self._chain(replace(raw, members=[first]))
        self._chain(replace(raw, is_new=True, was_named_new=True, members=others))
        return True

    def _without_heading(self, raw: RawChain) -> RawChain:
        """Return the chain without a first member that only says what its calculation is for.

        Examples are gelu(x) ≈ x·σ(1.7x) = 0.85, and avg grad = (−1 + 0)/2, where grad is a number.
        """
        first, *others = raw.members
        match first.tree:
            case Apply(head=head, args=(Name() as name,)) if others:
                roles = [role_of(member.tree, is_last=False) for member in others]
                is_near = others[0].joiner == "≈" and roles[0] == "formula"
                is_mean = function_name(head) in ("mean", "sum") and roles[0] == "numbers"
                is_number = is_mean and not self.names.rank_of(name)
                if is_number or (is_near and function_name(head)):
                    return replace(raw, members=others)
        return raw

    def _own_slope(self, raw: RawChain, target: Derivative) -> Name | Derivative:
        """Return dy = 1 as dy/dy, and dy = y − t of a sheet without a loss as an ordinary name."""
        is_one = plain_number(written_number(raw.members[-1].tree)) == 1
        return target if is_one else Name(target.written, (), target.place)

    def _unpack(self, raw: RawChain, target: Row) -> None:
        """Read [x, y] = [1, 2] as the chains x = 1 and y = 2, and ∇f likewise."""
        count = len(target.items)
        parts: list[list[RawMember]] = [[] for _ in range(count)]
        for member in raw.members:
            values = items_of(member.tree)
            if values is None or len(values) != count:
                raise self.source.error(
                    f"there are {count} names before =, so {count} numbers are expected after it",
                    raw.place,
                )
            for part, value in zip(parts, values, strict=True):
                part.append(replace(member, tree=value, span=_span_of(value, member.span)))
        for item, part in zip(target.items, parts, strict=True):
            self._chain(replace(raw, target=item, members=part))

    def _new_parts(self, raw: RawChain, target: Name) -> Row | None:
        """Return (w, b) if θ = (w, b) = (1, 0) gives these names their values, or None."""
        first, *others = (member.tree for member in raw.members)
        if not (others and isinstance(first, Row) and isinstance(others[-1], Row)):
            return None
        are_new = all(
            isinstance(one, Name) and not self.names.knows(one.name) for one in first.items
        )
        return first if are_new and len(first.items) == len(others[-1].items) else None

    def _is_word_for_sum(self, target: Name, raw: RawChain) -> bool:
        is_word = function_name(target.name) == "sum" and not self.names.knows(target.name)
        return is_word and len(raw.members) == 1 and is_written(raw.members[0].tree)

    def _sum_of_last_list(self, raw: RawChain, target: Name) -> None:
        """Judge sum = 11.2 as the sum of the numbers in its line, or of the list before it.

        Without them, sum is an ordinary name.
        """
        chains = [one for one in self.statements[-_MOST_SUMMED:] if isinstance(one, Chain)]
        here = [one for one in chains if one.source is self.source] or chains[-1:]
        summands = [
            one.target if isinstance(one.target, Name) else one.members[0].tree
            for one in here
            if one.results and not one.is_given
        ]
        shapes = [one.results[-1].digits for one in here if one.results]
        is_list = len(summands) == 1 and shapes[0] is not None and len(shapes[0].shape) == 1
        if not (is_list or len(summands) > 1):
            self._named(raw, target)
            return
        items = summands[0] if is_list else Row(tuple(summands), target.place)
        span = (target.place, target.place + len(target.name))
        first = RawMember("", Apply("sum", (items,), target.place), span)
        self._chain(replace(raw, target=None, members=[first, *raw.members]))

    def _gradient_by(self, bottom: Name, top: str = "") -> Derivative | None:
        """Return the derivative by a quantity, of `top` or else of the loss, or None."""
        top = top or (self.names.loss_of(bottom.name) if self.names.knows(bottom.name) else "")
        return Derivative(Name(top, (), bottom.place), bottom, bottom.place) if top else None

    def _is_unexplained_round(self, raw: RawChain) -> bool:
        """Whether a chain such as "step 2: w = 0.4" gives a number that no formula explains."""
        assert isinstance(raw.target, Name)
        is_bare = len(raw.members) == 1 and bool(written_number(raw.members[0].tree))
        new = self.names.quantities.get(raw.target.name + "'")
        if not (is_bare and self._counts_rounds):
            return False
        if new is None:
            return raw.target.name in self._stated and self._changes_unexplained(raw)
        is_other = not equal_numbers(new.digits.get((), ""), written_number(raw.members[0].tree))
        return is_other and not new.uses

    def _is_counted_update(self, raw: RawChain, target: Name) -> bool:
        """Whether a line such as k = 1: x = 1.6 gives the new value of a step of the sheet."""
        is_bare = len(raw.members) == 1 and bool(written_number(raw.members[0].tree))
        known = self.names.quantities.get(target.name)
        if not (is_bare and known and known.is_given and _COUNTED_BEFORE.match(self.source.text)):
            return False
        is_other = not equal_numbers(known.digits.get((), ""), written_number(raw.members[0].tree))
        if is_other:
            self._call_up_functions_of(target.name)
        return is_other and self._step_of(target) is not None

    def _changes_unexplained(self, chain: RawChain) -> bool:
        """Whether a row gives another number for a quantity that the sheet never updates.

        A quantity that depends on it changes without an explanation too.
        """
        target = chain.target
        known = self.names.quantities.get(target.name) if isinstance(target, Name) else None
        if known is None or not isinstance(target, Name):
            return False
        number = written_number(chain.members[0].tree)
        is_other = not equal_numbers(known.digits.get((), ""), number)
        if is_other and not known.uses:
            self._unexplained.add(target.name)
        return is_other and bool(self.names.ancestors(target.name) & self._unexplained)


def _span_of(tree: Tree, span: Span) -> Span:
    """Return the span of a number in a list, or the span of the list."""
    return (tree.place, tree.place + len(tree.text)) if isinstance(tree, Number) else span


def _points_at_name(member: RawMember) -> bool:
    return member.joiner == "->" and isinstance(member.tree, Name)


def _is_sequence(members: Sequence[RawMember]) -> bool:
    """Whether arrows join only numbers, or only lists of one length, as in w: 2.00 -> 2.18."""
    if members[1].joiner != "->":
        return False
    trees = [member.tree for member in members]
    if any(role_of(tree, is_last=False) != "result" for tree in trees):
        return False
    lengths = {len(tree.items) if isinstance(tree, Row) else 0 for tree in trees}
    return all(map(is_written, trees)) and len(lengths) == 1
