"""The targets of chains: names, derivatives, lists of names and calls such as f(x)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..late_pattern import compile_late
from .alignment import CLOSING
from .cursor import COMPARISONS
from .members import POINT_WORDS, RawChain, RawMember, is_written, written_number
from .names import LOSS_NAMES
from .respelling import NEW
from .sheet_source import WorksheetError
from .suggestion import WORDS
from .target_labels import NEW_WORDS, LabelParser, is_target
from .trees import Apply, Derivative, Name, Number, Row, Tree, names_in, replace_names

_MOST_STARTS = 12  # the number of tokens before a joiner at which a target may begin
NEW_NAME = compile_late(rf"(?:new_(.+))|(.+?)(?:_\^?|,|\^[(\[]?)(?:{NEW}|\+)[)\]]?")
_OPERATORS = frozenset(("det", "rank", "tr", "trace", "total", "change", "average", "max", "min"))
_ADJECTIVES = frozenset(("total", "average", "mean", "overall"))
_AT_NUMBER = compile_late(r"[^\W\d]\w*['′″]*\(\s*[-−]?[\d.,]+\s*\)\s*")
_NUMBERED = compile_late(r"\w+\((\d+|[tkn]\s*[+]\s*1)\)")
# perhaps behind the rest of a blank such as ____, or between formulas in LaTeX
GAP = compile_late(r"[_$]*[ \t]{2,}\$?|\$[ \t]\$")
_OPERATION = compile_late(r"\w\([^()]*[\w)][ ]?[-−–+*/·][ ]?[\w(][^()]*\)$")
_ENDS_WORDS = frozenset((",", ":", ".", ";", ")", "|", "⇒", "&", "?", *COMPARISONS))

# Words that change the value of the expression after them.
_CHANGES = frozenset(
    ("half", "twice", "double", "triple", "third", "quarter", "negative", "minus", "root", "times")
)


class TargetParser(LabelParser):
    """The part of the line parser that reads what stands left of the first joiner."""

    def _read_target(self, start: int, joiner: int) -> RawChain:
        place = self.tokens[start].place
        label, start, labeled = self._label(start, joiner)
        if labeled is not None:
            return labeled
        last: WorksheetError | None = None
        for at in self._starts(start, joiner):
            if any(before.text.casefold() in _CHANGES for before in self.tokens[start:at]):
                break
            try:
                chain = self._target_at(at, joiner, is_whole=at == start)
            except WorksheetError as error:
                last = last or error
                continue
            if chain:
                chain.label, chain.place = label, place
                chain.words = frozenset(token.text.casefold() for token in self.tokens[start:at])
                chain.is_point = bool(chain.words & POINT_WORDS)
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
            if before.text == "." and before.tight and self.tokens[at].tight:
                continue  # because the grad of w.grad is no name
            if before.text == ")" and self.tokens[at].tight and self._is_factor(start, at):
                continue  # because the x of 2(y − t)x is no target
            is_word = before.kind == "name" and _is_word(before.text) and not is_operand
            is_gap = GAP.fullmatch(self.source.text, before.end, self.tokens[at].place)
            is_total = before.text.casefold() in _ADJECTIVES and not self.names.knows(before.text)
            if is_total and self.tokens[at].text.casefold() in LOSS_NAMES:
                yield at  # as in: total J
            if before.text.casefold() in _OPERATORS or self.names.is_function(before.text):
                continue  # because det H and mean y are not H and y
            if is_word or is_gap or before.kind == "other" or before.text in _ENDS_WORDS:
                yield at

    def _is_factor(self, start: int, at: int) -> bool:
        """Whether an operation in brackets right before a name is multiplied by it."""
        text = self.source.text[self.tokens[start].place : self.tokens[at].place]
        return _OPERATION.search(text) is not None

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
            case Apply(
                head="·", args=(Derivative() | Row() as slopes, Row() | Number() as values)
            ) if is_target(slopes, self.names):  # as in dy/dx(2) and ∇f(1, 2)
                items = values.items if isinstance(values, Row) else (values,)
                if all(isinstance(item, Name) for item in items):
                    tree = slopes
                elif all(map(written_number, items)) and self._is_in_brackets(values):
                    tree, point = slopes, [("", item) for item in items]
            case Apply(head=".T", args=(Name(index=index) as element,)) if index:
                tree = replace(element, name=element.name + "'")  # w[2]' is the new w[2]
            case Apply(head=".T", args=(Apply() as inner,)) if self.tokens[joiner - 1].text == "'":
                tree = self._slope_of(inner) or tree  # as in (x²)' = 2x
            case Apply(head=head, args=(Name() as variable,)):
                tree = self.names.slope_of(head, variable) or tree
        is_word = isinstance(tree, Name) and not is_whole and tree.name in WORDS - {"a", "I"}
        if is_target(tree, self.names) and not is_word:
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

    def _slope_of(self, inner: Apply) -> Tree | None:
        """Return the slope that (x²)' means, or None for a transposed matrix or several names."""
        found = set(names_in(inner))
        if len(found) != 1 or self.names.rank_of(inner) or self.names.undefined(inner):
            return None
        bottom = Name(found.pop(), (), inner.place)
        hidden = Name("·" + bottom.name, (), inner.place)
        return Apply("slope", (replace_names(inner, {bottom.name: hidden}), hidden, bottom), 0)

    def _value_at(self, tree: Tree, at: int, joiner: int) -> Tree:
        """Return y(3) as the formula of y with 3 for its only variable."""
        text = self.source.text[self.tokens[at].place : self.tokens[joiner - 1].end]
        known = self.names.quantities.get(self.tokens[at].text)
        if not (known and known.tree and _AT_NUMBER.fullmatch(text) and len(known.uses) == 1):
            return tree
        (variable,) = known.uses
        if not self.names.knows(variable) or not self.names.quantities[variable].is_given:
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
            if at > start and token.text == "-" and self.tokens[at - 1].text in CLOSING:
                continue  # because the minus goes on with the formula
            if any(before.text.casefold() in _CHANGES for before in self.tokens[start:at]):
                return None  # because half of (a − y)² is not (a − y)²
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
        chain.was_named_new = before is not None and before.text.casefold() in NEW_WORDS
        chain.is_new = chain.was_named_new or self.tokens[joiner].text in ("←", "+=", "-=")
        if isinstance(chain.target, Name) and not self.names.knows(chain.target.name):
            found = NEW_NAME.fullmatch(chain.target.name)
            if found:
                written = found[1] or found[2]
                name, index = self.names.resolve(written)
                if self.names.knows(name):
                    self.names.aliases[chain.target.name] = (written if index else name) + "'"
                    chain.target = Name(name, index or chain.target.index, chain.target.place)
                    chain.is_new = chain.was_named_new = True
        return chain


def _is_word(name: str) -> bool:
    """Whether a name is a word such as input or prev_hidden, unlike D_w and x1."""
    return all(part.isalpha() and len(part) > 1 for part in name.split("_"))
