"""`Destination`: the variables and containers that the result of an instruction is stored in.

An instruction leaves its result on top of the stack of its frame. The instructions after it move
the result, put it into a tuple or a list, store it, or return it. This module follows the result
from one instruction to the next until nothing of it is left on the stack. Positions on the stack
are counted from the top, which is 0.

The instructions are read in the order of execution. Conditional jumps are assumed not to be taken.
"""

from __future__ import annotations

import dis
from collections.abc import Sequence
from dis import Instruction
from typing import NamedTuple

from .bytecode import count_entries, result_positions
from .stored_targets import called_target, stored_target
from .target import Target

# The largest number of instructions that are read for one result. A statement such as a long table
# of numbers may have very many.
_MOST_INSTRUCTIONS = 500

# Instructions that compute a new object from the result, such as a container or the return value
# of a call. LIST_TO_TUPLE ends ``(*a, x)``, and BEFORE_WITH begins ``with f(x) as y``.
_MAKING = ("BUILD_", "CALL", "LIST_TO_TUPLE", "BEFORE_WITH")
# Instructions that compute a new object from a container that holds the result: an operator, as in
# ``h + [x]``, or the start of a method call, as in ``array([x]).reshape(1)``.
_COMBINING = ("BINARY_OP", "LOAD_ATTR", "LOAD_METHOD")
# Instructions that add the result to a container, which lies deeper in the stack.
_ADDING = (
    *("LIST_APPEND", "SET_ADD", "MAP_ADD"),
    *("LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE"),
)


class _Entry(NamedTuple):
    """The place of the result in a tuple or a list that was built around it.

    Attributes:
        place: the index of the entry.
        is_direct: whether the entry is the result itself, not an object computed from it.
    """

    place: int
    is_direct: bool


class Destination:
    """Where the result of one instruction goes.

    Attributes:
        targets: what the result may be stored in, in the order of the code.
        is_direct: whether the last target or the exit gets the result itself, not an object
            computed from it.
        is_comprehension: whether the instruction calls a comprehension.
        exit: the name of the instruction that returns or yields the result, or "".
        loop_start: the offset of the loop that collects the results in a list, or None.
    """

    def __init__(self, instructions: Sequence[Instruction], start: int) -> None:
        """Follow the result of the instruction at the index `start`."""
        self.targets: list[Target] = []
        self.exit = ""
        self.loop_start: int | None = None
        self.is_direct = True
        self.is_comprehension = _calls_comprehension(instructions, start)
        self._instructions, self._index = instructions, start
        self._positions = result_positions(instructions[start])
        self._is_call = instructions[start].opname.startswith("CALL")
        self._is_in_container = self.is_comprehension
        self._is_looped = False  # whether a loop has taken the result out of a container
        # The place of the result in each enclosing tuple or list, innermost first.
        self._entries: list[_Entry] = []
        for _ in range(_MOST_INSTRUCTIONS):
            self._index += 1
            if not self._positions or self._index >= len(instructions):
                break
            self._follow(instructions[self._index])

    def _follow(self, instruction: Instruction) -> None:
        """Update the positions of the result by one instruction."""
        if instruction.opname in ("SWAP", "COPY"):
            self._rearrange(instruction.opname, instruction.arg or 0)
        elif instruction.opname.startswith(("JUMP_FORWARD", "JUMP_BACKWARD")):
            self._jump(instruction)
        else:
            pops, pushes = count_entries(instruction)
            consumed = {p for p in self._positions if p < pops}
            self._positions = {p - pops + pushes for p in self._positions if p >= pops}
            if consumed:
                self._consume(instruction, consumed, pushes)
            elif instruction.opname == "FOR_ITER" and 1 in self._positions:
                self._enter_loop()  # the iterator lies below the entry that FOR_ITER has pushed

    def _rearrange(self, name: str, n: int) -> None:
        """Follow SWAP or COPY. Python counts `n` from 1, so entry n has the position n - 1."""
        if name == "COPY":
            copied = {0} if n - 1 in self._positions else set()
            self._positions = {p + 1 for p in self._positions} | copied
        else:
            exchanged = {0: n - 1, n - 1: 0}
            self._positions = {exchanged.get(p, p) for p in self._positions}

    # --- jumps and loops --------------------------------------------------------------------------

    def _jump(self, instruction: Instruction) -> None:
        """Continue reading at the target of a jump.

        After a jump back to the start of a loop, reading continues after the loop, where the list
        that the loop fills is complete.
        """
        index = self._index_of(instruction.argval)
        if index is not None and instruction.opname.startswith("JUMP_BACKWARD"):
            index = self._leave_loop(index)
        if index is None:
            self._positions = set()
        else:
            self._index = index - 1  # the next instruction is the one after this index

    def _index_of(self, offset: int) -> int | None:
        return next((k for k, i in enumerate(self._instructions) if i.offset == offset), None)

    def _leave_loop(self, index: int) -> int | None:
        """Return the index of the instruction after the loop, or None if it is not a ``for``."""
        while self._instructions[index].opname in ("EXTENDED_ARG", "NOP", "CACHE"):
            index += 1
        loop = self._instructions[index]
        if loop.opname != "FOR_ITER":
            return None
        self.loop_start = loop.offset
        change = dis.stack_effect(loop.opcode, loop.arg, jump=True)
        # The end of the loop pops entries, which no longer have a position.
        self._positions = {p + change for p in self._positions if p + change >= 0}
        return self._index_of(loop.argval)

    def _enter_loop(self) -> None:
        """Follow the variable of a loop over a container that holds the result.

        If the container was not built in this statement, it is not known which entry is the result.
        All entries are then assumed to be computed from the result.
        """
        self._positions = {0}
        self.is_direct = bool(self._entries) and self._entries.pop().is_direct
        self._is_looped |= not self.is_direct

    # --- what an instruction does with the result -------------------------------------------------

    def _consume(self, instruction: Instruction, consumed: set[int], pushes: int) -> None:
        """Follow what an instruction makes of the result after taking it from the stack."""
        name = instruction.opname
        if name.startswith("STORE_"):
            self._add_target(
                stored_target(self._instructions, self._index, consumed, is_direct=self.is_direct)
            )
        elif name in ("END_SEND", "GET_ITER"):  # ``await f(x)`` and ``for x in …``
            self._positions.add(0)
        # Python 3.14 reads an element by BINARY_OP with the argument [].
        elif name.startswith("BINARY_SUBSCR") or instruction.argrepr == "[]":
            if self._is_call and pushes:  # one entry of what the call returned, ``f(x)[0]``
                self._become_part({0})
        elif name in ("BUILD_TUPLE", "BUILD_LIST") and len(consumed) == 1:
            # The last entry was on top of the stack, at position 0.
            place = (instruction.arg or 0) - 1 - consumed.pop()
            self._entries.append(_Entry(place, self.is_direct))
            self.is_direct, self._is_in_container = False, True
            self._positions.add(0)
        elif name == "UNPACK_SEQUENCE" and self._entries:
            place, self.is_direct = self._entries.pop()
            self._positions.add(place)
        elif name.startswith(_MAKING) or (self._is_in_container and name.startswith(_COMBINING)):
            if name.startswith("CALL"):
                self._add_target(
                    called_target(self._instructions, self._index, is_direct=self.is_direct)
                )
            self._is_in_container |= name.startswith("BUILD_")
            self._become_part(set(range(pushes)))
        elif name.startswith("UNPACK_"):
            self._become_part(set(range(pushes)))
        elif name in _ADDING:
            self._is_in_container = True
            self._become_part({(instruction.arg or 1) - 1})  # the container lies that deep
        elif name.startswith(("RETURN_VALUE", "YIELD_VALUE")):
            self.exit = name
            self._positions = set()

    def _become_part(self, positions: set[int]) -> None:
        """Mark these positions as holding a part of the result or an object computed from it.

        It is no longer known which entry is the result. `_entries` is therefore cleared.
        """
        self.is_direct, self._entries = False, []
        self._positions |= positions

    def _add_target(self, target: Target | None) -> None:
        if target is not None:
            is_loop = self._is_looped and not target.is_container
            self.targets.append(target._replace(is_loop=is_loop))


def _calls_comprehension(instructions: Sequence[Instruction], index: int) -> bool:
    """Return whether an instruction calls a comprehension as a function of an iterator.

    Since Python 3.12, most comprehensions are loops and not functions.
    """
    before = [one.opname for one in instructions[max(index - 2, 0) : index]]
    # Python 3.11 has a PRECALL before each CALL.
    is_iterator = before[-1:] == ["GET_ITER"] or before == ["GET_ITER", "PRECALL"]
    return is_iterator and instructions[index].opname.startswith("CALL")
