"""The instructions of Python's bytecode, and what each does to the stack.

An instruction takes entries from the stack of its frame and pushes its results there. Most
instructions need no line in this module, because `dis` tells how each one changes the size of the
stack. The functions therefore need only a few lines for each version of Python.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Sequence
from dis import Instruction
from types import CodeType

# Python 3.13 and later write two loads or stores of local variables as one instruction.
_TWO_IN_ONE = re.compile(r"((?:LOAD|STORE)_FAST)(?:_BORROW)?_((?:LOAD|STORE)_FAST)(?:_BORROW)?")

# Instructions whose names begin so push one result, no matter how many entries they take.
_PUSH_ONE = (
    *("BINARY_", "COMPARE_", "IS_", "CONTAINS_", "BUILD_", "CALL", "UNARY_"),
    *("GET_ITER", "LIST_TO_TUPLE", "FORMAT_", "END_SEND"),
)


def read_instructions(code: CodeType) -> list[Instruction]:
    """Return the instructions of a code object.

    An instruction that loads or stores two variables is returned as two instructions.
    """
    return [part for whole in dis.get_instructions(code) for part in _split(whole)]


def _split(instruction: Instruction) -> list[Instruction]:
    """Return the two instructions that Python wrote as one, or the instruction itself.

    The argument 0 of these two is a stand-in, because only the name of the variable is read.
    """
    match = _TWO_IN_ONE.fullmatch(instruction.opname)
    if not match or not isinstance(instruction.argval, tuple):
        return [instruction]
    return [
        instruction._replace(opname=name, opcode=dis.opmap[name], arg=0, argval=variable)
        for name, variable in zip(match.groups(), instruction.argval, strict=True)
    ]


def count_entries(instruction: Instruction) -> tuple[int, int]:
    """Return how many entries an instruction takes from the stack, and how many it pushes."""
    name, arg, opcode = instruction.opname, instruction.arg, instruction.opcode
    if name == "CALL":  # in Python 3.11, PRECALL takes the arguments, which are counted here
        return (arg or 0) + 2, 1  # 2 for the callable, and for `self` or NULL
    if name in ("PRECALL", "CACHE", "EXTENDED_ARG"):
        return 0, 0
    if name.startswith("RETURN_VALUE"):
        return 1, 0
    if name == "YIELD_VALUE":
        return 1, 1
    if name == "BEFORE_WITH":
        return 1, 2
    change = dis.stack_effect(opcode, arg if opcode >= dis.HAVE_ARGUMENT else None, jump=False)
    # `change` is pushes − pops. Unless the name tells otherwise, one of the two is 0.
    pushes = max(change, 0)
    if name.startswith(_PUSH_ONE):
        pushes = 1
    elif name in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR"):
        pushes = 1 + max(change, 0)  # a method call also pushes the object that has the method
    elif name.startswith("UNPACK_"):
        pushes = change + 1
    return pushes - change, pushes


def result_positions(instruction: Instruction) -> set[int]:
    """Return the positions on the stack of the results of an instruction. The top is 0."""
    if instruction.opname.startswith("UNPACK_"):
        _, pushes = count_entries(instruction)
        return set(range(pushes))
    if instruction.opname in ("LIST_EXTEND", "SET_UPDATE"):  # they change a list inside the stack
        return {(instruction.arg or 1) - 1}
    return {0}


def index_below(instructions: Sequence[Instruction], end: int, count: int) -> int:
    """Return the index of the instruction that pushed the entry below the top `count` entries.

    The stack is the one after instruction `end`. The instructions are read backward from there.

    Args:
        instructions: those of a code object.
        end: the index of the last instruction that was executed.
        count: how many entries at the top of the stack to skip.
    """
    index = end
    total = 0  # how many more entries the instructions read so far have pushed than popped
    while index >= 0:
        now = instructions[index]
        if now.opname == "END_FOR":
            # This is the end of the loop of a comprehension (Python 3.12 and later). Either END_FOR
            # or the next instruction pops the iterator. The next one has been counted already.
            if instructions[index + 1].opname not in ("POP_TOP", "POP_ITER"):
                total -= 1
            index = _loop_index(instructions, index) - 1
            continue
        pops, pushes = count_entries(now)
        if total == count and pushes:
            break
        total += pushes - pops
        if now.opname.startswith("JUMP_FORWARD"):
            # This is the end of ``a`` in ``a if condition else b``. The entry that ``b`` pushed is
            # counted already, so the instructions of ``a`` are skipped.
            index = _condition_index(instructions, index)
        index -= 1
    return index


def _condition_index(instructions: Sequence[Instruction], end: int) -> int:
    """Return the index after the last jump before `end` to the instruction after `end`.

    If there is no such jump, return `end`.
    """
    after = instructions[end + 1].offset
    indices = (k + 1 for k in reversed(range(end)) if _jumps_to(instructions[k], after))
    return next(indices, end)


def _loop_index(instructions: Sequence[Instruction], end: int) -> int:
    """Return the index of the start of the loop that ends at `end`, or `end` if there is none."""
    starts = (k for k, now in enumerate(instructions) if now.opname == "FOR_ITER")
    return next((k for k in starts if instructions[k].argval == instructions[end].offset), end)


def _jumps_to(instruction: Instruction, offset: int) -> bool:
    return "JUMP" in instruction.opname and instruction.argval == offset


def callable_index(instructions: Sequence[Instruction], index: int) -> int:
    """Return the index of the instruction that loads the function that is called at `index`."""
    now = instructions[index]
    arguments = now.arg or 0
    if now.opname == "CALL_KW":  # Python 3.13 pushes the names of the keywords last
        arguments += 1
    elif now.opname == "CALL_FUNCTION_EX":
        arguments = 1 + (arguments & 1)
    end = index_below(instructions, index - 1, arguments)
    if end > 0 and instructions[end].opname == "PUSH_NULL":  # Python 3.13 pushes it afterwards
        end -= 1
    return end
