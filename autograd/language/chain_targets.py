"""The targets of chains: names, derivatives, lists of names and calls such as f(x)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator

from .cursor import COMPARISONS
from .grammar import Parser
from .members import RawChain, RawMember, is_written, written_number
from .names import SheetNames
from .respelling import NEW
from .sheet_source import Source, WorksheetError
from .suggestion import WORDS
from .tokens import Notation, Token
from .trees import Apply, Derivative, Name, Number, Row, Tree, replace_names

_MOST_STARTS = 12  # the number of tokens before a joiner at which a target may begin
_NEW = frozenset(("new", "updated", "next"))
_NEW_NAME = re.compile(rf"(?:new_(.+))|(.+?)(?:_\^?|,|\^[(\[]?)(?:{NEW}|\+)[)\]]?")
_POINT_WORDS = frozenset(("at", "bei"))
_OPERATORS = frozenset(("det", "rank", "tr", "trace", "total", "change", "average", "max", "min"))
_AT_NUMBER = re.compile(r"[^\W\d]\w*['′″]*\(\s*[-−]?[\d.,]+\s*\)\s*")
_NUMBERED = re.compile(r"\w+\((\d+|[tkn]\s*[+]\s*1)\)")
GAP = re.compile(r"[ \t]{2,}")
_ENDS_WORDS = frozenset((",", ":", ".", ";", ")", "|", "⇒", "&", "?", *COMPARISONS))


class TargetParser(ABC):
    """The part of the line parser that reads what stands left of the first joiner."""

    def __init__(
        self, source: Source, found: list[Token], names: SheetNames, notation: Notation
    ) -> None:
        self.source, self.names, self.notation = source, names, notation
        self.tokens = found
        self.end = len(self.tokens) - 1
        self.joiners: list[int] = []  # the positions of the signs that join members
        self.parts: dict[str, Tree] = {}

    def _parser(self, start: int, stop: int) -> Parser:
        place = self.tokens[stop].place
        found = [*self.tokens[start:stop], Token("end", "", place, place)]
        parser = Parser(self.source, found, self.names, self.notation)
        parser.parts = self.parts
        return parser

    @abstractmethod
    def _member(self, start: int, stop: int) -> tuple[Tree, int]:
        """Return the member that begins at `start`, and the position after it."""

    def _read_target(self, start: int, joiner: int) -> RawChain:
        place = self.tokens[start].place
        label, start, labeled = self._label(start, joiner)
        if labeled is not None:
            return labeled
        last: WorksheetError | None = None
        for at in self._starts(start, joiner):
            try:
                chain = self._target_at(at, joiner, is_whole=at == start)
            except WorksheetError as error:
                last = last or error
                continue
            if chain:
                chain.label, chain.place = label, place
                chain.words = frozenset(token.text.casefold() for token in self.tokens[start:at])
                chain.is_point = bool(chain.words & _POINT_WORDS)
                return self._mark_new(chain, at, start, joiner)
        chain = self._expression_after_words(start, joiner) or self._unknown_formula(start, joiner)
        if chain is None and self._is_in_words(start, joiner):
            chain = RawChain(place, None, [])
        if chain is None:
            raise last or self.source.error("a name is expected before this", place)
        return chain

    def _is_in_words(self, start: int, joiner: int) -> bool:
        """Whether words stand left of a calculation with a result, as in: det H = 6 − 1 = 5."""
        words = [t for t in self.tokens[start:joiner] if t.kind == "name" and len(t.text) > 2]
        signs = [t.text for t in self.tokens[start:joiner] if t.kind == "sign"]
        return bool(words) and not set(signs) - _ENDS_WORDS - {"("} and joiner < self.joiners[-1]

    def _starts(self, start: int, joiner: int) -> Iterator[int]:
        """Yield the start, and each position after a word or separator where a target may begin."""
        yield start
        for at in range(max(start + 1, joiner - _MOST_STARTS), joiner):
            before = self.tokens[at - 1]
            is_operand = at > 1 and self.tokens[at - 2].text in ("/", "*", "·", "^")
            is_word = before.kind == "name" and _is_word(before.text) and not is_operand
            is_gap = GAP.fullmatch(self.source.text, before.end, self.tokens[at].place)
            if before.text.casefold() in _OPERATORS or self.names.is_function(before.text):
                continue  # because det H and mean y are not H and y
            if is_word or is_gap or before.kind == "other" or before.text in _ENDS_WORDS:
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
        product, tree = tree, self._value_at(tree, at, joiner)
        was_evaluated = tree is not product
        match tree:  # In ∂z/∂u(u), the variable is repeated. ∂z/∂u(a) is the slope at a.
            case Apply(head="·", args=(Derivative() as derivative, Name() as variable)):
                is_function = self.names.variables_of(derivative.top.name) == (
                    derivative.bottom.name,
                )
                tree = derivative
                if is_function and variable.name != derivative.bottom.name:
                    tree = Apply(derivative.top.name + "'", (variable,), derivative.place)
            case Apply(head="·", args=(Derivative() as derivative, Row() | Number() as values)):
                items = values.items if isinstance(values, Row) else (values,)
                if all(map(written_number, items)) and self._is_in_brackets(values):
                    tree, point = derivative, [("", item) for item in items]
            case Apply(head=head, args=(Name() as variable,)):
                tree = self.names.slope_of(head, variable) or tree
        is_word = isinstance(tree, Name) and not is_whole and tree.name in WORDS - {"a", "I"}
        if _is_target(tree, self.names) and not is_word:
            return RawChain(place, tree, [], point=point)
        if not is_whole:
            return None
        if not was_evaluated:
            self._check_numbered(at, joiner)
        if missing := self._unknown(tree):
            raise self.source.error(
                f"{missing[0]} is not defined; write a name left of =, or a formula whose names "
                "have values",
                place,
            )
        return self._arithmetic(tree, at, joiner)

    def _value_at(self, tree: Tree, at: int, joiner: int) -> Tree:
        """Return y(3) as the formula of y with 3 for its only variable."""
        text = self.source.text[self.tokens[at].place : self.tokens[joiner - 1].end]
        known = self.names.quantities.get(self.tokens[at].text)
        if not (known and known.tree and _AT_NUMBER.fullmatch(text) and len(known.uses) == 1):
            return tree
        match tree:
            case Apply(head="·", args=(Name(), Number() as number)):
                return replace_names(known.tree, dict.fromkeys(known.uses, number))
        return tree

    def _is_in_brackets(self, values: Row | Number) -> bool:
        """Whether the numbers of a point stand in brackets right after what is evaluated."""
        before = [token for token in self.tokens if token.place <= values.place][-2:]
        opened = before[-1] if isinstance(values, Row) else before[0]
        return opened.text == "(" and opened.tight

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
        known = self.names.find_alias
        return [
            n for n in self.names.undefined(tree) if not known(n) and n not in self.names.stated
        ]

    def _arithmetic(self, tree: Tree, at: int, joiner: int) -> RawChain:
        span = (self.tokens[at].place, self.tokens[joiner - 1].end)
        return RawChain(span[0], None, [RawMember("", tree, span)])

    def _expression_after_words(self, start: int, joiner: int) -> RawChain | None:
        for at in self._starts(start, joiner):
            token = self.tokens[at]
            is_call = token.kind == "name" and self.names.is_function(token.text.rstrip("'"))
            is_open = token.text in ("(", "-", "[", r"\frac", "∂") and not token.tight
            is_named = token.kind == "name" and self.names.knows(token.text)
            if not (is_call or is_open or is_named or token.kind == "number"):
                continue
            try:
                chain = self._target_at(at, joiner, is_whole=True)
            except WorksheetError:
                continue
            if chain and not (chain.members and is_written(chain.members[0].tree)):
                return chain
        return None

    def _unknown_formula(self, start: int, joiner: int) -> RawChain | None:
        """Return (z − t)² = (1.1 − 1)² = 0.01 as arithmetic, although z has no value, or None."""
        if self.joiners[-1] == joiner:
            return None
        try:
            parser = self._parser(start, joiner)
            tree = parser.sum()
            parser.finish()
        except WorksheetError:
            return None
        is_unknown = isinstance(tree, Apply) and self._unknown(tree)
        return self._arithmetic(tree, start, joiner) if is_unknown else None

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
        name = self.tokens[start]
        is_name = (
            after - start == 2 and name.kind == "name" and self.names.may_be_defined(name.text)
        )
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


def _is_word(name: str) -> bool:
    """Whether a name is a word such as input or prev_hidden, unlike D_w and x1."""
    return all(part.isalpha() and len(part) > 1 for part in name.split("_"))


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
