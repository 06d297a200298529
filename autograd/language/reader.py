"""The reader of a sheet, which decides for each chain of equalities what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeGuard

from .chain import Act, Chain, Member, Reading, Skipped, Span, Statement, StepBreak
from .grammar import Parser
from .layout import Line, read_layout
from .members import (
    LineParser,
    RawChain,
    RawMember,
    role_of,
    written_number,
)
from .names import LOSS_NAMES, SheetNames
from .notation import count_of, counted_names, notation_of, target_names
from .program_lines import mark_programs
from .recognition import recognize, recognize_update
from .settling import MOST_TRIED, Settler, Waiting, equal_numbers
from .spelling import canonical_name
from .suggestion import suggestion
from .tables import Cell, TableRow, read_tables
from .tokens import (
    Source,
    Token,
    WorksheetError,
    is_joiner,
    tokens,
)
from .trees import (
    Apply,
    Derivative,
    Name,
    Number,
    Row,
    Tree,
    calls_in,
    counts_on,
    leaves,
    names_in,
    replace_names,
    rewrite,
)
from .vocabulary import function_name

_ROUND = re.compile(r"(?i)\b(?:epoch|iteration|iter|step|round|pass)\W{0,3}\d+")
_HEADING = re.compile(r"\W*[^\W\d]{2,}\W{1,3}\d+\W*")  # such as step 1 or "Epoch 2:"
_HAS_NUMBER = re.compile(r"[=≈→]\s*[-−+]?[\d.\[(]")
_FREE_RULE = re.compile(r"(?=.*\w\[\s*[ijkn]\s*\])\D*")  # a rule for all i, without any number


def read_sheet(text: str, ordinary: Iterable[str] = ()) -> Reading:
    """Return the statements of a sheet.

    The names in `ordinary`, such as dt, are not read as short forms of derivatives.

    Raises:
        WorksheetError: a line has no reading, or two. The message says what to write instead.

    >>> [chain] = read_sheet("z = 2*3 = 6").chains()
    >>> chain.act, [member.role for member in chain.members]
    ('define', ['numbers', 'result'])
    """
    rows = list(read_tables(mark_programs(read_layout(text))))
    reader = Reader([row for row in rows if isinstance(row, Line)], ordinary)
    for row in rows:
        if isinstance(row, Line):
            reader.read(row)
        else:
            reader.read_row(row)
    reader.finish()
    return Reading(tuple(reader.statements), reader.skipped)


class Reader(Settler):
    """A reader that takes the lines of a sheet in order.

    It tracks which names are defined and which quantities the current step has updated.

    Attributes:
        statements: the statements that were read so far.
        skipped: the number of lines that were skipped so far.
    """

    def __init__(self, lines: Sequence[Line], ordinary: Iterable[str] = ()) -> None:
        self.notation = notation_of(lines)
        self._counted = counted_names(lines)
        self.names = SheetNames(target_names(lines), ordinary)
        self.statements: list[Statement] = []
        self.skipped = 0
        self.source = Source("")
        # Without any --- line in the sheet, the reader infers where a step begins.
        self._infers_steps = not any(line.kind == "step" for line in lines)
        self._stated: set[str] = set()  # the names and derivatives that this step has stated
        self._pending: set[str] = set()  # the quantities that were updated in this step
        # The quantities updated by w ← … or w = w − …, because w is the new value from then on.
        self._assigned: set[str] = set()
        # The quantities that any step has updated, in order. A dict is used as an ordered set.
        self._updated: dict[str, None] = {}
        # The written text of each gradient dC/dw, by w and then by C.
        self._gradients: dict[str, dict[str, str]] = {}
        self.waiting: list[Waiting] = []
        self._waiting_for: dict[str, list[Waiting]] = {}
        # The functions and slopes of the sheet that no later line has used yet, by name.
        self._functions: dict[str, tuple[RawChain, Source, tuple[str, ...]]] = {}
        self._slopes: dict[str, tuple[RawChain, Source, str]] = {}
        self._rounds = 0
        self._in_round = False
        self._writes_updates = False

    # --- lines ------------------------------------------------------------------------------------

    def read(self, line: Line) -> None:
        """Read one line.

        Raises:
            WorksheetError: the line has no reading, or two.
        """
        self.source = line.source
        count = count_of(line)
        if count and count[0] in self._counted:
            self._count(*count)
        elif line.kind == "step":
            self._next_step()
        elif line.kind == "program" or _FREE_RULE.fullmatch(line.source.code):
            self._skip()
        elif line.kind == "code":
            self._read_code(line)

    def _read_code(self, line: Line) -> None:
        self._in_round = False
        found = tokens(line.source, notation=self.notation)
        before = len(self.statements)
        try:
            parser = LineParser(line.source, found, self.names, self.notation)
            if not parser.joiners:
                self._read_words(found)
            for raw in parser.chains():
                self._chain(raw)
        except WorksheetError as error:
            if not self._is_prose(found):
                raise
            reason = (
                error.message.partition("; ")[0] if _HAS_NUMBER.search(line.source.code) else ""
            )
            if len(self.statements) == before:
                self._skip(reason)
            elif reason:
                self.statements.append(Skipped(self.source, reason, is_part=True))

    def _skip(self, reason: str = "") -> None:
        self.skipped += 1
        self.statements.append(Skipped(self.source, reason))

    def _is_prose(self, found: Sequence[Token]) -> bool:
        """Whether the line has two words in a row and no answer that is marked by ->."""
        if any(token.text in ("->", "?") and is_joiner(token) for token in found):
            return False
        words = [token.is_text or self._is_word(token) for token in found]
        return any(
            one and other and not second.tight
            for one, other, second in zip(words, words[1:], found[1:], strict=False)
        )

    def _is_word(self, token: Token) -> bool:
        is_known = self.names.knows(token.text) or self.names.is_function(token.text)
        return token.kind == "name" and token.text.isalpha() and not is_known

    def _read_words(self, found: Sequence[Token]) -> None:
        """Read a line that has no joiner, which is a point such as (1.2, 0.5) or prose.

        Raises:
            WorksheetError: the line is an expression without a name or a result.
        """
        if self._read_point(found) or self._read_label(found):
            return
        if not _HEADING.fullmatch(self.source.code) and self._is_expression(found):
            raise self.source.error(
                "this line has neither = nor ->; write name = … to define a quantity, "
                "or … -> number for what you got",
                found[0].place,
            )
        self._skip()

    def _read_label(self, found: Sequence[Token]) -> bool:
        """Read dL/dw: -0.5, where a colon takes the place of =."""
        colons = [k for k, token in enumerate(found) if token.text == ":"]
        if len(colons) != 1 or not 0 < colons[0] < len(found) - 2:
            return False
        try:
            target = self._parsed(self.source, 0, found[colons[0]].place)
            value = self._parsed(self.source, found[colons[0]].end)
        except WorksheetError:
            return False
        is_known = isinstance(target, Name) and self.names.knows(target.name)
        if not written_number(value) or not (is_known or isinstance(target, Derivative)):
            return False
        span = (found[colons[0] + 1].place, found[-2].end)
        self._chain(RawChain(found[0].place, target, [RawMember("->", value, span)]))
        return True

    def _is_expression(self, found: Sequence[Token]) -> bool:
        parser = Parser(self.source, list(found), self.names, self.notation)
        try:
            tree = parser.sum()
            parser.finish()
        except WorksheetError:
            return False
        is_one_word = isinstance(tree, Name) and not self.names.knows(tree.name)
        return not is_one_word and all(self.names.knows(name) for name in names_in(tree))

    def _read_point(self, found: Sequence[Token]) -> bool:
        """Read a point such as (1.2, -0.26) as the values of the updated quantities.

        The point begins the next step.
        """
        if found[0].text != "(" or len(self._updated) < 2:
            return False
        tree = Parser(self.source, list(found), self.names, self.notation).atom()
        items = tree.items if isinstance(tree, Row) else ()
        if len(items) != len(self._updated) or not all(map(written_number, items)):
            return False
        self._next_step()
        span = (found[0].place, found[-1].place)
        for name, item in zip(list(self._updated), items, strict=True):
            target = Name(name + "'", (), item.place)
            self._emit("claim", target, self._members([RawMember("=", item, span)]))
        self._pending.update(self._updated)
        return True

    # --- tables -----------------------------------------------------------------------------------

    def read_row(self, row: TableRow) -> None:
        """Read the numbers of a row as values of the quantities in the headings.

        A row that counts rounds gives the values after the updates that precede it.
        """
        self.source = row.source
        before = len(self.statements)
        chains = [chain for heading, cells in row.cells if (chain := self._column(heading, cells))]
        if row.is_round:
            self._read_round(chains, is_first=row.is_first)
        else:
            for chain in chains:
                self._chain(chain)
        if len(self.statements) == before:
            self._skip()

    def _read_round(self, chains: list[RawChain], *, is_first: bool) -> None:
        """Read a row such as | 2 | 0.25 | 0.06 | under the headings epoch, w and f.

        Every row after the first one begins the next step.
        """
        for chain in chains:
            self._prepare_functions(chain)
        updated = [
            c for c in chains if isinstance(c.target, Name) and c.target.name in self._updated
        ]
        if not is_first:
            for chain in updated:
                assert isinstance(chain.target, Name)
                target = replace(chain.target, name=chain.target.name + "'")
                self._emit("claim", target, self._members(chain.members))
            self._next_step()
        for chain in chains if is_first else [c for c in chains if c not in updated]:
            if isinstance(chain.target, Name) and self.names.knows(chain.target.name):
                self._emit("claim", chain.target, self._members(chain.members))
            elif isinstance(chain.target, Derivative):
                self._emit("gradient", chain.target, self._members(chain.members))
        self._pending.update(self._updated)

    def _column(self, heading: str, cells: Sequence[Cell]) -> RawChain | None:
        """Return a chain from a heading such as f(x) and the numbers below it, or None.

        One number is the value itself. Several numbers are a vector.
        """
        place, end = cells[0].place, cells[-1].place + len(cells[-1].text)
        try:
            target = self._parsed(Source(heading))
            values = [self._parsed(self.source, c.place, c.place + len(c.text)) for c in cells]
        except WorksheetError:
            return None
        if not all(map(written_number, values)):
            return None
        if isinstance(target, Name | Derivative):
            target = replace(target, place=place)
        value = values[0] if len(values) == 1 else Row(tuple(values), place)
        member = RawMember("=", value, (place, end))
        if isinstance(target, Apply):
            first = RawMember("", target, (place, end), heading)
            return RawChain(place, None, [first, member])
        return RawChain(place, target, [member])

    def _parsed(self, source: Source, start: int = 0, end: int | None = None) -> Tree:
        found = tokens(source, start, end, self.notation)
        parser = Parser(source, found, self.names, self.notation)
        tree = parser.sum()
        parser.finish()
        return tree

    # --- steps ------------------------------------------------------------------------------------

    def _count(self, name: str, number: int) -> None:
        """Read a heading such as t = 2, which counts the steps of the sheet."""
        known = self.names.quantities.get(name)
        is_counter = known is None or equal_numbers(known.digits.get((), ""), str(number - 1))
        if not (self._counted[name] and is_counter):
            self._skip()
            return
        if known and self._pending:
            self._next_step()
        place = self.source.text.rindex(str(number))
        self.put_in(name, Number(float(number), place, str(number)))

    def _next_step(self) -> None:
        self.statements.append(StepBreak(self.source))
        for name in self._pending:
            new = self.names.quantities.get(name + "'")
            if new and name in self.names.quantities:
                self.names.quantities[name].digits = dict(new.digits)
        self._pending.clear()
        self._stated.clear()

    def _step_if_stated_again(self, key: str) -> None:
        """Begin the next step if the sheet states this quantity or derivative a second time.

        If quantities were updated before, the second value can only belong to the next step.
        """
        is_automatic = self._infers_steps and not self._rounds
        if is_automatic and self._pending and key in self._stated:
            self._next_step()

    def _note_round(self, label: str) -> bool:
        """Return whether a label such as "epoch 2" marks a round whose updates are not written.

        Every round after the first one begins the next step. If a label comes before the first
        update, the sheet writes out the updates of each round.
        """
        if not _ROUND.search(label):
            return False
        if not self._updated:
            self._writes_updates = True
        if self._writes_updates:
            return False
        if self._rounds:
            self._next_step()
            self._pending.update(self._updated)
        self._rounds += 1
        return True

    # --- chains -----------------------------------------------------------------------------------

    def _chain(self, raw: RawChain) -> None:
        self.names.notes = []
        self._prepare_functions(raw)
        self._in_round = self._in_round or self._note_round(raw.label)
        target = raw.target
        if isinstance(target, Row):
            self._unpack(raw, target)
        elif isinstance(target, Apply):
            self._function(raw, target)
        elif isinstance(target, Derivative):
            self._gradient(raw, target)
        elif isinstance(target, Name):
            if self._in_round and target.name not in self.names.quantities:
                alias = self.names.find_alias(target.name)
                target = replace(target, name=alias or target.name)
            if self._in_round and target.name in self._updated:
                raw.target = target = replace(target, name=target.name + "'")
            self._named(raw, target)
        else:
            self._emit("arithmetic", None, self._settled(raw))

    def _unpack(self, raw: RawChain, target: Row) -> None:
        """Read [x, y] = [1, 2] as the chains x = 1 and y = 2, and ∇f likewise."""
        count = len(target.items)
        parts: list[list[RawMember]] = [[] for _ in range(count)]
        for member in raw.members:
            values = member.tree
            if not isinstance(values, Row) or len(values.items) != count:
                raise self.source.error(
                    f"there are {count} names before =, so {count} numbers are expected after it",
                    raw.place,
                )
            for part, value in zip(parts, values.items, strict=True):
                part.append(replace(member, tree=value, span=_span_of(value, member.span)))
        for item, part in zip(target.items, parts, strict=True):
            self._chain(replace(raw, target=item, members=part))

    def _function(self, raw: RawChain, target: Apply) -> None:
        """Read f(x) = x² as the definition of a function f.

        If x has a value, the chain also defines a quantity f.
        """
        params = tuple(arg.name for arg in target.args if isinstance(arg, Name))
        hidden = {name: Name("·" + name, (), target.place) for name in params}
        body = replace_names(self._expanded(raw.members[0].tree), hidden)
        if function_name(target.head):
            return
        if target.head.endswith("'") and self.names.is_function(target.head.rstrip("'")):
            self._slopes[target.head] = (raw, self.source, params[0])
            return
        self.names.functions[target.head] = (tuple(hidden[name].name for name in params), body)
        quantity = replace(raw, target=Name(target.head, (), target.place))
        self._functions[target.head] = (quantity, self.source, params)
        if all(map(self.names.knows, params)):
            self._call_up(target.head)

    def _call_up(self, name: str) -> None:
        """Define the quantity f from its function f(x), once the sheet uses f without (x)."""
        raw, source, _ = self._functions.pop(name)
        assert isinstance(raw.target, Name)
        here, self.source = self.source, source
        # The function was written before the updates of this step, so it uses the old values.
        pending, self._pending = self._pending, set()
        self._named(raw, raw.target)
        self.source, self._pending = here, pending

    def _prepare_functions(self, raw: RawChain) -> None:
        """Define the functions of the sheet that a chain uses as quantities, and check slopes."""
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
        """Judge a rule such as f′(x) = 2x where the sheet first uses it, as in f′(x₀)."""
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
            "arithmetic", None, self._settled(replace(raw, target=None, members=[first, *members]))
        )
        self.source = here

    # --- gradients --------------------------------------------------------------------------------

    def _gradient(self, raw: RawChain, target: Derivative) -> None:
        target = self._resolve_derivative(target)
        self._move_to_point(raw, target)
        if self._wait(raw, target):
            return
        missing = self.names.undefined(target)
        if missing:
            raise self.source.error(self._not_defined(missing[0]), target.place)
        key = str(target)
        self._step_if_stated_again(key)
        members = self._settled(raw)
        self._stated.add(key)
        if members and members[-1].digits and members[-1].digits.texts[-1]:
            text = members[-1].digits.texts[0] or ""
            self._gradients.setdefault(str(target.bottom), {})[target.top.name] = text
        self._emit("gradient", target, members, shorthand=bool(target.written))

    def _resolve_derivative(self, tree: Derivative) -> Derivative:
        meanings: dict[str, Tree] = {}
        for name in self.names.undefined(tree):
            alias = self.names.find_alias(name)
            if alias:
                self._note_alias(name, alias)
                meanings[name] = Name(alias, (), tree.place)
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
                members = self._members([RawMember("=", tree, span)])
                self._define(name, None, members)
                self._release(name)

    def _point_values(self, raw: RawChain, target: Derivative) -> list[tuple[str, Tree, str]]:
        order = self._variables(target.top.name)
        found = []
        for k, (name, tree) in enumerate(raw.point):
            text = written_number(tree)
            resolved = name or (order[k] if k < len(order) else "")
            if not text or not resolved:
                raise self.source.error("write a point as |_{x=2}", tree.place)
            found.append((resolved, tree, text))
        return found

    def _variables(self, top: str) -> list[str]:
        """Return the variables in the formula of a quantity, in the order in which they occur."""
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

    # --- quantities -------------------------------------------------------------------------------

    def _named(self, raw: RawChain, target: Name) -> None:
        target = self._element_or_name(raw, target)
        name = target.name
        extra = self._further_targets(raw, name)
        if self._wait(raw, target):
            return
        members = self._settled(raw)
        act = self._act(raw, target, members)
        new = self._new_values_in(target, act)
        members = [_with_new_values(member, new) for member in members]
        if act == "claim" and self._counts_on(target, members):
            act = "define"
        if act == "update":
            if name == name.rstrip("'") and not raw.was_named_new:
                self._assigned.add(name)
            self._update(raw, target, members)
        elif act == "arithmetic":  # because the old value of the name in += is not known
            self._emit("arithmetic", None, members)
        elif act == "define":
            for other in [*extra, target]:
                self._define(other.name, other, members)
                self._release(other.name)
        else:
            self._claim(target, members)

    def _new_values_in(self, target: Name, act: Act) -> set[str]:
        """Return the names v that mean v' in a chain, because this step said v ← … before.

        A claim uses the new values only if the definition of its target does.
        """
        new = self._assigned & self._pending - {target.name.rstrip("'")}
        if act == "claim":
            uses = self.names.quantities[target.name].uses
            return {name for name in new if name + "'" in uses}
        return new if act in ("define", "update") else set()

    def _counts_on(self, target: Name, members: Sequence[Member]) -> bool:
        """Whether a formula such as m/(1 − β²) defines m̂ again, after m/(1 − β) a step before."""
        known = self.names.quantities[target.name].tree
        is_new = target.name not in self._stated and members and members[0].role == "formula"
        return bool(known and is_new and counts_on(known, members[0].tree))

    def _element_or_name(self, raw: RawChain, target: Name) -> Name:
        """Return the target as an element of a list, or as a name of its own.

        W_1 is the element W[1] if W is a list and the line uses W[1] or gives its known value.
        Otherwise, W_1 is an ordinary name.
        """
        plain = canonical_name(self.source.text[target.place : target.place + 40].split("=")[0])
        is_written_so = "[" in plain
        if not target.index or is_written_so or target.name not in self.names.quantities:
            if target.index and target.name not in self.names.quantities:
                element = self.notation.element(target.name, target.index)
                return replace(target, name=element, index=())
            return target
        first = next(
            (number for member in raw.members for number in _leading_number(member.tree)), ""
        )
        old = self.names.quantities[target.name].digits.get(target.index, "")
        if equal_numbers(old, first) or any(
            _mentions(member.tree, target) for member in raw.members
        ):
            return target
        return Name(target.name + "".join(map(str, target.index)), (), target.place)

    def _further_targets(self, raw: RawChain, name: str) -> list[Name]:
        """Remove the names K and V from the members of Q = K = V = X, and return them."""
        found: list[Name] = []
        while len(raw.members) > 1 and not self.names.knows(name):
            tree = raw.members[0].tree
            is_new = isinstance(tree, Name) and not tree.index and not self.names.knows(tree.name)
            if not is_new or raw.members[1].joiner != "=":
                break
            assert isinstance(tree, Name)
            if tree.name.casefold() in LOSS_NAMES and self.names.find_alias(tree.name):
                break
            found.append(tree)
            raw.members = raw.members[1:]
        return found

    def _act(self, raw: RawChain, target: Name, members: list[Member]) -> Act:
        name = target.name
        known = self.names.quantities.get(name)
        used = {used for member in members for used in names_in(member.tree)}
        base = name.rstrip("'")
        if raw.is_new and known:
            return "update"
        if name.endswith("'") and base in self.names.quantities:
            if known is None:
                is_next = base in used or all(member.role != "formula" for member in members)
                return "update" if is_next and members[0].joiner != "->" else "define"
            return "update" if base in used and name not in self._stated else "claim"
        if known is None:
            if raw.members[0].joiner in ("+=", "-="):
                return "arithmetic"
            if members[0].joiner == "->" and not raw.is_new:
                raise self.source.error(self._not_defined(name), target.place)
            return "define"
        if name in used:
            return "update"
        has_numbers = any(member.role == "numbers" for member in members)
        if known.is_given and has_numbers and members[0].joiner != "->" and not used:
            return "update"
        if known.is_given and members[0].joiner != "->":
            return self._given_again(target, members)
        return "claim"

    def _given_again(self, target: Name, members: list[Member]) -> Act:
        """Return what x = 2 does if x already has a given value.

        The chain is a claim if the value is the same. In a new step, it defines a new value.

        Raises:
            WorksheetError: the current step already states another value.
        """
        digits = members[0].digits
        known = self.names.quantities[target.name]
        if digits and self._same_digits(target, digits.texts):
            return "claim"
        last = members[-1].digits
        if members[0].role == "formula" and last and self._same_digits(target, last.texts):
            return "define"  # because this line computes a value that was only stated before
        if target.name not in self._stated and not target.index:
            return "define"
        raise self.source.error(
            f"{target.name} is already defined in line {known.line}; write {target.name}' for a "
            f"new value, {target.name} -> … for what you got, or --- before the next step",
            target.place,
        )

    def _same_digits(self, target: Name, texts: Sequence[str | None]) -> bool:
        known = self.names.quantities[target.name]
        if target.index or len(texts) == 1:
            return equal_numbers(known.digits.get(target.index, ""), texts[0] or "")
        return [text or "" for text in texts] == list(known.digits.values())

    def put_in(self, name: str, number: Number) -> None:
        """Define a name by the number that the writer substituted for it."""
        span = (number.place, number.place + len(number.text))
        self._define(name, None, self._members([RawMember("=", number, span)]))

    def _define(self, name: str, target: Name | None, members: list[Member]) -> None:
        if target is None:
            target = Name(name, (), members[0].span[0])
        members = self._summed(name, self._with_formula(name, members))
        tree = members[0].tree
        quantity = self.names.define(name, tree, self.source.line)
        if members[0].role == "result":
            quantity.tree = None
            quantity.length = len(tree.items) if isinstance(tree, Row) else 0
        self._note_digits(Name(name, (), 0), members)
        self._stated.add(name)
        self._emit("define", replace(target, name=name), members)

    def _claim(self, target: Name, members: list[Member]) -> None:
        if target.name in self._assigned & self._pending:
            target = replace(target, name=target.name + "'")
        if self.names.quantities[target.name].uses and not target.name.endswith("'"):
            self._step_if_stated_again(target.name)
        self._stated.add(target.name)
        self._note_digits(target, members)
        self._emit("claim", target, members)

    def _update(self, raw: RawChain, target: Name, members: list[Member]) -> None:
        base = target.name.rstrip("'")
        if target.name not in (base, base + "'"):
            self.names.aliases[target.name] = base + "'"
        if base in self._pending and (base + str(target.index)) in self._stated:
            self._next_step()
        old = Name(base, target.index, target.place)
        members = self._increments(raw, old, members)
        if members[0].role == "numbers":
            known = self.names.quantities[base].digits.get(target.index, "")
            tree = recognize_update(
                members[0].tree, old, known, self._gradient_named(old), self.names
            )
            if tree:
                members.insert(0, replace(members[0], role="formula", tree=tree, recognized=True))
        name = base + "'"
        rank = self.names.quantities[base].rank
        self.names.define(name, members[0].tree, self.source.line).rank = rank
        self._note_digits(Name(name, target.index, 0), members)
        self._pending.add(base)
        self._updated[base] = None
        self._stated.update((name, base + str(target.index)))
        self._emit("update", Name(name, target.index, target.place), members)
        self._release(name)

    def _increments(self, raw: RawChain, old: Name, members: list[Member]) -> list[Member]:
        """Return the members with the first one rewritten, so that w += … becomes w + …."""
        sign = raw.members[0].joiner
        if sign not in ("+=", "-="):
            return members
        first = members[0]
        tree = Apply(sign[0], (old, first.tree), first.span[0])
        return [replace(first, role="formula", tree=tree, digits=None), *members[1:]]

    def _gradient_named(self, target: Name):  # type: ignore[no-untyped-def]
        known = self._gradients.get(str(target), {})
        tops = [top for top in known if self.names.loss_of(target.name, top)]
        return lambda text: next((top for top in tops if equal_numbers(known[top], text)), None)

    def _note_digits(self, target: Name, members: list[Member]) -> None:
        digits = next((m.digits for m in reversed(members) if m.digits), None)
        quantity = self.names.quantities.get(target.name)
        if digits is None or quantity is None:
            return
        if not digits.shape:
            quantity.digits[target.index] = digits.texts[0] or ""
            self.names.note_number(target.name, digits.texts[0] or "")
        else:
            indices = _indices(digits.shape)
            quantity.digits = dict(zip(indices, (t or "" for t in digits.texts), strict=True))

    def _with_formula(self, name: str, members: list[Member]) -> list[Member]:
        """Return the members, preceded by the formula that is recognized from their numbers."""
        if members[0].role != "numbers":
            return members
        tree = recognize(members[0].tree, name, self.names)
        if tree is None:
            return members
        return [replace(members[0], role="formula", tree=tree, recognized=True), *members]

    def _summed(self, name: str, members: list[Member]) -> list[Member]:
        """Return the members with Σ added to a loss such as 1/N (y − t)² if y is a list.

        The factor 1/N shows that the writer means the sum over the examples.
        """
        first = members[0]
        if name.casefold() not in LOSS_NAMES or first.role != "formula":
            return members
        if not self.names.rank_of(first.tree):
            return members
        if not any(isinstance(node, Number) and node.text == "N" for node in leaves(first.tree)):
            return members
        self.names.notes.append(f"{name} is summed over the examples")
        return [replace(first, tree=Apply("sum", (first.tree,), first.tree.place)), *members[1:]]

    # --- formulas that wait until their names have values -----------------------------------------

    def _wait(self, raw: RawChain, target: Name | Derivative) -> bool:
        """Store a formula if some of its names have no value yet; return whether it was stored."""
        trees = [member.tree for member in raw.members]
        undefined = [name for tree in trees for name in self.names.undefined(tree)]
        if isinstance(target, Derivative):
            undefined += self.names.undefined(target)
        missing = [name for name in dict.fromkeys(undefined) if not self._means_something(name)]
        has_numbers = any(role_of(tree, is_last=True) != "formula" for tree in trees)
        if not missing or has_numbers:
            return False
        waiting = Waiting(raw, self.source, missing)
        self.waiting.append(waiting)
        for name in missing:
            self._waiting_for.setdefault(name, []).append(waiting)
        return True

    def _release(self, name: str) -> None:
        """Read the formulas that waited for this name if all of their names now have values."""
        for waiting in self._waiting_for.pop(name, ()):
            waiting.missing = [name for name in waiting.missing if not self.names.knows(name)]
            if not waiting.missing and not waiting.is_read:
                waiting.is_read = True
                here, self.source = self.source, waiting.source
                self._chain(waiting.raw)
                self.source = here

    def finish(self) -> None:
        """Skip the formulas whose names never got a value.

        Raises:
            WorksheetError: one of these names looks like a misspelling of a defined name.
        """
        unread = [waiting for waiting in self.waiting if not waiting.is_read]
        for k, waiting in enumerate(unread):
            self.source = waiting.source
            for name in waiting.missing if k < MOST_TRIED else ():
                near = suggestion(name, self.names.quantities)
                if near:
                    raise self.source.error(f"{name} is not defined{near}", waiting.raw.place)
            self._skip(f"{waiting.missing[0]} has no value")

    # --- output -----------------------------------------------------------------------------------

    def _emit(
        self,
        act: Act,
        target: Name | Derivative | None,
        members: Sequence[Member],
        *,
        shorthand: bool = False,
    ) -> None:
        if act == "arithmetic" and len(members) < 2:
            return
        notes = tuple(dict.fromkeys(self.names.notes))
        self.names.notes = []
        self.statements.append(Chain(self.source, act, target, tuple(members), shorthand, notes))


# --- small helpers --------------------------------------------------------------------------------


def _with_new_values(member: Member, new: set[str]) -> Member:
    """Return a member in which v' replaces each of these names v."""
    if not new or member.role != "formula":
        return member

    def leaf(node: Tree) -> Tree:
        return replace(node, name=node.name + "'") if _is_one_of(node, new) else node

    return replace(member, tree=rewrite(member.tree, leaf))


def _is_one_of(tree: Tree, names: set[str]) -> TypeGuard[Name]:
    return isinstance(tree, Name) and tree.name in names


def _span_of(tree: Tree, span: Span) -> Span:
    """Return the span of a number in a list, or the span of the list."""
    return (tree.place, tree.place + len(tree.text)) if isinstance(tree, Number) else span


def _leading_number(tree: Tree) -> list[str]:
    while isinstance(tree, Apply) and tree.args:
        tree = tree.args[0]
    return [tree.text] if isinstance(tree, Number) else []


def _mentions(tree: Tree, target: Name) -> bool:
    return any(
        isinstance(leaf, Name) and (leaf.name, leaf.index) == (target.name, target.index)
        for leaf in leaves(tree)
    )


def _indices(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if len(shape) == 1:
        return [(i,) for i in range(1, shape[0] + 1)]
    return [(i, j) for i in range(1, shape[0] + 1) for j in range(1, shape[1] + 1)]
