"""Functions that a sheet defines, such as f(x) = x², and rules for their slopes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ..late_pattern import compile_late
from .definitions import Definer
from .grammar import Parser, parse
from .layout import Line
from .members import RawChain, RawMember, role_of, written_number
from .sheet_source import Source, WorksheetError
from .spelling import canonical_name
from .tokens import tokens
from .trees import (
    Apply,
    Name,
    Number,
    Row,
    Tree,
    calls_in,
    names_in,
    replace_names,
)
from .vocabulary import function_name

_PYTHON_HEAD = compile_late(r"\s*(\w+)\s*\(([\w\s,]+)\)[^=]*=")
_E = compile_late(r"(?<![\w.])e(?![\w(])")
_TRIED = (-2.0, 0.5, 3.0)  # arguments for which two functions are compared
_POINT = compile_late(r"(?i)[\s,;.$]*(?:\w+\s+){0,3}?(?:at|point)\s+(?:\w\s*=?\s*)?(\([^()=]+\))")


class FunctionReader(Definer):
    """The part of the reader that keeps the functions of the sheet until a line uses them."""

    def _function(self, raw: RawChain, target: Apply) -> None:
        """Read f(x) = x² as the definition of a function f.

        If x has a value, the chain also defines a quantity f.
        """
        params = tuple(arg.name for arg in target.args if isinstance(arg, Name))
        hidden = {name: Name("·" + name, (), target.place) for name in params}
        body = replace_names(self._expand(raw.members[0].tree), hidden)
        if function_name(target.head):
            return
        if any(call.head.rstrip("'") == target.head for call in calls_in(body)):
            raise self.source.error(
                f"{target.head} is defined by itself; write its formula out", target.place
            )
        if target.head.endswith("'") and self.names.is_function(target.head.rstrip("'")):
            self._slopes[target.head] = (raw, self.source, params[0])
            return
        self.names.functions[target.head] = (tuple(hidden[name].name for name in params), body)
        quantity = replace(raw, target=Name(target.head, (), target.place))
        used = set(names_in(body))  # J(θ) = ½(a − y)² does not use θ
        params = tuple(name for name in params if hidden[name].name in used)
        self._functions[target.head] = (quantity, self.source, params)
        self._read_point_after(raw, params)
        if all(map(self.names.knows, params)):
            self._call_up(target.head)

    def _read_python_function(self, line: Line) -> None:
        """Define the function of "def f(x): return x*2".

        The line is skipped if it cannot be read, if the function calls itself, if a quantity has
        its name, or if a known function of the same name gives the same numbers.
        """
        head = _PYTHON_HEAD.match(line.source.code)
        assert head is not None
        name, source = head[1], line.source
        params = [canonical_name(one.strip()) for one in head[2].split(",")]
        if "e" in params:  # so that e**2 is the square of the parameter
            params[params.index("e")] = "ε"
            source = replace(source, code=_E.sub("ε", source.code))
        with suppress(WorksheetError):
            hidden = {one: Name("·" + one, (), head.start()) for one in params}
            body = self._expand(replace_names(self._parsed(source, head.end()), hidden))
            variables = tuple(hidden[one].name for one in params)
            is_other = not function_name(name) or self._differs(name, variables, body)
            is_new = is_other and not self.names.knows(name)
            if is_new and all(call.head != name for call in calls_in(body)):
                self.names.functions[name] = (variables, body)
                return
        self._skip()

    def _differs(self, name: str, variables: tuple[str, ...], body: Tree) -> bool:
        """Whether a function gives other numbers than the known function of the same name."""
        for first in _TRIED:
            numbers = [Number(first + k, 0, f"{first + k}") for k in range(len(variables))]
            known = self._number(Apply(name, tuple(numbers), 0), {})
            ours = self._number(replace_names(body, dict(zip(variables, numbers, strict=True))), {})
            if ours is not None and (known is None or abs(ours - known) > 1e-9):
                return True
        return False

    def _parsed(self, source: Source, start: int = 0, end: int | None = None) -> Tree:
        found = tokens(source, start, end, self.notation)
        parser = Parser(source, found, self.names, self.notation)
        tree = parser.choice()
        parser.finish()
        return tree

    def _read_point_after(self, raw: RawChain, params: tuple[str, ...]) -> None:
        """Define x and y by the point in f(x, y) = x²y at (2, −1)."""
        found = _POINT.match(self.source.text, raw.members[-1].span[1])
        if not found:
            return
        values = parse(self.source, start=found.start(1), end=found.end(1), notation=self.notation)
        items = values.items if isinstance(values, Row) else (values,)
        if len(items) == len(params) and all(map(written_number, items)):
            for name, item in zip(params, items, strict=True):
                member = RawMember("=", item, (item.place, item.place + 1))
                target = Name(name, (), item.place)
                self._chain(RawChain(item.place, target, [member], is_point=True))

    def _call_up(self, name: str) -> None:
        """Define the quantity f by the formula of the function f(x)."""
        raw, source, _ = self._functions.pop(name)
        assert isinstance(raw.target, Name)
        here, self.source = self.source, source
        # The function was written before the updates of this step, so it uses the old values.
        pending, self._pending = self._pending, set()
        self._named(raw, raw.target)
        self.source, self._pending = here, pending

    def _call_up_functions_of(self, name: str) -> None:
        """Define functions of this variable as quantities, because a step may descend on one."""
        for function, (_, _, params) in list(self._functions.items()):
            if name in params and all(map(self.names.knows, params)):
                self._call_up(function)

    def _prepare_functions(self, raw: RawChain) -> None:
        """Define functions as quantities if a chain uses their names, and judge its slope rules."""
        if not (self._functions or self._slopes):
            return
        trees = [member.tree for member in raw.members]
        has_formula = any(role_of(tree, is_last=True) == "formula" for tree in trees)
        if isinstance(raw.target, Name) and has_formula:
            self._functions.pop(raw.target.name, None)  # because this line defines the quantity
        elif raw.target:
            trees.append(raw.target)
        for name in dict.fromkeys(name for tree in trees for name in names_in(tree)):
            is_unused = name in self._functions and not self.names.knows(name)
            if is_unused and all(map(self.names.knows, self._functions[name][2])):
                self._call_up(name)
        for call in (call for tree in trees for call in calls_in(tree)):
            if call.head in self._slopes and not self.names.undefined(call):
                self._check_slope(call)

    def _check_slope(self, call: Apply) -> None:
        """Judge a rule such as f′(x) = 2x at the first point where the sheet uses it."""
        raw, source, variable = self._slopes.pop(call.head)
        here, self.source = self.source, source
        left = source.text[raw.place : raw.members[0].span[0]]
        span = (raw.place, raw.place + len(left.rstrip(" =≈&:$")))
        members = [
            replace(member, tree=replace_names(member.tree, {variable: call.args[0]}))
            for member in raw.members
        ]
        first = RawMember("", call, span)
        self._emit(
            "arithmetic",
            None,
            self._resolve_members(replace(raw, target=None, members=[first, *members])),
        )
        self.source = here
