"""Chains about derivatives, and the points at which they are evaluated."""

from __future__ import annotations

from dataclasses import replace

from .chain import Member
from .members import RawChain, RawMember, equal_numbers, is_written, role_of, written_number
from .sheet_functions import FunctionReader
from .suggestion import suggestion
from .trees import (
    Apply,
    Blank,
    Derivative,
    Name,
    Row,
    Tree,
    leaves,
    names_in,
    replace_names,
)


class GradientReader(FunctionReader):
    """The part of the reader that reads chains such as dC/dw = (a − y)·x = −0.15."""

    def _gradient(self, raw: RawChain, target: Derivative) -> None:
        if target.written and not self._sum_up(raw, target):
            return
        target = self._resolve_derivative(target)
        self._move_to_point(raw, target)
        self._prepare_functions(raw)
        if self._wait(raw, target):
            return
        if missing := self.names.undefined(target):
            self._arithmetic_of(raw, target, missing[0])
            return
        key = str(target)
        self._step_if_stated_again(key)
        members = self._resolve_members(raw)
        self._stated.add(key)
        self.names.stated_slopes.add(target.written)
        if members and members[-1].digits and members[-1].digits.texts[-1]:
            texts = tuple(text or "" for text in members[-1].digits.texts)
            self._gradients.setdefault(str(target.bottom), {})[target.top.name] = texts
        self._emit("gradient", target, members, shorthand=bool(target.written))

    def _sum_up(self, raw: RawChain, target: Derivative) -> bool:
        """Put the sum in place of the last summand of dx = …, dx += …; return whether it is whole.

        The summands before the last one are no derivatives, so only their arithmetic is judged. A
        number behind dx += … may be the summand or the sum. It is judged as the summand if it is
        equal to it, and as the sum only behind the last summand. It is not judged if the summand is
        not known and other summands have numbers, too.
        """
        summand = raw.members[0]
        found = self._sums.add(self.source, target.written, summand)
        is_added = "+=" in self.source.code
        has_number = len(raw.members) > 1
        value = self._value_of(summand.tree) if has_number and is_added else None
        text = written_number(raw.members[-1].tree)
        is_of_summand = has_number and (
            value is not None and bool(text) and equal_numbers(str(value), text)
            if is_added
            else isinstance(found, str) and str(target) not in map(str, leaves(summand.tree))
        )
        if found is not summand and is_of_summand:
            members = [replace(summand, joiner=""), *raw.members[1:]]
            whole = replace(raw, target=None, members=members)
            self._emit("arithmetic", None, self._resolve_members(whole))
        if isinstance(found, str):
            if has_number:
                self._sums.note_number(self.source, target.written)
            self._skip_part(found)
            return False
        is_doubtful = value is None and self._sums.is_numbered(self.source, target.written)
        is_left_out = found is not summand and (is_of_summand or is_doubtful)
        raw.members[:] = [found, *([] if is_left_out else raw.members[1:])]
        return True

    def _value_of(self, tree: Tree) -> float | None:
        """Return the value of a formula, whose names may have formulas and no numbers, or None."""
        known = {name: self.names.quantities.get(name) for name in names_in(tree)}
        formulas = {
            name: one.tree for name, one in known.items() if one and one.tree and not one.digits
        }
        return self._number(replace_names(tree, formulas), {})

    def _arithmetic_of(self, raw: RawChain, target: Derivative, missing: str) -> None:
        """Read a derivative whose names are not all defined as a name for its calculation.

        Raises:
            WorksheetError: the chain computes nothing, or the missing name may be misspelled.
        """
        if self._take_upstream(raw, target):
            return
        if all(isinstance(member.tree, Blank) for member in raw.members):
            self._skip_part(f"{missing} is not defined")
            return
        computes = any(role_of(member.tree, is_last=True) != "result" for member in raw.members)
        is_marked = raw.members[-1].joiner == "->"  # an answer of an exercise, not a line of notes
        is_clear = missing in (target.top.name, "t")  # as in dr/dt, where nobody gives the time
        is_unclear = not computes and (is_marked or not is_clear)
        if is_unclear or (not is_clear and suggestion(missing, self.names.quantities)):
            raise self._undefined(missing, target.place)
        what = (
            f"only the arithmetic of {target} was checked"
            if computes
            else f"{target} was not judged"
        )
        self.names.notes.append(f"{what}, because {missing} is not defined")
        if computes and self.names.knows(str(target)):  # as in the next round
            self._emit("arithmetic", None, self._resolve_members(raw))
            return
        self._named(raw, Name(str(target), (), target.place))

    def _take_upstream(self, raw: RawChain, target: Derivative) -> bool:
        """Define an unknown L by dL/da = 0.5, where a is computed, as 0.5·a; return whether it was.

        Exercises give such a slope and ask for those before it. Others begin with dL/dz = p − y.
        """
        known, top = self.names.quantities.get(target.bottom.name), target.top.name
        given = raw.members[-1].tree
        is_whole = known and known.uses and not target.bottom.index and is_written(given)
        if not is_whole or self.names.is_quantity(top) or suggestion(top, self.names.quantities):
            return False
        self._emit("arithmetic", None, self._resolve_members(raw))
        place = target.place
        product = Apply("⊙", (given, target.bottom), place)
        tree = Apply("sum", (product,), place) if isinstance(given, Row) else product
        self.names.notes.append(f"{target} is taken as given, and {target.top} is not defined")
        computes = any(not is_written(member.tree) for member in raw.members)
        self._define(top, None, [Member("formula", tree, raw.members[-1].span, rounded=computes)])
        return True

    def _resolve_derivative(self, tree: Derivative) -> Derivative:
        meanings: dict[str, Tree] = {}
        for name in self.names.undefined(tree):
            alias = self.names.find_alias(name)
            if alias:
                self._note_alias(name, alias)
                meanings[name] = Name(alias, (), tree.place)
            else:
                self._list_of_numbered(name, ())  # as in dL/dw of a sheet with w1 and w2
        changed = replace_names(tree, meanings)
        assert isinstance(changed, Derivative)
        return changed

    def _move_to_point(self, raw: RawChain, target: Derivative) -> None:
        """Give the variables of a derivative the values of its point, as in |_{(0, 0)}.

        The next step begins if these values differ from the current ones.
        """
        values = self._point_values(raw, target)
        if not values:
            return
        is_moved = any(not self._has_value(name, text) for name, _, text in values)
        known = [name for name, _, _ in values if self.names.knows(name)]
        if is_moved and known:
            self._next_step()
        for name, tree, text in values:
            if not self._has_value(name, text):
                span = (tree.place, tree.place + len(text))
                members = self._make_members([RawMember("=", tree, span)])
                self._define(name, None, members)
                self._release(name)

    def _point_values(self, raw: RawChain, target: Derivative) -> list[tuple[str, Tree, str]]:
        order = self._variables(target.top.name) if raw.point else []
        found = []
        for k, (name, tree) in enumerate(raw.point):
            text = written_number(tree)
            resolved = name or (order[k] if k < len(order) else "")
            if not text or not resolved:
                raise self.source.error("write a point as |_{x=2}", tree.place)
            found.append((resolved, tree, text))
        return found

    def _variables(self, top: str) -> list[str]:
        """Return the variables of a function, or the names in a formula, in their order."""
        if variables := self.names.variables_of(top):
            return list(variables)
        for waiting in self.waiting:
            if isinstance(waiting.raw.target, Name) and waiting.raw.target.name == top:
                return list(dict.fromkeys(names_in(waiting.raw.members[0].tree)))
        quantity = self.names.quantities.get(top)
        return list(dict.fromkeys(names_in(quantity.tree))) if quantity and quantity.tree else []

    def _has_value(self, name: str, text: str) -> bool:
        """Whether a quantity has this value now, or will have it in the next step."""
        new = self.names.quantities.get(name + "'") if name in self._pending else None
        known = new or self.names.quantities.get(name)
        return known is not None and equal_numbers(known.digits.get((), ""), text)
