"""`Site`: an instruction of the user's code, with the variables that its result is assigned to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dis import Instruction
from functools import lru_cache
from types import CodeType

from .bytecode import read_instructions
from .note import NameCount, Note
from .targets import Destination, Target


class Site:
    """One instruction, and where its result goes.

    Attributes:
        offset: the offset of the instruction.
        targets: what the result may be stored in, in the order of the code.
        passes_on: whether the result may be returned or yielded to the caller.
        returns: whether the result may be returned, so that the call ends.
        reads_target: whether the statement reads the variable that it assigns to.
        is_inner: whether the result is only an operand, as the product in ``w * x + b``.
        is_direct: whether the result itself is assigned to a variable or an attribute.
        is_certain: whether each execution assigns one result to one variable, unless it computes
            with arrays.
        begins: the offset from which on the frame is still in the statement. It lies before the
            instruction if a comprehension repeats it before the list is stored.
        stored: the offset of the last instruction that stores the result.
        name: the text of the first target, or "".
        note: the note of a node that was recorded here, outside all blocks.
        named_note: the same note with the name.
        counted: how many nodes have the name.
    """

    __slots__ = (
        *("offset", "targets", "passes_on", "returns", "reads_target", "is_inner", "is_certain"),
        *("is_direct", "begins", "stored", "name", "note", "named_note", "counted"),
    )

    def __init__(
        self, code: CodeType, now: Instruction, destination: Destination, reads_target: bool
    ) -> None:
        targets, passes_on = destination.targets, bool(destination.exit)
        loop_start = destination.loop_start
        self.offset, self.targets, self.passes_on = now.offset, tuple(targets), passes_on
        self.begins = now.offset + 1 if loop_start is None else loop_start
        self.reads_target = reads_target
        self.returns = destination.exit.startswith("RETURN")
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
    """The instructions of a code object, and the sites that were read so far."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._sites: dict[int, Site] = {}  # by offset
        self._instructions = read_instructions(code)
        self._offsets = [instruction.offset for instruction in self._instructions]

    def read_site(self, offset: int) -> Site:
        """Return the site of the instruction that a frame executes at this offset.

        The offset may also lie in the cache entries that follow the instruction.
        """
        index = max(bisect_right(self._offsets, offset) - 1, 0)
        if self._instructions[index].opname == "PRECALL":  # Python 3.11 may call at this one
            index += 1
        now = self._instructions[index]
        site = self._sites.get(now.offset)
        if site is None:
            destination = Destination(self._instructions, index)
            reads_target = self._reads(index, destination.targets)
            site = self._sites[now.offset] = Site(self._code, now, destination, reads_target)
        return site

    def _reads(self, index: int, targets: Sequence[Target]) -> bool:
        """Return whether the statement has loaded the variable of a target before this index."""
        roots = {target.root for target in targets}
        for now in reversed(self._instructions[:index]):
            if now.opname.startswith("LOAD_") and now.argval in roots:
                return True
            # Such an instruction ends the statement before.
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
