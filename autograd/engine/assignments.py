"""`Destination`: the variables and containers that the result of an instruction is stored in.

The bytecode after the instruction is read in the order of execution, as if no conditional jump were
taken. The positions of the result on the stack are followed until nothing of it is left there.
"""

from __future__ import annotations

import dis
from collections.abc import Sequence
from dis import Instruction

from .bytecode import callable_index, count_entries, index_below, result_positions
from .keys import Key, read_key
from .target import Target

# The number of instructions that are read for one result. It is bounded, because a statement such
# as a long table of numbers may have very many.
_MOST_INSTRUCTIONS = 500

# The methods that store their argument in the object that they belong to.
_STORING_METHODS = ("append", "insert", "extend", "add", "appendleft", "setdefault", "update")
# Instructions that make a container of the result, or give it to a function that may return it.
# LIST_TO_TUPLE ends ``(*a, x)``, and BEFORE_WITH begins ``with f(x) as y``.
_MAKING = ("BUILD_", "CALL", "LIST_TO_TUPLE", "BEFORE_WITH")
# Instructions that add the result to a container, which lies deeper in the stack.
_ADDING = (
    "LIST_APPEND",
    "SET_ADD",
    "MAP_ADD",
    "LIST_EXTEND",
    "SET_UPDATE",
    "DICT_UPDATE",
    "DICT_MERGE",
)
# Instructions with which a container that holds the result becomes part of a new container, as in
# ``h + [x]`` and ``array([x]).reshape(1)``. The load of a method is the first sign of its call.
_COMBINING = ("BINARY_OP", "LOAD_ATTR", "LOAD_METHOD")
_READING_METHODS = ("get", "setdefault", "pop")  # the methods that return an entry of a container


class Destination:
    """Where the result of one instruction goes.

    Attributes:
        targets: what the result may be stored in, in the order of the code.
        is_direct: whether the last of the targets, or the exit, gets the result itself and not
            something that was made from it.
        is_comprehension: whether the instruction calls a comprehension.
        exit: the name of the instruction that returns or yields the result, or "".
        loop_start: the offset of the loop that collects the results in a list, or None.
    """

    def __init__(self, instructions: Sequence[Instruction], start: int) -> None:
        self.targets: list[Target] = []
        self.exit = ""
        self.loop_start: int | None = None
        self._instructions, self._index = instructions, start
        # Where the result lies on the stack, counted from the top, which is 0.
        self._positions = result_positions(instructions[start])
        self.is_direct = True
        self._is_call = instructions[start].opname.startswith("CALL")
        # A comprehension is a function, which is called with an iterator. Python 3.11 has a PRECALL
        # in between. Since 3.12, most comprehensions are loops, which `_leave_loop` follows.
        before = [one.opname for one in instructions[max(start - 2, 0) : start]]
        is_iterator = before[-1:] == ["GET_ITER"] or before == ["GET_ITER", "PRECALL"]
        self.is_comprehension = self._is_call and is_iterator
        self._is_in_list = self.is_comprehension  # whether a container holds the result
        self._is_looped = False  # whether a loop has taken the result out of a container
        # For each list or tuple that was built around the result, the outermost last: the index of
        # the result in it, and whether the entry there is the result itself.
        self._indices: list[tuple[int, bool]] = []
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
        """Follow a swap of the top with entry n, or a copy of entry n. Entry 1 is the top."""
        if name == "COPY":
            copied = {0} if n - 1 in self._positions else set()
            self._positions = {p + 1 for p in self._positions} | copied
        else:
            exchanged = {0: n - 1, n - 1: 0}
            self._positions = {exchanged.get(p, p) for p in self._positions}

    def _jump(self, instruction: Instruction) -> None:
        """Go on at the target of a jump.

        A jump back to the start of a loop goes on after the loop, because the list that the loop
        fills is complete there.
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
        self._positions = {p + change for p in self._positions if p + change >= 0}
        return self._index_of(loop.argval)

    def _enter_loop(self) -> None:
        """Follow the variable of a loop over a list that holds the result.

        If the list was not built in the same statement, its entries may be made from the result.
        """
        self._positions = {0}
        _, self.is_direct = self._indices.pop() if self._indices else (0, False)
        self._is_looped |= not self.is_direct

    def _consume(self, instruction: Instruction, consumed: set[int], pushes: int) -> None:
        """Follow what an instruction makes of the result after taking it from the stack."""
        name = instruction.opname
        if name.startswith("STORE_"):
            self._add_stored(instruction, consumed)
        elif name == "END_SEND":  # ``await f(x)``
            self._positions.add(0)
        elif name.startswith("BINARY_SUBSCR") or instruction.argrepr == "[]":
            if self._is_call and pushes:  # one entry of what the call returned, ``f(x)[0]``
                self.is_direct = False
                self._positions.add(0)
        elif name == "GET_ITER":  # ``for x in …``
            self._positions.add(0)
        elif name in ("BUILD_TUPLE", "BUILD_LIST") and len(consumed) == 1:
            self._indices.append(((instruction.arg or 0) - 1 - consumed.pop(), self.is_direct))
            self.is_direct, self._is_in_list = False, True
            self._positions.add(0)
        elif name == "UNPACK_SEQUENCE" and self._indices:
            index, self.is_direct = self._indices.pop()
            self._positions.add(index)
        elif name.startswith(_MAKING) or (self._is_in_list and name.startswith(_COMBINING)):
            if name.startswith("CALL"):
                self._add_method_target(instruction)
            self.is_direct, self._indices = False, []
            self._is_in_list |= name.startswith("BUILD_")
            self._positions |= set(range(pushes))
        elif name.startswith("UNPACK_"):
            self.is_direct = False
            self._positions |= set(range(pushes))
        elif name in _ADDING:
            self.is_direct, self._is_in_list = False, True
            self._positions.add((instruction.arg or 1) - 1)  # the list lies that deep in the stack
        elif name.startswith(("RETURN_VALUE", "YIELD_VALUE")):
            self.exit = name
            self._positions = set()

    def _add_stored(self, instruction: Instruction, consumed: set[int]) -> None:
        """Add the target of an assignment, but none for the x of ``x.a = …`` or k of ``h[k] = …``.

        The assigned number lies below the object and the keys on the stack, whose top is 0.
        """
        name = instruction.opname
        if name == "STORE_ATTR":
            if 1 in consumed:
                self._add_expression(
                    instruction, self._object_index(instruction), (str(instruction.argval),)
                )
        elif name == "STORE_SUBSCR":
            if 2 in consumed:
                end = self._key_index()
                key = read_key(self._instructions, end)
                container = index_below(self._instructions, end, 1)
                self._add_expression(
                    instruction, container, keys=[key] if key else [], is_container=True
                )
        elif name == "STORE_SLICE":  # Python 3.12 and later have the two ends on the stack
            if 3 in consumed:
                container = index_below(self._instructions, self._key_index(copies=3), 2)
                self._add_expression(instruction, container, is_container=True)
        else:
            target = Target(str(instruction.argval), (), instruction.offset, False, self.is_direct)
            self.targets.append(target._replace(is_loop=self._is_looped))

    def _object_index(self, instruction: Instruction) -> int:
        """Return the index of the last instruction that loads the object of ``object.name = …``."""
        if self._instructions[self._index - 1].opname != "SWAP":
            return self._index - 1
        # ``object.name += …`` loads the object first, and copies it to read the attribute.
        for k in range(self._index - 1, 0, -1):
            loaded = self._instructions[k]
            is_copied = self._instructions[k - 1].opname == "COPY"
            if is_copied and loaded.opname == "LOAD_ATTR" and loaded.argval == instruction.argval:
                return k - 2
        return -1

    def _key_index(self, copies: int = 2) -> int:
        """Return the index of the last instruction that loads the key of ``h[k] = …``."""
        if self._instructions[self._index - 1].opname != "SWAP":
            return self._index - 1
        # ``h[k] += …`` loads the container and the key first, and copies both to read the element.
        # For ``h[i:j] += …``, Python 3.12 copies the two ends instead of a key.
        for k in range(self._index - 1, copies, -1):
            now = self._instructions[k]
            names = {before.opname for before in self._instructions[k - copies : k]}
            is_read = now.opname.startswith(("BINARY_SUBSCR", "BINARY_SLICE"))
            if (is_read or now.argrepr == "[]") and names == {"COPY"}:
                return k - copies - 1
        return -1

    def _add_method_target(self, instruction: Instruction) -> None:
        """Add the container of ``h.append(…)``, or the object of ``setattr(h, …)``, as a target."""
        end = callable_index(self._instructions, self._index)
        loaded = self._instructions[end]
        is_function = loaded.opname in ("LOAD_GLOBAL", "LOAD_NAME")
        if (loaded.argval == "setattr" and is_function) or loaded.argval == "__setattr__":
            first = index_below(self._instructions, self._index - 1, 2)
            self._add_expression(instruction, first, is_container=True)
        elif loaded.opname in ("LOAD_METHOD", "LOAD_ATTR") and loaded.argval in _STORING_METHODS:
            keys = [None] if loaded.argval == "append" else []
            self._add_expression(instruction, end - 1, keys=keys, is_container=True)

    def _add_expression(
        self,
        instruction: Instruction,
        end: int,
        attributes: tuple[str, ...] = (),
        *,
        keys: Sequence[Key | None] = (),
        is_container: bool = False,
    ) -> None:
        """Add the target that the instructions up to index `end` load, such as ``self.cells``."""
        while end >= 0:
            loaded = self._instructions[end]
            if loaded.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                attributes = (str(loaded.argval), *attributes)
            elif loaded.opname.startswith("BINARY_SUBSCR") or loaded.argrepr == "[]":
                # The target is the outermost container. Its elements are searched for the result
                # when the statement has run.
                key = None if attributes or not keys else read_key(self._instructions, end - 1)
                keys = [key, *keys] if key else ()
                end = index_below(self._instructions, end - 1, 1) + 1
                is_container, attributes = True, ()
            elif loaded.opname == "CALL":  # ``groups.setdefault(k, []).append(…)``
                end = callable_index(self._instructions, end)
                if self._instructions[end].argval not in _READING_METHODS:
                    return
                is_container, attributes, keys = True, (), ()
            elif loaded.opname.startswith("LOAD_"):
                if isinstance(loaded.argval, str):
                    is_direct = self.is_direct and not is_container
                    target = Target(
                        loaded.argval, attributes, instruction.offset, is_container, is_direct
                    )
                    self.targets.append(target._replace(keys=tuple(keys if self.is_direct else ())))
                return
            elif count_entries(loaded) != (0, 0):
                return
            end -= 1
