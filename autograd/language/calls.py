"""Parsing of names, and of calls such as tanh²(z) and ln u."""

from __future__ import annotations

from ..late_pattern import compile_late
from .cursor import COMPARISONS
from .sums import SumGrammar
from .token import Token
from .trees import Apply, Name, Number, Row, Tree
from .vocabulary import function_name

_INDICATORS = frozenset(("I", "𝕀", "1"))  # the 1 of \\mathbb{1}
_WRAPPERS = frozenset(
    ("array", "tensor", "matrix", "asarray", "Tensor", "float", "Value", "constant", "Variable")
)
_MODULES = frozenset(("np", "numpy", "torch", "math", "tf", "jnp", "F", "nn", "special", "scipy"))
# Names of a function with parameters, as in h_θ(x) = θ₀ + θ₁x.
_HYPOTHESES = frozenset(f"{f}_{p}" for f in ("h", "f", "g", "p", "ŷ") for p in "θwWβΘ")
_INDEXED_SUM = compile_late("sum_[a-z]{1,2}")  # sum_ij means Σ, and sum_exp is a name


class CallGrammar(SumGrammar):
    """The part of the parser that reads names, calls and sums."""

    def _named(self) -> Tree:
        token = self.next
        self.at += 1
        while token.text in _MODULES and self._at_method():
            self.at += 2
            token = self.tokens[self.at - 1]
        name, start = token.text, self.at
        variables = self.names.variables_of(name)
        is_called = bool(variables) and self.next.text == "(" and self.next.tight
        if self.names.knows(name) and not is_called:
            return self._quantity(name, token)
        if _INDEXED_SUM.fullmatch(name):
            self.at = start - 1
            return self._total()
        if name in _INDICATORS and (self.next.tight and self.next.text in ("(", "[", "{")):
            inner = self._bracketed()
            if isinstance(inner, Apply) and inner.head in COMPARISONS:
                return inner
            self.at = start
        if (name in _WRAPPERS or name == "c") and self.next.text == "(" and self.next.tight:
            return self._wrapped(name, token)
        if name in ("grad", "gradient"):
            return self._short_gradient(name, token) or self._quantity(name, token)
        if self.names.is_function(name.rstrip("'")):
            if function_name(name) in ("sum", "mean") and self.next.text == "(":
                return self._sum_of(name, token)
            tree = self._call(name, token)
            is_own = isinstance(tree, Apply) and tuple(map(str, tree.args)) == variables
            return Name(name, (), token.place) if is_own and self.names.knows(name) else tree
        if partial := self._partial(name, token.place):
            return partial
        is_call = self.next.tight and self.next.text == "(" and not self._is_factor(name)
        if is_call and not (name in self.names.stated_slopes or self.names.factors(name)):
            return self._call(name, token)
        return self._short_gradient(name, token) or self._factors(name, token)

    def _is_factor(self, name: str) -> bool:
        """Whether an unknown name before a bracket is a quantity, as dh_3, W_hh and π are.

        People give functions plain names, but the comma in P_x(1, 2) shows a function.
        """
        if name in ("π", "pi"):
            return True
        if name in _HYPOTHESES:
            return False
        is_numbered = any(c.isdigit() or c == "_" for c in name) and not name.startswith("_")
        inside = [token.text for token in self.tokens[self.at + 1 :]]
        return is_numbered and "," not in inside[: inside.index(")") if ")" in inside else 0]

    def _wrapped(self, name: str, token: Token) -> Tree:
        """Read np.array([1, 2]) as its argument, and c(1, 2) of R as a list."""
        self._enter_nested(token)
        self.at += 1
        items = self._arguments(")", token)
        self.depth -= 1
        return Row(items, token.place) if name == "c" else items[0]

    def _factors(self, name: str, token: Token) -> Tree:
        """Return x·y for the name xy if x and y are quantities and xy is not."""
        resolved, _ = self.names.resolve(name)
        parts = [] if self.names.knows(resolved) else self.names.factors(name)
        if not parts:
            return self._quantity(name, token)
        before = self.tokens[self.at - 2] if self.at > 1 else token
        if before.text == "/":
            raise self.source.error(
                f"this has two readings: write (…/{parts[0]})*{'*'.join(parts[1:])} or "
                f"…/({'*'.join(parts)})",
                token.place,
            )
        place = token.place
        trees: list[Tree] = [Name(*self.names.resolve(part), place) for part in parts[:-1]]
        tree = trees[0]
        for other in trees[1:]:
            tree = Apply("·", (tree, other), place)
        last = self._quantity(parts[-1], token)
        return Apply("·", (tree, self._with_exponents(last)), place)

    def _call(self, name: str, token: Token) -> Tree:
        """Read the arguments of a function, in parentheses or without them, as in ln u."""
        exponent: Tree | None = None
        if self.next.kind == "raised" or self.next.text == "^":
            exponent = self._exponent_of_function()
            if isinstance(exponent, Number) and exponent.value == -1:
                name, exponent = self._inverse_of(name, token), None
        self._enter_nested(token)
        if opened := self.take("("):
            args = self._arguments(")", opened)
        elif self.take("{"):
            args = (self.sum(),)
            self.expect("}", token)
        elif self.opens_factor() or self.next.kind == "number":
            args = (self._bare_argument(),)
        elif self.next.text == "-" and self.tokens[self.at + 1].tight:
            raise self.source.error(
                f"the argument needs brackets here; write {name}(−…)", token.place
            )
        else:
            self.depth -= 1
            return Name(name, (), token.place)
        self.depth -= 1
        tree: Tree = Apply(name, args, token.place)
        return Apply("^", (tree, exponent), token.place) if exponent else tree

    def _inverse_of(self, name: str, token: Token) -> str:
        """Return the inverse function that tanh⁻¹ means.

        Raises:
            WorksheetError: the function has no inverse of its own name here.
        """
        inverse = f"a{function_name(name)}"
        if function_name(inverse):
            return inverse
        raise self.source.error(
            f"this has two readings: write 1/{name}(…) for the reciprocal; the inverse function "
            "is not known here",
            token.place,
        )

    def _exponent_of_function(self) -> Tree:
        """Read an exponent between a function and its argument, as in sin² x."""
        token = self.next
        self.at += 1
        if token.kind == "raised":
            return Number(token.value, token.place, f"{token.value:g}")
        return self._group()

    def _bare_argument(self) -> Tree:
        tree = self.power()
        while self.next.tight and self.opens_factor():
            tree = Apply("·", (tree, self.power()), self.next.place)
        if self.next.tight and self.next.text == "/" and self.tokens[self.at + 1].tight:
            raise self.source.error(
                "this has two readings: write the argument of the function in brackets",
                self.next.place,
            )
        return tree

    def _at_method(self) -> bool:
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_dot = self.next.kind == "sign" and self.next.text == "." and self.next.tight
        return is_dot and following.kind == "name" and following.tight

    def _method(self, base: Tree) -> Tree:
        """Read an attribute or method after an atom, such as .T, .grad or .sum()."""
        self.at += 1
        token = self.next
        self.at += 1
        if token.text == "T":
            return Apply(".T", (base,), token.place)
        if token.text == "grad" and isinstance(base, Name):
            return self._gradient(base, f"{base}.grad")
        if token.text in ("data", "item", "numpy", "detach", "copy", "value"):
            if self.take("("):
                self.expect(")", token)
            return base
        if token.text == "astype" and (opened := self.take("(")):
            while self.next.kind == "name" or self.next.text == ".":  # the type, as np.float32
                self.at += 1
            self.expect(")", opened)
            return base
        if self.names.is_function(token.text) and (opened := self.take("(")):
            args = () if self.take(")") else self._arguments(")", opened)
            return Apply(token.text, (base, *args), token.place)
        if self.names.knows(token.text):  # as in q.k, which is q·k
            right = self._with_exponents(self._quantity(token.text, token))
            return Apply("·", (base, right), token.place)
        raise self.source.error(f".{token.text} has no meaning here", token.place - 1)

    def _sum_of(self, name: str, token: Token) -> Tree:
        """Read sum (y − t)², which is the sum of the squares, as Σ(y − t)² is.

        Only the square of a difference of two names is read so. In code, sum(y − t)**2 is the
        square of the sum.
        """
        start, opened = self.at, self.next
        tree = self._call(name, token)
        match tree:
            case Apply(args=(Apply(head="-", args=(Name(), Name())) as inner,)):
                pass
            case _:
                return tree
        after = self.tokens[self.at : self.at + 2]
        is_square = (
            after[0].value == 2
            if after[0].kind == "raised"
            else (after[0].text == "^" and after[1].text == "2")
        )
        is_code = self.notation.is_code or self.source.text.startswith("**", after[0].place)
        if is_code or self.tokens[start + 1].text == "(":
            return tree
        if not opened.tight and function_name(name) == "sum" and self.opens_factor():
            self.at = start - 1  # as in sum (y − t) x
            return self._total()
        return Apply(name, (self._with_exponents(inner),), token.place) if is_square else tree
