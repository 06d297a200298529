"""Parsing of labels before a target and of points after it, as in "loss: 0.5" and dy/dx(2) = 4."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .grammar import Parser
from .members import RawChain, RawMember, written_number
from .sheet_names import SheetNames
from .sheet_source import Source, WorksheetError
from .suggestion import WORDS
from .token import Notation, Token
from .trees import Apply, Derivative, Name, Row, Tree, names_in

NEW_WORDS = frozenset(("new", "updated", "next"))
_AT = frozenset(("at", "bei", "an", "en", "à"))  # before a point


class LabelParser(ABC):
    """The part of the line parser that reads the label before a target, and the point after it."""

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
        if after == joiner:
            return "", start, None
        is_name = (
            after - start == 2
            and name.kind == "name"
            and self.names.may_be_defined(name.text)
            and not self.names.is_function(name.text)
        )
        if is_name and not self._is_target_after(after, joiner):
            target = self._parser(start, start + 1).sum()
            tree, reached = self._member(after, joiner)
            if reached == joiner and not WORDS & set(map(str.casefold, names_in(tree))):
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
        return not isinstance(tree, Row) and is_target(tree, self.names)

    def _point(self, parser: Parser) -> list[tuple[str, Tree]]:
        """Read the point after a derivative, such as |_{(0,0)}, |_{x=2}, (0, 0) or at (0, 0).

        The argument in dz/du (u) is skipped, because it repeats the variable.
        """
        has_word = parser.next.text in _AT and parser.tokens[parser.at + 1].text == "("
        parser.at += has_word
        if parser.next.text == "(" and (parser.next.tight or has_word):
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


def is_target(tree: Tree, names: SheetNames) -> bool:
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
