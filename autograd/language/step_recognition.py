"""Recognition of the step of gradient descent: 0.5 − 0.1·(−0.177) is w − η·dC/dw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .names import RATES
from .recognition import is_number_of
from .sheet_names import SheetNames
from .trees import Apply, Derivative, Name, Number, Tree, plain_number

# The names of further parameters, such as those of momentum and weight decay.
_OF_OTHER_STEPS = frozenset(
    ("β", "beta", "momentum", "μ", "mu", "ρ", "rho", "λ", "lambda", "decay")
)


def recognize_update(
    tree: Tree,
    target: Name,
    written: str,
    gradients: Callable[[str], str | None],
    names: SheetNames,
) -> Tree | None:
    """Return the update w − η·dC/dw that 0.5 − 0.1·(−0.177) stands for, or None.

    Args:
        tree: the calculation with numbers.
        target: the quantity that is updated.
        written: the text of its value before the update.
        gradients: takes the text of a number. It returns the name of a quantity C for which dC/dw
            has this value, or None.
        names: the quantities of the sheet.
    """
    if not isinstance(tree, Apply) or tree.head not in ("+", "-") or not written:
        return None
    old, change = tree.args
    if not isinstance(old, Number) or old.value != plain_number(written):
        return None
    if not isinstance(change, Apply) or change.head not in ("*", "·"):
        return None
    left, right = change.args
    for rate, slope in ((left, right), (right, left)):
        if isinstance(slope, Number) and isinstance(rate, Number):
            gradient = _gradient(slope, target, gradients(slope.text), names)
            if gradient is not None:
                product = Apply("*", (_rate(rate, names), gradient), change.place)
                return Apply(tree.head, (target, product), tree.place)
    return None


def recognize_step(target: Name, top: str, names: SheetNames) -> Tree | None:
    """Return the step w − η·dC/dw, or None if the sheet has no rate η or uses another method.

    Without a C, the gradient is what the writer gives as dw.
    """
    folded = {name.casefold().rstrip("0123456789") for name in names.quantities}
    rates = [name for name in names.quantities if name.casefold() in RATES]
    if len(rates) != 1 or folded & _OF_OTHER_STEPS:
        return None
    place = target.place
    own = "d" + target.name
    slope = _slope(top, target) if top else Name(own, (), place)
    if not top and own not in names.quantities:
        return None
    step = Apply("*", (Name(rates[0], (), place), slope), place)
    return Apply("-", (target, step), place)


def _slope(top: str, target: Name) -> Derivative:
    return Derivative(Name(top, (), target.place), target, target.place)


def _gradient(number: Number, target: Name, top: str | None, names: SheetNames) -> Tree | None:
    """Return the derivative with this value, or a quantity that the writer named dw, or None."""
    if top:
        return replace(_slope(top, target), place=number.place)
    own = names.quantities.get("d" + target.name)
    if own and not target.index and is_number_of(own.digits.get((), ""), number):
        return Name("d" + target.name, (), number.place)
    return None


def _rate(number: Number, names: SheetNames) -> Tree:
    named = [
        name
        for name, quantity in names.quantities.items()
        if name.casefold() in RATES and is_number_of(quantity.digits.get((), ""), number)
    ]
    return Name(named[0], (), number.place) if len(named) == 1 else number
