"""The correct working of one number, in the sheet's own names and in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.value import Value
from ..graph.wording import factors_in_numbers, number_text
from .naming import by_number, factor_text, formula_text
from .sweep import Sweep

_MOST_PATHS = 6
_MOST_EDGES = 300  # of the paths of a gradient; a longer working would not be read


@dataclass(frozen=True, slots=True)
class _Product:
    """One summand of a gradient: its factors as text and as numbers."""

    factors: tuple[str, ...]
    numbers: tuple[float, ...]
    upstream: str = ""


def value_working(node: Value, name: str) -> str:
    """Return how a value is computed: its formula, the substituted numbers, and the result.

    >>> x = Value(3.0, "x")
    >>> value_working(x * x + 1, "y")
    'y = x·x + 1 = 3·3 + 1 = 10'
    """
    if not node.parents:
        return f"{name} = {number_text(node.data, digits=6)}"
    steps = [formula_text(node), formula_text(node, by_number), number_text(node.data, digits=6)]
    return " = ".join([name, *dict.fromkeys(steps)])  # equal steps are written once


def gradient_working(sweep: Sweep, node: Value, name: str) -> str:
    """Return a gradient as a sum of products, one for each path to a named quantity.

    A product is the gradient of that quantity times the local derivatives on the path.

    >>> from autograd.grading.ledger import Ledger
    >>> w, x, t = Value(3.0, "w"), Value(2.0, "x"), Value(5.0, "t")
    >>> y = w * x
    >>> y.label = "y"
    >>> C = (y - t).square() / 4
    >>> C.label = "C"
    >>> sweep = Ledger().sweep(C)
    >>> gradient_working(sweep, y, "dC/dy")
    'dC/dy = (1/4)·2·(y − t) = (0.25)(2) = 0.5'
    >>> gradient_working(sweep, w, "dC/dw")
    'dC/dw = dC/dy·x = (0.5)(2) = 1'
    """
    products = _products(sweep, node)
    if not products:
        return ""
    shown = products[:_MOST_PATHS]
    more = " + …" if len(products) > len(shown) else ""
    symbols = " + ".join(map(_product_text, shown)) + more
    numbers = " + ".join(factors_in_numbers(product.numbers) for product in shown) + more
    result = number_text(sweep.adjoint(node), digits=6)
    return " = ".join([name, *dict.fromkeys([symbols, numbers, result])])


def _product_text(product: _Product) -> str:
    """Return a product as text. A single factor needs no brackets."""
    upstream, factors = product.upstream, product.factors
    if not upstream and len(factors) == 1:
        return factors[0]
    return "·".join(filter(None, [upstream, *map(_bracketed, factors)]))


def _products(sweep: Sweep, node: Value) -> list[_Product]:
    """Return a product for each path to a named quantity, or [] if the paths are very long.

    Factors of 1 are left out.
    """
    found = list[_Product]()
    stack = [(use, _Product((), ())) for use in reversed(sweep.uses.get(node, []))]
    for _ in range(_MOST_EDGES):
        if not stack or len(stack) >= 10 * _MOST_PATHS:
            return found
        (child, slot), so_far = stack.pop()
        text, local = factor_text(child, slot), child.partials[slot]
        factors, numbers = so_far.factors, so_far.numbers
        if text != "1":
            factors, numbers = (text, *factors), (local, *numbers)
        if child is sweep.output:
            found.append(_Product(factors or ("1",), numbers or (1.0,)))
        elif child.label:
            upstream = f"d{sweep.output.label or 'C'}/d{child.label}"
            found.append(_Product(factors, (sweep.adjoint(child), *numbers), upstream))
        else:
            product = _Product(factors, numbers)
            stack += [(use, product) for use in reversed(sweep.uses.get(child, []))]
    return []


def _bracketed(text: str) -> str:
    """Return a factor, in brackets if it is a quotient or begins with a minus sign."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "/" and depth == 0:
            return f"({text})"
    return f"({text})" if text.startswith("−") else text
