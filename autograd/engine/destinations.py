"""Where the result of an instruction goes: the variables that a statement assigns it to.

The bytecode is read forward from the instruction, with the positions of its result on the stack. An
instruction that is not known by name is judged by its effect on the size of the stack, so that the
same code reads the bytecode of all versions of Python.
"""

from __future__ import annotations

import dis
import re
from bisect import bisect_right
from collections.abc import Sequence
from dis import Instruction
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .note import NameCount, Note

_LONGEST = 500  # instructions of a statement that are read, so that a table of numbers ends
_METHODS = ("append", "insert", "extend", "add", "appendleft", "setdefault", "update")


class Target(NamedTuple):
    """A variable, an attribute or a container that a statement stores a result in.

    Attributes:
        root: the name of the variable.
        attributes: the names of the attributes that follow it, as in ``self.h``.
        offset: the instruction that stores.
        is_container: whether the result becomes an element of the target, as in ``h[1] = …``.
        is_direct: whether the result itself is stored, not something that a call made of it.
    """

    root: str
    attributes: tuple[str, ...]
    offset: int
    is_container: bool
    is_direct: bool

    @property
    def text(self) -> str:
        """The target as it is written in the code."""
        return ".".join((self.root, *self.attributes)) if self.attributes else self.root

    def read(self, frame: FrameType) -> Any:
        """Return what the target holds now, or None. No code of the user is executed."""
        found = frame.f_locals.get(self.root)
        if found is None:
            found = frame.f_globals.get(self.root)
        for name in self.attributes:
            found = getattr(found, "__dict__", {}).get(name)
        return found


class Site:
    """One instruction, and where its result goes.

    Attributes:
        offset: the offset of the instruction.
        targets: what the result may be stored in, the first one first.
        passes_on: whether the result may be returned or yielded to the caller.
        returns: whether it is returned, so that the frame ends.
        reads_target: whether the statement reads the variable that it assigns to.
        is_inner: whether the result is only used, as the product in ``w * x + b``.
        is_direct: whether the result itself is assigned to a variable or an attribute.
        is_certain: whether each execution assigns one result to one variable, unless it computes
            with arrays.
        begins: the first instruction of the statement that may be executed after this one. It is
            an earlier one if a comprehension repeats this one before its list is stored.
        stored: the last instruction that stores the result.
        name: the first target, or "".
        note: the note of a node that was recorded here, outside all blocks.
        named_note: the same with the name.
        counted: how many nodes have the name.
    """

    __slots__ = (
        *("offset", "targets", "passes_on", "returns", "reads_target", "is_inner", "is_certain"),
        *("is_direct", "begins", "stored", "name", "note", "named_note", "counted"),
    )

    def __init__(
        self,
        code: CodeType,
        now: Instruction,
        reader: _Reader,
        reads_target: bool,
    ) -> None:
        targets, passes_on = reader.targets, bool(reader.exit)
        self.offset, self.targets, self.passes_on = now.offset, tuple(targets), passes_on
        self.begins = now.offset + 1 if reader.loop is None else reader.loop
        self.reads_target = reads_target
        self.returns = reader.exit.startswith("RETURN")
        self.is_inner = not targets and not passes_on
        self.stored = max((target.offset for target in targets), default=now.offset)
        self.is_direct = bool(targets) and targets[0].is_direct
        is_operator = now.opname.startswith(("BINARY_", "UNARY_")) and "@" not in now.argrepr
        is_variable = len(targets) == 1 and self.is_direct and not targets[0].attributes
        self.is_certain = is_operator and is_variable and not passes_on
        self.name = targets[0].text if targets else ""
        self.note = Note(origin=(code, now.offset))
        self.named_note = self.note.changed(name=self.name)
        self.counted: NameCount


class Code:
    """The instructions of a code object, with the sites that were asked for."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._sites: dict[int, Site] = {}  # by offset
        self._instructions = [
            part for instruction in dis.get_instructions(code) for part in _parts(instruction)
        ]
        self._offsets = [instruction.offset for instruction in self._instructions]

    def read_site(self, offset: int) -> Site:
        """Return the site of the instruction at this offset, or in whose cache the offset is."""
        index = max(bisect_right(self._offsets, offset) - 1, 0)
        if self._instructions[index].opname == "PRECALL":  # Python 3.11 may call at this one
            index += 1
        now = self._instructions[index]
        site = self._sites.get(now.offset)
        if site is None:
            reader = _Reader(self._instructions, index)
            reader.read()
            reads_target = self._reads(index, reader.targets)
            site = self._sites[now.offset] = Site(self._code, now, reader, reads_target)
        return site

    def _reads(self, index: int, targets: Sequence[Target]) -> bool:
        """Return whether the statement has loaded the variable of a target before this index."""
        roots = {target.root for target in targets}
        for now in reversed(self._instructions[:index]):
            if now.opname.startswith("LOAD_") and now.argval in roots:
                return True
            if now.opname.startswith(("STORE_", "POP_TOP", "JUMP_", "FOR_ITER", "RESUME")):
                return False
        return False


def read_code(code: CodeType) -> Code:
    """Return the instructions of a code object."""
    return _read(code.co_filename, code)


@lru_cache(maxsize=1000)
def _read(file: str, code: CodeType) -> Code:
    # Two code objects are equal if only their files differ, so the file is part of the key.
    return Code(code)


class _Reader:
    """Follows the result of one instruction along the stack."""

    def __init__(self, instructions: Sequence[Instruction], start: int) -> None:
        self.instructions, self.index = instructions, start
        self.positions = _results(instructions[start])  # depths on the stack, 0 at the top
        self.is_direct = True
        self.targets: list[Target] = []
        self.loop: int | None = None  # the start of the loop that collects the results in a list
        self.exit = ""  # the instruction by which the result leaves the frame

    def read(self) -> None:
        """Collect the targets."""
        for _ in range(_LONGEST):
            self.index += 1
            if not self.positions or self.index >= len(self.instructions):
                break
            self._step(self.instructions[self.index])

    def _step(self, now: Instruction) -> None:
        name = now.opname
        if name in ("SWAP", "COPY"):
            self._move(name, now.arg or 0)
        elif name.startswith(("JUMP_FORWARD", "JUMP_BACKWARD")):
            self._jump(now)
        else:
            pops, pushes = _effect(now)
            consumed = {p for p in self.positions if p < pops}
            self.positions = {p - pops + pushes for p in self.positions if p >= pops}
            if consumed:
                self._consume(now, consumed, pushes)

    def _move(self, name: str, n: int) -> None:
        if name == "COPY":
            again = {0} if n - 1 in self.positions else set()
            self.positions = {p + 1 for p in self.positions} | again
        else:
            exchange = {0: n - 1, n - 1: 0}
            self.positions = {exchange.get(p, p) for p in self.positions}

    def _jump(self, now: Instruction) -> None:
        """Go to the target. A jump back ends at the exit of its loop, where a list is complete."""
        place = next((k for k, i in enumerate(self.instructions) if i.offset == now.argval), None)
        while place is not None and now.opname.startswith("JUMP_BACKWARD"):
            loop = self.instructions[place]
            if loop.opname == "FOR_ITER":
                self.loop = loop.offset
                change = dis.stack_effect(loop.opcode, loop.arg, jump=True)
                self.positions = {p + change for p in self.positions if p + change >= 0}
                place = next(
                    (k for k, i in enumerate(self.instructions) if i.offset == loop.argval), None
                )
                break
            if loop.opname not in ("EXTENDED_ARG", "NOP", "CACHE"):
                place = None
                break
            place += 1
        if place is None:
            self.positions = set()
        else:
            self.index = place - 1

    def _consume(self, now: Instruction, consumed: set[int], pushes: int) -> None:
        """Follow a result that an instruction took from the stack into what it made of it."""
        name = now.opname
        if name.startswith("STORE_"):
            self._stored(now, consumed)
        elif name.startswith(("BUILD_", "CALL", "LIST_TO_TUPLE", "GET_ITER")):
            if name.startswith("CALL"):
                self._find_method_target(now)
            self.is_direct = False
            self.positions.add(0)
        elif name.startswith("UNPACK_"):
            self.is_direct = False
            self.positions |= set(range(pushes))
        elif name in ("LIST_APPEND", "SET_ADD", "MAP_ADD", "LIST_EXTEND", "SET_UPDATE"):
            self.is_direct = False
            self.positions.add((now.arg or 1) - 1)
        elif name.startswith(("RETURN_VALUE", "YIELD_VALUE")):
            self.exit = name
            self.positions = set()

    def _stored(self, now: Instruction, consumed: set[int]) -> None:
        name = now.opname
        if name == "STORE_ATTR":
            if 1 in consumed:
                self._add_expression(now, self.index - 1, (str(now.argval),))
        elif name == "STORE_SUBSCR":
            if 2 in consumed:
                container = self._before(self.index - 1, 1)  # below the index expression
                self._add_expression(now, container, is_container=True)
        elif name != "STORE_SLICE":
            self._add_target(now, str(now.argval))

    def _find_method_target(self, now: Instruction) -> None:
        """Add the container of ``h.append(…)`` as a target."""
        end = self._before(self.index - 1, now.arg or 0)
        is_method = end >= 0 and self.instructions[end].opname in ("LOAD_METHOD", "LOAD_ATTR")
        if is_method and self.instructions[end].argval in _METHODS:
            self._add_expression(now, end - 1, is_container=True)

    def _before(self, end: int, count: int) -> int:
        """Return the index of the instruction before those that push the top `count` numbers."""
        total = 0
        while total < count and end >= 0:
            now = self.instructions[end]
            pops, pushes = (0, 0) if now.opname in ("SWAP", "COPY") else _effect(now)
            total += pushes - pops
            end -= 1
        while end >= 0 and _effect(self.instructions[end]) == (0, 0):
            end -= 1
        return end

    def _add_expression(
        self,
        now: Instruction,
        end: int,
        attributes: tuple[str, ...] = (),
        *,
        is_container: bool = False,
    ) -> None:
        """Add the target that the instructions up to `end` load, such as ``self.cells``."""
        while end >= 0:
            loaded = self.instructions[end]
            if loaded.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                attributes = (str(loaded.argval), *attributes)
            elif loaded.opname.startswith("BINARY_SUBSCR") or loaded.argval == "[]":
                # The element of a container is found by looking through the container.
                end = self._before(end - 1, 1) + 1
                is_container, attributes = True, ()
            elif loaded.opname.startswith("LOAD_"):
                if isinstance(loaded.argval, str):
                    self._add_target(now, loaded.argval, attributes, is_container=is_container)
                return
            elif _effect(loaded) != (0, 0):
                return
            end -= 1

    def _add_target(
        self,
        now: Instruction,
        root: str,
        attributes: tuple[str, ...] = (),
        *,
        is_container: bool = False,
    ) -> None:
        is_direct = self.is_direct and not is_container
        target = Target(root, attributes, now.offset, is_container, is_direct)
        self.targets.append(target)


def _parts(instruction: Instruction) -> list[Instruction]:
    """Return the two instructions that Python 3.13 and later write as one, or the instruction."""
    match = _TWO_IN_ONE.fullmatch(instruction.opname)
    if not match or not isinstance(instruction.argval, tuple):
        return [instruction]
    return [
        instruction._replace(opname=name, opcode=dis.opmap[name], arg=0, argval=variable)
        for name, variable in zip(match.groups(), instruction.argval, strict=True)
    ]


_TWO_IN_ONE = re.compile(r"((?:LOAD|STORE)_FAST)(?:_BORROW)?_((?:LOAD|STORE)_FAST)(?:_BORROW)?")


def _results(instruction: Instruction) -> set[int]:
    """Return the places on the stack of what an instruction produces."""
    if instruction.opname.startswith("UNPACK_"):
        return set(range(_effect(instruction)[1]))
    if instruction.opname in ("LIST_EXTEND", "SET_UPDATE"):
        return {(instruction.arg or 1) - 1}
    return {0}


def _effect(instruction: Instruction) -> tuple[int, int]:
    """Return how many entries an instruction takes from the stack, and how many it pushes."""
    name, arg = instruction.opname, instruction.arg
    if name == "CALL":  # Python 3.11 takes the arguments by PRECALL, which is counted here
        return (arg or 0) + 2, 1
    if name in ("PRECALL", "CACHE", "EXTENDED_ARG"):
        return 0, 0
    opcode = instruction.opcode
    needs_argument = opcode >= dis.HAVE_ARGUMENT
    change = dis.stack_effect(opcode, arg if needs_argument else None, jump=False)
    pushes = max(change, 0)
    if name.startswith(("BINARY_", "COMPARE_", "IS_", "CONTAINS_", "BUILD_", "CALL", "UNARY_")) or (
        name.startswith(("GET_ITER", "LIST_TO_TUPLE", "FORMAT_"))
    ):
        pushes = 1
    elif name in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR"):
        pushes = 1 + max(change, 0)
    elif name.startswith("UNPACK_"):
        pushes = change + 1
    elif name.startswith("RETURN_VALUE"):
        return 1, 0
    elif name == "YIELD_VALUE":
        return 1, 1
    return pushes - change, pushes
