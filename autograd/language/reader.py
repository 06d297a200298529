"""The reader of a sheet, which decides for each chain of equalities what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .chain import Act, Chain, Member, Reading, Skipped, Statement, StepBreak
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
from .notation import notation_of, target_names
from .recognition import recognize, recognize_update
from .settling import MOST_TRIED, Settler, Waiting, equal_numbers
from .spelling import canonical_name
from .suggestion import suggestion
from .tokens import (
    Notation,
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
    leaves,
    names_in,
    replace_names,
    rewrite,
)
from .vocabulary import function_name

_ROUND = re.compile(r"(?i)\b(?:epoch|iteration|iter|step|round|pass)\W{0,3}\d+")
# A line that begins with one of these words is a statement of Python and not a calculation.
_PROGRAM = re.compile(
    r"\s*(?:import|from|print|return|def|class|for|while|if|elif|else|with|assert|plt)\b(?!\s*=)"
)
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
    lines = read_layout(text)
    reader = Reader(lines, notation_of(lines), ordinary)
    for line in lines:
        reader.read(line)
    reader.finish()
    return Reading(tuple(reader.statements), reader.skipped)


class Reader(Settler):
    """A reader that takes the lines of a sheet in order.

    It tracks which names are defined and which quantities the current step has updated.

    Attributes:
        statements: the statements that were read so far.
        skipped: the number of lines that were skipped so far.
    """

    def __init__(
        self, lines: Sequence[Line], notation: Notation, ordinary: Iterable[str] = ()
    ) -> None:
        self.notation = notation
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
        self._rounds = 0
        self._in_round = False
        self._header: list[str] = []

    # --- lines ------------------------------------------------------------------------------------

    def read(self, line: Line) -> None:
        """Read one line.

        Raises:
            WorksheetError: the line has no reading, or two.
        """
        self.source = line.source
        if line.kind != "table":
            self._header = []
        if line.kind == "step":
            self._next_step()
        elif line.kind == "table":
            self._read_row(line)
        elif line.kind == "code":
            self._read_code(line)

    def _read_code(self, line: Line) -> None:
        if _PROGRAM.match(line.source.code) or _FREE_RULE.fullmatch(line.source.code):
            self._skip()
            return
        self._in_round = False
        found = tokens(line.source, notation=self.notation)
        before = len(self.statements)
        try:
            parser = LineParser(line.source, found, self.names, self.notation)
            if not parser.joiners:
                self._read_words(found)
            for raw in parser.chains():
                self._chain(raw)
        except WorksheetError:
            if not self._is_prose(found):
                raise
            if len(self.statements) == before:
                self._skip()

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
        if self._read_point(found):
            return
        if self._is_expression(found):
            raise self.source.error(
                "this line has neither = nor ->; write name = … to define a quantity, "
                "or … -> number for what you got",
                found[0].place,
            )
        self._skip()

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

    def _read_row(self, line: Line) -> None:
        """Read a row of a table: a heading, a name and a number, or numbers under a heading."""
        cells = _cells(line.source)
        if not self._header and not any(text[:1].isdigit() for text, _ in cells):
            self._header = [text for text, _ in cells]
            return
        found = list(self._row_targets(cells))
        if not found:
            self._skip()
        for target, place, text in found:
            raw = self._row_chain(target, place, text)
            if raw:
                self._chain(raw)

    def _row_targets(self, cells: list[tuple[str, int]]) -> Iterable[tuple[str, int, str]]:
        if len(cells) == 2 and not _number_text(cells[0][0]) and _number_text(cells[1][0]):
            yield cells[0][0], cells[1][1], cells[1][0]
        elif self._header and len(cells) == len(self._header):
            index, first = self._header[0], cells[0][0]
            if first.isdecimal() and any(_has_index(name, index) for name in self._header[1:]):
                for name, (text, place) in zip(self._header[1:], cells[1:], strict=True):
                    yield re.sub(rf"_\{{?{re.escape(index)}\}}?$", "_" + first, name), place, text

    def _row_chain(self, target: str, place: int, text: str) -> RawChain | None:
        found = tokens(Source(target), notation=self.notation)
        number = tokens(self.source, place, place + len(text), self.notation)
        if len(found) != 2 or found[0].kind != "name" or not _number_text(text):
            return None
        tree = Parser(self.source, number, self.names, self.notation).sum()
        name = Name(*self.names.resolve(found[0].text), place)
        return RawChain(place, name, [RawMember("=", tree, (place, place + len(text)))])

    # --- steps ------------------------------------------------------------------------------------

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
        """Return whether a label such as "epoch 2" marks a round of a loop.

        Every round after the first one begins the next step.
        """
        if not _ROUND.search(label) or not self._updated:
            return False
        if self._rounds:
            self._next_step()
            self._pending.update(self._updated)
        self._rounds += 1
        return True

    # --- chains -----------------------------------------------------------------------------------

    def _chain(self, raw: RawChain) -> None:
        self.names.notes = []
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
        """Read [x, y] = [1, 2] as the two chains x = 1 and y = 2."""
        values = raw.members[0].tree
        if not isinstance(values, Row) or len(values.items) != len(target.items):
            raise self.source.error(
                f"there are {len(target.items)} names before =, so {len(target.items)} numbers are "
                "expected after it",
                raw.place,
            )
        for name, value in zip(target.items, values.items, strict=True):
            assert isinstance(name, Name)
            member = RawMember("=", value, raw.members[0].span)
            self._named(RawChain(raw.place, name, [member]), name)

    def _function(self, raw: RawChain, target: Apply) -> None:
        """Read f(x) = x² as the definition of a function f.

        If x has a value, the chain also defines a quantity f.
        """
        params = tuple(arg.name for arg in target.args if isinstance(arg, Name))
        are_known = all(map(self.names.knows, params))
        if not function_name(target.head):
            hidden: dict[str, Tree] = {name: Name("·" + name, (), target.place) for name in params}
            body = self._expanded(raw.members[0].tree)
            self.names.functions[target.head] = (
                tuple("·" + name for name in params),
                replace_names(body, hidden),
            )
            if are_known:
                self._named(raw, Name(target.head, (), target.place))
            return
        if are_known:
            first = RawMember("", target, (target.place, raw.members[0].span[0]))
            self._emit(
                "arithmetic", None, self._settled(replace(raw, members=[first, *raw.members]))
            )

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
        if act in ("define", "update"):
            members = [self._with_new_values(member, name.rstrip("'")) for member in members]
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

    def _with_new_values(self, member: Member, base: str) -> Member:
        """Return a member in which v' replaces v if an earlier line of this step says v ← ….

        The name `base` is not replaced, because it is the target of the chain.
        """
        new = self._assigned & self._pending - {base}
        if not new or member.role != "formula":
            return member

        def leaf(node: Tree) -> Tree:
            if isinstance(node, Name) and node.name in new:
                return replace(node, name=node.name + "'")
            return node

        return replace(member, tree=rewrite(member.tree, leaf))

    def _element_or_name(self, raw: RawChain, target: Name) -> Name:
        """Return the target as an element of a list, or as a name of its own.

        W_1 is the element W[1] if W is a list and the line uses W[1] or gives its known value.
        Otherwise, W_1 is an ordinary name.
        """
        plain = canonical_name(self.source.text[target.place : target.place + 40].split("=")[0])
        is_written_so = "[" in plain
        if not target.index or is_written_so or target.name not in self.names.quantities:
            if target.index and target.name not in self.names.quantities:
                return replace(target, name=str(target), index=())
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
        was_list = self.names.quantities[base].is_list
        self.names.define(name, members[0].tree, self.source.line).is_list = was_list
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
        if not self.names.is_list(first.tree):
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


def _cells(source: Source) -> list[tuple[str, int]]:
    """Return the text and the position of each cell in a row of a table."""
    found = []
    for match in re.finditer(r"[^|]+", source.code):
        text = match[0].strip()
        if text:
            found.append((text, match.start() + len(match[0]) - len(match[0].lstrip())))
    return found


def _number_text(text: str) -> bool:
    return re.fullmatch(r"[-+−]?\d*[.,]?\d+(?:e[-+]?\d+)?", text.strip()) is not None


def _has_index(name: str, index: str) -> bool:
    return name.endswith((f"_{index}", f"_{{{index}}}"))


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
