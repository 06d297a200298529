"""Recognition of a formula from the numbers substituted into it: 0.8·0.5 + 0.1 is w·x + b.

A number is read as the quantity that has this value in the sheet. If several quantities have the
value, these rules rank them, and an earlier rule outweighs the later ones:

1. The sheet wrote the value of the quantity with the same digits.
2. A target is preferred in a difference, and only there.
3. A name that begins with b is preferred as a term of a sum, because it is usually a bias.
4. A quantity that no formula has used yet is preferred.
5. A quantity with the same index as the result is preferred.

If two quantities rank equally, nothing is recognized.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from .names import RATES, TARGET_NAMES
from .sheet_names import SheetNames
from .trees import Apply, Name, Number, Tree, plain_number, rewrite
from .vocabulary import function_name

_MOST_CANDIDATES = 50  # the most quantities that are compared for one number
_MOST_NUMBERS = 60  # the most numbers of one formula
Rank = tuple[int, ...]


def recognize(tree: Tree, target: str, names: SheetNames) -> Tree | None:
    """Return the formula into which the numbers of a tree were substituted, or None.

    The formula must be unique, and every number must be the value of a quantity. Small constants
    are allowed, such as the 1 in 1/(1 + e⁻ᶻ) and the 2 in 2(y − t), because they belong to the
    formula.
    """
    meanings: dict[int, Tree] = {}
    used: set[str] = set()
    for place, number, role in _numbers_with_roles(tree):
        if len(meanings) > _MOST_NUMBERS:
            return None
        opposite = Number(-number.value, place, number.text.lstrip("-−"))
        biases = _biases(opposite, target, names, used) if role == "subtracted" else []
        candidates = sorted(biases or _candidates(number, role, target, names, used))
        is_open = not candidates and role in ("argument", "compared", "subtracted")
        if is_open and (element := _only_element(number, names)):
            meanings[place] = element
            continue
        is_opposite = bool(biases) or (not candidates and (number.value < 0 or role == "exponent"))
        if is_opposite and not biases:
            candidates = sorted(_candidates(opposite, role, target, names, used))
        if not candidates:
            if role == "factor" or number.value not in (0, 0.5, 1, 2, 3, 4):
                return None
            continue
        best = [name for rank, name in candidates if rank == candidates[0][0]]
        if len(best) > 1 or (role == "compared" and names.numbers.elements_with(number.value)):
            return None
        if role == "literal":
            continue
        name = Name(best[0], (), place)
        meanings[place] = Apply("neg", (name,), place) if is_opposite else name
        used.add(best[0])
    if not meanings:
        return None

    def leaf(node: Tree) -> Tree:
        return meanings.get(node.place, node) if isinstance(node, Number) else node

    return rewrite(tree, leaf)


def _numbers_with_roles(tree: Tree) -> Iterator[tuple[int, Number, str]]:
    """Yield the position, the node and the role of each number.

    These are the roles:

    - "factor": a factor of a product.
    - "term": a summand, a base of a power, or the whole formula.
    - "argument": an argument of a function other than exp.
    - "exponent": the argument of exp.
    - "compared": a side of a difference.
    - "subtracted": what is subtracted from a product or a sum.
    - "literal": a constant of the formula itself, such as the 2 of x².
    """
    stack: list[tuple[Tree, str]] = [(tree, "term")]
    while stack:
        node, role = stack.pop()
        if isinstance(node, Number):
            yield node.place, node, role
        elif isinstance(node, Apply):
            stack += zip(reversed(node.args), reversed(_roles(node, role)), strict=True)


def _roles(node: Apply, role: str) -> list[str]:
    """Return the roles of the operands of an operation."""
    left = node.args[0]
    if node.head in ("*", "·", "@", "⊙", "⊗"):
        is_share = (
            isinstance(left, Number)
            and left.value in (0.5, 2)
            and (isinstance(node.args[1], Apply) or role == "exponent")
        )
        return ["literal" if is_share else "factor", "factor"]
    if node.head == "-":
        is_one = isinstance(left, Number) and left.value == 1
        is_affine = isinstance(left, Apply) and left.head in ("*", "·", "+")
        right = "subtracted" if is_affine else "compared"
        return ["literal" if is_one and role != "compared" else "compared", right]
    if node.head == "+":
        has_one = any(isinstance(arg, Number) and arg.value == 1 for arg in node.args)
        is_logistic = has_one and any(_is_exponential(arg) for arg in node.args)
        return ["literal" if is_logistic else "term"] * 2
    if node.head == "/":
        return ["literal" if isinstance(left, Number) else role, "literal"]
    if node.head == "^":
        return ["compared" if isinstance(left, Apply) else "term", "literal"]
    if node.head == "neg":
        return [role]
    if function_name(node.head) in ("maximum", "minimum"):
        return ["literal" if _is_zero(arg) else "argument" for arg in node.args]
    return ["exponent" if _is_exponential(node) else "argument"] * len(node.args)


def _is_exponential(tree: Tree) -> bool:
    return isinstance(tree, Apply) and function_name(tree.head) == "exp"


def _is_zero(tree: Tree) -> bool:
    return isinstance(tree, Number) and tree.value == 0


def _candidates(
    number: Number, role: str, target: str, names: SheetNames, used: set[str]
) -> Iterator[tuple[Rank, str]]:
    """Yield the quantities that have this value, each with a rank. The lowest rank fits best."""
    if role == "literal":
        return
    suffix = _suffix(target)
    for name in islice(names.numbers.names_with(number.value), _MOST_CANDIDATES):
        quantity = names.quantities[name]
        text = quantity.digits.get((), "")
        is_excluded = name == target or name.endswith("'") or name.casefold() in RATES
        if is_excluded or not is_number_of(text, number):
            continue
        is_target = name.casefold() in TARGET_NAMES
        yield (
            (  # rules 1 to 5 of the module docstring; 0 if the rule prefers the quantity
                int(text.lstrip("-−") != number.text.lstrip("-−")),
                int(is_target != (role in ("compared", "subtracted") and quantity.is_given)),
                int(role == "term" and not name.startswith("b")),
                int(quantity.was_used or name in used),
                int(not suffix or _suffix(name) != suffix),
            ),
            name,
        )


def _only_element(number: Number, names: SheetNames) -> Name | None:
    """Return the only element of a list that has this value now, or None."""
    found = [
        Name(name, index, number.place)
        for name, index in names.numbers.elements_with(number.value)
        if (known := names.quantities.get(name))
        and is_number_of(known.digits.get(index, ""), number)
    ]
    return found[0] if len(found) == 1 else None


def _biases(
    number: Number, target: str, names: SheetNames, used: set[str]
) -> list[tuple[Rank, str]]:
    """Return the biases with this value, such as b = −0.5 for 2·0.4621 − 0.5."""
    found = _candidates(number, "term", target, names, used)
    return [(rank, name) for rank, name in found if name[0] == "b"]


@lru_cache(maxsize=10_000)
def _suffix(name: str) -> str:
    found = re.search(r"\d+$|_\w+$", name)
    return found[0].lstrip("_") if found else ""


def is_number_of(text: str, number: Number) -> bool:
    return plain_number(text) == number.value
