"""Parsing of everything in brackets: groups, lists, matrices, arguments and fractions."""

from __future__ import annotations

from collections.abc import Sequence

from .cursor import COMPARISONS
from .fractions import Fractions
from .token import Token
from .trees import Apply, Name, Row, Tree, calls_in, names_in, replace_names
from .vocabulary import function_name

_CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
_AROUND_GROUPS = frozenset("+-*·⊙⊗/^√")
# Functions that make one number of a list, or that depend on all its numbers.
_REDUCTIONS = frozenset(
    ("sum", "mean", "var", "std", "norm", "dot", "softmax", "len", "mse", "outer")
)
_CASE_WORDS = frozenset(("if", "for", "when", "falls", "otherwise", "else", "sonst"))
# Keyword arguments that do not change the result.
_IGNORED_KEYWORDS = ("requires_grad", "dtype", "grad_fn", "device", "keepdims")


class Brackets(Fractions):
    """The part of the parser that reads brackets, fractions, roots and absolute values."""

    _looped: Tree | None = None  # the last item that was read elementwise

    def _bracketed(self) -> Tree:
        """Read (…), […] or {…}, which holds one expression or a list.

        An item of a list may be read twice; see `_item`. The tree of every bracket is therefore
        kept. Otherwise the time would double with every level of nesting.
        """
        start = self.at
        if start not in self.brackets:
            self.brackets[start] = self._read_bracketed(), self.at
        tree, self.at = self.brackets[start]
        return tree

    def _read_bracketed(self) -> Tree:
        opened, start = self.next, self.at
        self.at += 1
        self._enter_nested(opened)
        closing = _CLOSING[opened.text]
        rows = self._rows(closing, opened)
        self.depth -= 1
        if len(rows) > 1:
            return _rows_of_matrix(rows, opened.place)
        if rows[0][0] is self._looped:
            return rows[0][0]  # which is a list already
        is_list = opened.text == "[" and not self._is_grouping(rows[0][0], start)
        if opened.text == "⟨":
            return Apply("⟨", tuple(rows[0]), opened.place)
        if is_list or len(rows[0]) > 1:
            has_commas = any(token.text == "," for token in self.tokens[start : self.at])
            return Row(tuple(rows[0]), opened.place, "" if has_commas else "row")
        return rows[0][0]

    def _is_grouping(self, item: Tree, start: int) -> bool:
        """Whether [ … ] around a calculation groups it, as in −[y ln p + (1 − y) ln(1 − p)].

        If no operator stands before or after it, it is a vector of one number.
        """
        if not isinstance(item, Apply):
            return False
        if item.head in COMPARISONS:
            return True
        before, after = self.tokens[start - 1] if start else None, self.next
        is_operand = before is not None and (
            before.text in _AROUND_GROUPS or (before.kind in ("name", "number", "raised"))
        )
        is_followed = after.kind == "raised" or after.text in _AROUND_GROUPS
        return is_operand or is_followed or (after.text != "[" and self.opens_factor())

    def _rows(self, closing: str, opened: Token) -> list[list[Tree]]:
        """Read rows, which are separated by ;. Items are separated by commas or spaces."""
        rows: list[list[Tree]] = [[self._item(closing)]]
        while not self.take(closing):
            if self.take(";"):
                if self.next.text != closing:
                    rows.append([self._item(closing)])
            elif self.take(",", "&"):
                if self.next.text != closing:
                    rows[-1].append(self._item(closing))
            elif self._next_item_begins(closing):
                begins_row = self._follows_line_end() and not isinstance(rows[-1][-1], Row)
                if begins_row:
                    rows.append([])
                rows[-1].append(self._item(closing))
            else:
                self.expect(closing, opened)
                break
        return rows

    def _item(self, closing: str) -> Tree:
        """Read an item of a list.

        In [1 -2], which has no comma, the sign belongs to the second item.
        """
        if closing not in "]⟧":
            return self._over_lists(self._chosen(self.condition()))
        start = self.at
        tree = self.signed()
        if self.next.kind in ("number",) or self._is_signed_item() or self.next.text == "[":
            return tree
        self.at = start
        return self._over_lists(self._chosen(self.condition()))

    def _over_lists(self, item: Tree) -> Tree:
        """Return x² for x in xs as xs², and (a − b)² for a, b in zip(p, q) as (p − q)².

        The item of a list is read elementwise. Other loops, such as one over range(3), are refused.
        """
        if self.next.text != "for" or self.tokens[self.at + 1].kind != "name":
            return item
        start = self.next
        self.at += 1
        variables = [self._loop_name()]
        while self.take(","):
            variables.append(self._loop_name())
        lists: list[Tree] = []
        if self.next.text == "in":
            self.at += 1
            is_zip = self.next.text == "zip"
            self.at += is_zip
            lists = (
                list(self._arguments(")", opened))
                if is_zip and (opened := self.take("("))
                else [self.power()]
            )
        if len(lists) != len(variables) or not self._is_elementwise(item, variables, lists):
            raise self.source.error(
                "a loop is not run here; write the calculation for lists", start.place
            )
        self._looped = replace_names(item, dict(zip(variables, lists, strict=True)))
        return self._looped

    def _is_elementwise(self, item: Tree, variables: Sequence[str], lists: Sequence[Tree]) -> bool:
        """Whether the item of a loop has the same meaning for whole lists of numbers."""
        are_lists = all(
            isinstance(one, Row)
            or (isinstance(one, Name) and self.names.rank_of_name(one.name) < 2)
            for one in lists
        )
        used = set(names_in(item))
        others = used - set(variables)
        has_reduction = any(function_name(call.head) in _REDUCTIONS for call in calls_in(item))
        has_lists = any(map(self.names.rank_of_name, others))
        return are_lists and bool(used & set(variables)) and not (has_reduction or has_lists)

    def _loop_name(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1].text

    def _follows_line_end(self) -> bool:
        return "\n" in self.source.text[self.tokens[self.at - 1].end : self.next.place]

    def _next_item_begins(self, closing: str) -> bool:
        if closing == ")":  # as in (1 2), where two numbers cannot be anything else
            before = self.tokens[self.at - 1]
            return self.next.kind == before.kind == "number" and not self.next.tight
        if closing not in "]⟧":
            return False
        return self.next.kind == "number" or self.next.text == "[" or self._is_signed_item()

    def _is_signed_item(self) -> bool:
        sign, after = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_sign = sign.kind == "sign" and sign.text in "+-" and not sign.tight
        before = self.tokens[self.at - 1]
        return is_sign and after.tight and after.kind == "number" and before.kind == "number"

    def _arguments(self, closing: str, opened: Token) -> tuple[Tree, ...]:
        """Read arguments, and skip keywords such as dtype because they do not change the result."""
        items: list[Tree] = []
        while not self.take(closing):
            keyword = self.next.kind == "name" and self.tokens[self.at + 1].text == "="
            if keyword:
                self._skip_keyword(closing)
            else:
                items.append(self._over_lists(self._chosen(self.condition())))
            if not self.take(",", ";", "|") and self.next.text != closing:
                self.expect(closing, opened)
        if not items:
            raise self.source.error("a number or a name is expected in these brackets", opened.end)
        return tuple(items)

    def _skip_keyword(self, closing: str) -> None:
        if self.next.text not in _IGNORED_KEYWORDS:
            raise self.source.error(
                f"{self.next.text}= has no meaning here; write the calculation itself",
                self.next.place,
            )
        depth = 0
        while self.next.kind != "end" and (depth or self.next.text not in (",", closing)):
            depth += (self.next.text in "([") - (self.next.text in ")]")
            self.at += 1

    def _matrix(self) -> Tree:
        r"""Read \begin{bmatrix} … \end{bmatrix}. A single column or row is a vector."""
        opened = self.next
        self.at += 1
        self._enter_nested(opened)
        rows = self._rows("⟧", opened)
        self.depth -= 1
        if len(rows) == 1:
            return Row(tuple(rows[0]), opened.place, "row")
        return _rows_of_matrix(rows, opened.place)

    def _cases(self) -> Tree:
        r"""Read \begin{cases} z & z > 0 \\ 0 & z \le 0 \end{cases}.

        The last case holds where no other does.
        """
        opened = self.next
        self.at += 1
        self._enter_nested(opened)
        cases = [self._case()]
        while self.take(";") and self.next.text != "⟧":
            cases.append(self._case())
        self.expect("⟧", opened)
        self.depth -= 1
        tree = cases[-1][0]
        for value, condition in reversed(cases[:-1]):
            if condition is None:
                raise self.source.error("a case needs its condition after &", value.place)
            tree = Apply("where", (condition, value, tree), value.place)
        return tree

    def _case(self) -> tuple[Tree, Tree | None]:
        """Read one case and its condition. The words "if" and "otherwise" are skipped."""
        value, condition = self.sum(), None
        while self.next.text in (",", "&") or self.next.is_text or self.next.text in _CASE_WORDS:
            self.at += 1
        if self.next.text not in (";", "⟧"):
            condition = self.condition()
        return value, condition


def _rows_of_matrix(rows: list[list[Tree]], place: int) -> Row:
    """Return a matrix, or a column if every row is a single number."""
    if all(len(row) == 1 and not isinstance(row[0], Row) for row in rows):
        return Row(tuple(row[0] for row in rows), place, "column")
    return Row(tuple(Row(tuple(row), place) if len(row) > 1 else row[0] for row in rows), place)
