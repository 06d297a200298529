"""`Key`: a function that reads the key of ``h[k] = …`` from the variables of a frame.

A key may consist of local variables, constants, and sums, differences, products and remainders of
integers. Reading it executes no code of the user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dis import Instruction
from operator import add, mul, sub
from typing import Any

from .bytecode import count_entries, index_below

Key = Callable[[Mapping[str, Any]], Any]
"""It takes the variables by name, and returns None if the key cannot be read."""


def read_key(instructions: Sequence[Instruction], end: int) -> Key | None:
    """Return the key that the instructions up to index `end` load, or None if it is not simple."""
    while end >= 0 and count_entries(instructions[end]) == (0, 0):
        end -= 1
    loaded = instructions[end]
    operand = loaded.argval
    if loaded.opname in ("LOAD_CONST", "LOAD_SMALL_INT"):
        return lambda names: operand
    if loaded.opname.startswith(("LOAD_FAST", "LOAD_NAME", "LOAD_DEREF")):
        return lambda names: names.get(operand)
    if loaded.opname == "BINARY_OP" and loaded.argrepr in _OPERATORS:
        left = read_key(instructions, index_below(instructions, end - 1, 1))
        right = read_key(instructions, end - 1)
        return left and right and _combine(_OPERATORS[loaded.argrepr], left, right)
    return None


def _combine(operator: Callable[[int, int], int | None], left: Key, right: Key) -> Key:
    def read(names: Mapping[str, Any]) -> Any:
        a, b = left(names), right(names)
        return operator(a, b) if a.__class__ is int and b.__class__ is int else None

    return read


_OPERATORS: dict[str, Callable[[int, int], int | None]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "%": lambda a, b: a % b if b else None,
}
