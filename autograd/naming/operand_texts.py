"""Read from the bytecode how an instruction's operands are written, such as ``a`` and ``h[0]``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dis import Instruction
from types import CodeType

from .bytecode import callable_index, index_below
from .code_sites import read_code
from .stored_targets import reads_element


def operand_texts(code: CodeType, offset: int, count: int) -> tuple[str, ...]:
    """Return the operands of the node that an instruction recorded, as the code writes them.

    An operand has the text "" if it is not a variable, an attribute or an element with a constant
    key. The result is empty if the code does not tell which operand is which.

    Args:
        code: the code object.
        offset: the offset of the instruction.
        count: the number of operands that the node has.
    """
    whole = read_code(code)
    site = whole.read_site(offset)
    if not (site.is_operator or site.records_one):
        return ()
    ends = _operand_indices(whole.instructions, whole.index(offset), count)
    return tuple(_text(whole.instructions, end) for end in ends)


def _operand_indices(instructions: Sequence[Instruction], index: int, count: int) -> Iterator[int]:
    """Yield, for each operand, the index of the last instruction that loads it."""
    now = instructions[index]
    if now.opname.startswith("UNARY_"):
        yield index - 1
    elif now.opname.startswith("BINARY_OP"):
        yield index_below(instructions, index - 1, 1)
        yield index - 1
    elif now.opname == "CALL":
        arguments = now.arg or 0
        if arguments == count - 1:  # a method such as ``x.exp()``, whose object is an operand
            yield callable_index(instructions, index) - 1
        elif arguments != count:
            return
        for above in reversed(range(arguments)):
            yield index_below(instructions, index - 1, above)


def _text(instructions: Sequence[Instruction], end: int) -> str:
    """Return the text of the expression that the instructions up to `end` load, or ""."""
    loaded = instructions[end]
    if loaded.opname == "LOAD_ATTR":
        holder = _text(instructions, end - 1)
        return f"{holder}.{loaded.argval}" if holder else ""
    if reads_element(loaded):
        key = instructions[end - 1]
        container = _text(instructions, index_below(instructions, end - 1, 1))
        is_constant = key.opname in ("LOAD_CONST", "LOAD_SMALL_INT")
        return f"{container}[{key.argval!r}]" if container and is_constant else ""
    is_variable = loaded.opname.startswith("LOAD_") and loaded.opname != "LOAD_CONST"
    return loaded.argval if is_variable and isinstance(loaded.argval, str) else ""
