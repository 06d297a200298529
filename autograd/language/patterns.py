"""Formulas that are recorded as a single operation: ½(a − b)² and 1/(1 + exp(−z))."""

from __future__ import annotations

from .trees import Apply, Name, Number, Tree


def half_of_square(tree: Apply) -> Tree | None:
    """Return a − b if the tree is ½·(a − b)² or (a − b)²/2, or None."""
    # "·⊙" is a · that is read as an elementwise product.
    if tree.head in ("*", "·", "·⊙") and _is_half(tree.args[0]):
        square = tree.args[1]
    elif tree.head == "/" and _is_number(tree.args[1], 2):
        square = tree.args[0]
    else:
        return None
    if not isinstance(square, Apply) or square.head != "^" or not _is_number(square.args[1], 2):
        return None
    inner = square.args[0]
    return inner if isinstance(inner, Apply) and inner.head == "-" else None


def _is_number(tree: Tree, value: float) -> bool:
    return isinstance(tree, Number) and tree.value == value


def _is_half(tree: Tree) -> bool:
    if isinstance(tree, Apply) and tree.head == "/":
        return _is_number(tree.args[0], 1) and _is_number(tree.args[1], 2)
    return _is_number(tree, 0.5)


def exponent_of_logistic(tree: Apply) -> Tree | None:
    """Return z if the tree is 1/(1 + exp(−z)), or None."""
    if tree.head != "/" or not _is_number(tree.args[0], 1):
        return None
    whole = tree.args[1]
    if not isinstance(whole, Apply) or whole.head != "+":
        return None
    terms = [term for term in whole.args if not _is_number(term, 1)]
    power = terms[0] if len(terms) == 1 else None
    if not isinstance(power, Apply) or power.head != "exp" or len(power.args) != 1:
        return None
    inner = power.args[0]
    if isinstance(inner, Number) and inner.value < 0:  # as in e^−0.755
        return Number(-inner.value, inner.place, inner.text[1:])
    return inner.args[0] if isinstance(inner, Apply) and inner.head == "neg" else None


def is_own_slope(node: Apply) -> bool:
    """Whether a product is p(c − p) with one name p and any number c.

    An example is p(1 − p), the slope of p = σ(z). For vectors, the product is elementwise.
    """
    match node.args:
        case Name() as left, Apply(head="-", args=(Number(), Name() as right)):
            return str(left) == str(right)
    return False
