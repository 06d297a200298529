"""Division of a line into chains, each with a target and members.

The targets and members are trees whose names are not looked up yet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .chain import Digits, Role, Span
from .cursor import COMPARISONS, unreadable
from .grammar import Parser
from .names import CONSTANTS, SheetNames
from .tokens import LOWERED, Notation, Source, Token, WorksheetError, is_joiner
from .trees import Apply, Blank, Derivative, Name, Number, Row, Tree, names_in

_MOST_STARTS = 12  # the number of tokens before a joiner at which a target may begin
_SEPARATORS = frozenset((",", ";", "|", "⇒", "&", "."))
_NEW = frozenset(("new", "updated", "next"))
_NEW_NAME = re.compile(
    r"(?:new_(.+))|(.+?)(?:_\^?|\^[(\[]?)(?:new|next|updated|neu|nouveau|nuevo|\+)[)\]]?"
)


@dataclass
class RawMember:
    """A member of a chain, before its names are given a meaning."""

    joiner: str
    tree: Tree
    span: Span
    heading: str = ""


@dataclass
class RawChain:
    """A chain, before its names are given a meaning.

    Attributes:
        place: the position of the chain in the source.
        target: a name, a derivative, a list of names, a call f(x), or None for arithmetic.
        members: the members after the target.
        is_new: whether the target is marked as a new value, as in new w, w_new or w ←.
        was_named_new: whether the name itself marks the new value, as w_new does. Then w alone
            still refers to the old value.
        label: the words before a colon.
        point: the point at which a derivative is evaluated, as in |_{x=2} or |_{(0,0)}. Each item
            is a name, or "" if the writer gave none, and a value.
    """

    place: int
    target: Tree | None
    members: list[RawMember]
    is_new: bool = False
    was_named_new: bool = False
    label: str = ""
    point: list[tuple[str, Tree]] = field(default_factory=list)


class LineParser:
    """A parser that divides the tokens of one line into chains."""

    def __init__(
        self, source: Source, found: list[Token], names: SheetNames, notation: Notation
    ) -> None:
        self.source, self.names, self.notation = source, names, notation
        self.tokens = list(_without_alignment(found))
        self.joiners = list(_joiners(self.tokens))
        self.end = len(self.tokens) - 1

    def chains(self) -> Iterator[RawChain]:
        """Yield the chains of the line.

        Raises:
            WorksheetError: a member is not an expression.
        """
        at = 0
        while joiner := next((k for k in self.joiners if k >= at), None):
            chain, at = self._chain(at, joiner)
            yield chain
        if self.joiners and self.joiners[0] == 0:
            sign = self.tokens[0].text
            raise self.source.error(f"a name is expected before {sign}", self.tokens[0].place)

    def _chain(self, start: int, joiner: int) -> tuple[RawChain, int]:
        """Return the chain whose target begins at `start`, and the start of the next chain."""
        if unpacked := self._unpacked(start, joiner):
            return unpacked, self.end
        chain = self._read_target(start, joiner)
        while True:
            stop = next((k for k in self.joiners if k > joiner), self.end)
            tree, reached = self._member(joiner + 1, stop)
            span = (self.tokens[joiner + 1].place, self.tokens[reached - 1].end)
            chain.members.append(RawMember(_sign(self.tokens[joiner].text), tree, span))
            if reached < stop:
                return chain, self._after(reached, stop, tree)
            if stop == self.end:
                return chain, self.end
            joiner = stop

    def _unpacked(self, start: int, joiner: int) -> RawChain | None:
        """Return m, v = 0, 1 as a chain of two lists, or None if the line has another form."""
        targets = self.tokens[start:joiner]
        names = [token for token in targets[::2] if token.kind == "name"]
        commas = [token for token in targets[1::2] if token.text == ","]
        if len(names) < 2 or len(names) + len(commas) != len(targets):
            return None
        parser, values = self._parser(joiner + 1, self.end), list[Tree]()
        while not values or parser.take(","):
            values.append(parser.sum())
        if len(values) != len(names) or parser.next.kind != "end":
            return None
        place = self.tokens[joiner + 1].place
        row = Row(tuple(values), place)
        target = Row(tuple(Name(token.text, (), token.place) for token in names), names[0].place)
        return RawChain(target.place, target, [RawMember("=", row, (place, self.tokens[-1].place))])

    def _member(self, start: int, stop: int) -> tuple[Tree, int]:
        if start == stop:
            before = self.tokens[start - 1]
            what = "an answer, or ? for a blank," if before.text == "->" else "an expression"
            raise self.source.error(f"{what} is expected after {before.text}", before.end)
        parser = self._parser(start, self._end_of_number(start, stop))
        tree = parser.choice()
        return tree, start + parser.at

    def _end_of_number(self, start: int, stop: int) -> int:
        """Return `stop`, or the position of the name t if the member is the 1 of x=1 t=0."""
        name, before = self.tokens[stop - 1], self.tokens[start : stop - 1]
        is_name = stop < self.end and name.kind == "name" and not name.tight
        if not (is_name and name.text in self.names.targets) or self.names.knows(name.text):
            return stop
        signs = [token.text for token in before if token.kind != "number"]
        is_number = bool(before) and before[-1].kind == "number" and signs in ([], ["-"])
        is_list = bool(before) and before[0].text in ("[", "(") and before[-1].text in ("]", ")")
        return stop - 1 if is_number or is_list else stop

    def _parser(self, start: int, stop: int) -> Parser:
        place = self.tokens[stop].place
        found = [*self.tokens[start:stop], Token("end", "", place, place)]
        return Parser(self.source, found, self.names, self.notation)

    def _after(self, reached: int, stop: int, tree: Tree) -> int:
        """Return the start of the next chain. Words before that chain are a remark."""
        first = self.tokens[reached]
        is_last = stop == self.end
        if first.text in _SEPARATORS:
            following = self.tokens[reached + 1]
            if following.kind == "number" and is_last:
                raise self.source.error(_COMMA_ADVICE, first.place)
            return self.end if is_last else reached + 1
        is_whole = is_last or first.kind != "other"
        is_whole = is_whole and (first.text not in COMPARISONS or is_written(tree))
        if is_whole and self._is_remark(first, self.tokens[reached + 1]):
            return self.end if is_last else reached
        if first.kind == "other":
            raise self.source.error(unreadable(first.text), first.place)
        parser = self._parser(reached, stop)
        parser.finish()
        return self.end

    def _is_remark(self, first: Token, after: Token) -> bool:
        """Whether the token after a member begins a remark, as in 0.5 (rounded) or 0.333…."""
        if first.kind == "other" and not first.is_text:
            is_operator = any(unicodedata.category(c) == "Sm" for c in first.text)
            is_index = first.tight and first.text in LOWERED
            return first.text == "±" or not (is_operator or is_index or first.text in _NO_REMARK)
        if first.text == ":" and after.kind == "number":
            return False
        if first.kind == "name" and first.text in _OPERATIONS:
            return False
        return first.kind == "name" or first.is_text or first.text in _OPENS_REMARK

    # --- targets ----------------------------------------------------------------------------------

    def _read_target(self, start: int, joiner: int) -> RawChain:
        place = self.tokens[start].place
        label, start, labelled = self._label(start, joiner)
        if labelled is not None:
            return labelled
        last: WorksheetError | None = None
        for at in self._starts(start, joiner):
            try:
                chain = self._target_at(at, joiner, is_whole=at == start)
            except WorksheetError as error:
                last = last or error
                continue
            if chain:
                chain.label, chain.place = label, place
                return self._mark_new(chain, at, start, joiner)
        chain = self._expression_after_words(start, joiner)
        if chain is None:
            raise last or self.source.error("a name is expected before this", place)
        return chain

    def _starts(self, start: int, joiner: int) -> Iterator[int]:
        """Yield the start, and each position after a word or separator where a target may begin."""
        yield start
        for at in range(max(start + 1, joiner - _MOST_STARTS), joiner):
            before = self.tokens[at - 1]
            is_operand = at > 1 and self.tokens[at - 2].text in ("/", "*", "·", "^")
            is_word = before.kind == "name" and _is_word(before.text) and not is_operand
            if is_word or before.kind == "other" or before.text in _ENDS_WORDS:
                yield at

    def _target_at(self, at: int, joiner: int, *, is_whole: bool) -> RawChain | None:
        """Return the chain of the target that begins at `at`.

        If the left side is an expression and not a target, the chain is arithmetic. This holds
        only if `is_whole` says that the expression is the whole left side.
        """
        parser = self._parser(at, joiner)
        tree = parser.sum()
        is_gradient = isinstance(tree, Derivative | Row)
        point = self._point(parser) if is_gradient else []
        parser.finish()
        place = self.tokens[at].place
        match tree:  # In ∂z/∂u(u), the variable is repeated. ∂z/∂u(a) is the slope at a.
            case Apply(head="·", args=(Derivative() as derivative, Name() as variable)):
                is_function = self.names.variables_of(derivative.top.name) == (
                    derivative.bottom.name,
                )
                tree = derivative
                if is_function and variable.name != derivative.bottom.name:
                    tree = Apply(derivative.top.name + "'", (variable,), derivative.place)
            case Apply(head="·", args=(Derivative() as derivative, Row())):
                tree = derivative
            case Apply(head=head, args=(Name() as variable,)):
                tree = self.names.slope_of(head, variable) or tree
        if _is_target(tree, self.names):
            return RawChain(place, tree, [], point=point)
        if not is_whole:
            return None
        self._check_numbered(at, joiner)
        if missing := self._unknown(tree):
            raise self.source.error(
                f"{missing[0]} is not defined; write a name left of =, or a formula whose names "
                "have values",
                place,
            )
        return self._arithmetic(tree, at, joiner)

    def _check_numbered(self, at: int, joiner: int) -> None:
        """Refuse w(1) = … and w(t+1) = …, which may be a product or a number of the step."""
        text = self.source.text[self.tokens[at].place : self.tokens[joiner - 1].end]
        found = _NUMBERED.fullmatch(text)
        name = self.tokens[at].text
        if found and self.names.knows(name) and not self.names.is_function(name):
            raise self.source.error(
                f"this has two readings: write {name}*({found[1]}) for the product, or {name}1 or "
                f"{name}' for the value after a step",
                self.tokens[at].place,
            )

    def _unknown(self, tree: Tree) -> list[str]:
        return [name for name in self.names.undefined(tree) if not self.names.find_alias(name)]

    def _arithmetic(self, tree: Tree, at: int, joiner: int) -> RawChain:
        span = (self.tokens[at].place, self.tokens[joiner - 1].end)
        return RawChain(span[0], None, [RawMember("", tree, span)])

    def _expression_after_words(self, start: int, joiner: int) -> RawChain | None:
        for at in self._starts(start, joiner):
            token = self.tokens[at]
            is_call = token.kind == "name" and self.names.is_function(token.text.rstrip("'"))
            is_open = token.text in ("(", "-", "[") and not token.tight
            if not (is_call or is_open or token.kind == "number"):
                continue
            try:
                chain = self._target_at(at, joiner, is_whole=True)
            except WorksheetError:
                continue
            if chain:
                return chain
        return None

    def _mark_new(self, chain: RawChain, at: int, start: int, joiner: int) -> RawChain:
        before = self.tokens[at - 1] if at > start else None
        chain.was_named_new = before is not None and before.text.casefold() in _NEW
        chain.is_new = chain.was_named_new or self.tokens[joiner].text in ("←", "+=", "-=")
        if isinstance(chain.target, Name) and not self.names.knows(chain.target.name):
            found = _NEW_NAME.fullmatch(chain.target.name)
            if found and self.names.knows(name := self.names.resolve(found[1] or found[2])[0]):
                self.names.aliases[chain.target.name] = name + "'"
                chain.target = Name(name, chain.target.index, chain.target.place)
                chain.is_new = chain.was_named_new = True
        return chain

    def _label(self, start: int, joiner: int) -> tuple[str, int, RawChain | None]:
        """Return the words before a colon, the position after it, and a chain or None.

        There is a chain if the colon takes the place of =, as in `w: 3*2 = 6`.
        """
        colons = [k for k in range(start, joiner) if self.tokens[k].text == ":"]
        if not colons:
            return "", start, None
        after = colons[-1] + 1
        text = self.source.text[self.tokens[start].place : self.tokens[after - 1].place]
        is_name = after - start == 2 and self.tokens[start].kind == "name"
        is_name = is_name and not self._is_target_after(after, joiner)
        if after == joiner:
            return "", start, None
        if is_name:
            target = self._parser(start, start + 1).sum()
            tree, reached = self._member(after, joiner)
            if reached == joiner:
                span = (self.tokens[after].place, self.tokens[joiner - 1].end)
                members = [RawMember("=", tree, span)]
                return "", start, RawChain(self.tokens[start].place, target, members)
        return text, after, None

    def _is_target_after(self, start: int, joiner: int) -> bool:
        """Whether a target follows a colon, as in Answer: dy/dx = 46."""
        try:
            parser = self._parser(start, joiner)
            tree = parser.sum()
            parser.finish()
        except WorksheetError:
            return False
        return not isinstance(tree, Row) and _is_target(tree, self.names)

    def _point(self, parser: Parser) -> list[tuple[str, Tree]]:
        """Read the point after a derivative, such as |_{(0,0)}, |_{x=2} or (0, 0).

        The argument in dz/du (u) is skipped, because it repeats the variable.
        """
        if parser.next.text == "(" and parser.next.tight:
            inside = parser.atom()
            items = inside.items if isinstance(inside, Row) else (inside,)
            return [("", item) for item in items if written_number(item)]
        if not (bar := parser.take("|")):
            return []
        first = parser.next
        if first.kind == "name" and first.text.startswith("_"):
            names = [first.text[1:]]
            parser.at += 1
        else:
            names = []
            parser.at += 1  # skips the _
        opened = parser.take("{")
        found: list[tuple[str, Tree]] = []
        while parser.next.kind != "end" and not (opened and parser.next.text == "}"):
            name = names.pop() if names else ""
            if parser.next.kind == "name" and parser.tokens[parser.at + 1].text == "=":
                name = parser.next.text
                parser.at += 1
            parser.take("=")
            tree = parser.sum()
            items = tree.items if isinstance(tree, Row) else (tree,)
            found += [(name, item) for item in items]
            if not parser.take(",", ";"):
                break
        if opened:
            parser.expect("}", bar)
        return found


_NUMBERED = re.compile(r"\w+\((\d+|[tkn]\s*[+]\s*1)\)")
_COMMA_ADVICE = (
    "this comma has two readings: write 0.5 for a decimal number (or a comma in all numbers of the "
    "sheet), and [1, 2] for a list"
)


def _joiners(found: Sequence[Token]) -> Iterator[int]:
    """Yield the positions of the joiners, such as =, that stand outside brackets."""
    depth = 0
    for k, token in enumerate(found):
        if token.kind != "sign":
            continue
        if token.text in _OPEN:
            depth += 1
        elif token.text in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0 and is_joiner(token) and (token.text != "⇒" or _opens_result(found[k + 1])):
            yield k


def _without_alignment(found: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens without each & that aligns equations.

    Parentheses around definitions, as in (x = 1, y = 2), are also removed. An & in a matrix stays
    because it separates numbers.
    """
    depth, opened = 0, 0
    for k, token in enumerate(found):
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if token.text == "(" and depth == 1 and _holds_definition(found, k):
            depth, opened = 0, opened + 1
        elif token.text == ")" and opened and depth <= 0:
            depth, opened = 0, opened - 1
        elif token.text in ("≈", "~") and k and found[k - 1].text == "=":
            continue  # as in z = ≈ 0.4
        elif depth or token.text != "&":
            yield token


def _holds_definition(found: Sequence[Token], place: int) -> bool:
    """Whether a parenthesis after a space begins with a name and an = or ≈."""
    following = found[place + 1 : place + 3]
    is_definition = [token.kind for token in following] == ["name", "sign"]
    return not found[place].tight and is_definition and following[1].text in ("=", "≈")


def _opens_result(token: Token) -> bool:
    return token.kind == "number" or token.text in ("-", "?", "[")


_ENDS_WORDS = frozenset((",", ":", ".", ";", ")", "|", "⇒", "&", "?", *COMPARISONS))
_NO_REMARK = frozenset("%!\"'°‰")
_OPERATIONS = frozenset(("mod", "modulo", "div", "xor"))
_OPENS_REMARK = frozenset(("(", ":", "?", "[", *COMPARISONS))
_OPEN, _CLOSE = frozenset("([{⟦⟨"), frozenset(")]}⟧⟩")


def _is_word(name: str) -> bool:
    """Whether a name is a word such as input or prev_hidden, unlike D_w and x1."""
    return all(part.isalpha() and len(part) > 1 for part in name.split("_"))


def _sign(text: str) -> str:
    return {"~": "≈", "⇒": "->"}.get(text, text)


def _is_target(tree: Tree, names: SheetNames) -> bool:
    match tree:
        case Name() | Derivative():
            return True
        case Row(items=items):
            return all(isinstance(item, Name | Derivative) for item in items)
        case Apply(head=head, args=args):
            plain = head.rstrip("'")
            is_own = head[:1].isalpha() and plain not in names.quantities
            is_variable = all(isinstance(arg, Name) and not arg.index for arg in args)
            is_called = names.is_function(plain) and not names.undefined(Row(args, tree.place))
            return is_own and is_variable and not is_called
    return False


# --- the role of a member -------------------------------------------------------------------------


def role_of(tree: Tree, *, is_last: bool) -> Role:
    """Return the role of a member. A fraction such as 2/3 is a result only if it is last."""
    if any(name not in CONSTANTS for name in names_in(tree)):
        return "formula"
    is_quotient = isinstance(tree, Apply) and tree.head == "/"
    return "result" if is_written(tree) and (is_last or not is_quotient) else "numbers"


def without_transpose(tree: Tree) -> Tree:
    """Return (5, 11)ᵀ as (5, 11), and a column of rows of one number as one vector."""
    if isinstance(tree, Apply) and tree.head == ".T" and is_written(tree.args[0]):
        inner = tree.args[0]
        items = inner.items if isinstance(inner, Row) else ()
        rows = [row.items for row in items if isinstance(row, Row)]
        if not rows:
            return inner
        if len({len(row) for row in rows}) == 1 and len(rows) == len(items):
            columns = zip(*rows, strict=True)
            return Row(tuple(Row(tuple(c), tree.place) for c in columns), tree.place)
    return tree


def is_written(tree: Tree) -> bool:
    """Whether a tree is a written result: a number, a blank, or a list of them."""
    if isinstance(tree, Row):
        return all(map(is_written, tree.items))
    return isinstance(tree, Blank) or bool(written_number(tree))


def written_number(tree: Tree) -> str:
    """Return the text of a written number, such as 0.5, -2/3 or 1.5·10^-3, or "" otherwise."""
    match tree:
        case Number(text=text):
            return text
        case Apply(head="neg", args=(inner,)):
            text = written_number(inner)
            return "-" + text if text else ""
        case Apply(head="/", args=(Number(text=top), Number(text=bottom))):
            is_fraction = top.lstrip("-−–").isdecimal() and bottom.isdecimal()
            return f"{top}/{bottom}" if is_fraction else ""
        case Apply(head="*" | "·", args=(Number(text=front), Apply(head="^", args=(base, power)))):
            is_ten = isinstance(base, Number) and base.text == "10" and isinstance(power, Number)
            return f"{front}·10^{power.text}" if is_ten and isinstance(power, Number) else ""
    return ""


def read_digits(tree: Tree, source: Source, place: int) -> Digits:
    """Return the shape of a written result and the texts of its numbers.

    Raises:
        WorksheetError: the rows differ in length, or lists are nested more than two deep.
    """
    if not isinstance(tree, Row):
        return Digits((), (_text(tree),), place)
    rows = [item.items if isinstance(item, Row) else None for item in tree.items]
    if all(row is None for row in rows):
        return Digits((len(rows),), tuple(map(_text, tree.items)), place)
    lengths = {len(row) if row else 0 for row in rows}
    flat = [item for row in rows for item in row or ()]
    if len(lengths) > 1 or any(isinstance(item, Row) for item in flat):
        raise source.error(
            "the rows of this answer differ in length, or a number is missing", place
        )
    return Digits((len(rows), lengths.pop()), tuple(map(_text, flat)), place)


def _text(tree: Tree) -> str | None:
    return None if isinstance(tree, Blank) else written_number(tree)
