"""`Site`: an instruction of the user's code, with the variables that its result is assigned to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType, FrameType

from .assignments import Destination, Target
from .bytecode import read_instructions
from .callees import called_name, calls_ufunc
from .node import LiveNode
from .note import NameCounts, Note
from .value import Value


class Site:
    """One instruction, and where its result goes.

    Attributes:
        offset: the offset of the instruction.
        targets: what the result may be stored in, in the order of the code.
        passes_on: whether the result may be returned or yielded to the caller.
        returns: whether the result may be returned, so that the call ends.
        is_returned: whether the result itself is returned, and nothing else is done with it.
        returns_one: the same, and each execution returns one result, unless it computes with
            arrays.
        reads_target: whether the statement reads the variable that it assigns to.
        is_direct: whether the result itself is assigned to a variable or an attribute.
        may_append: whether the result itself is appended, ``h.append(w * x)``.
        is_appended: the same, and each execution appends one result, unless it computes with
            arrays.
        is_certain: whether each execution assigns one result to one variable, unless it computes
            with arrays.
        is_scalar: whether the instruction does not compute with arrays.
        is_repeated: whether the instruction stands in a loop of its code.
        begins: the offset from which on the frame is still in the statement. It lies before the
            instruction if a comprehension repeats it before the list is stored.
        stored: the offset of the last instruction that stores the result.
        name: the text of the first target, or "".
        note: the note of a node that was recorded here, outside all blocks.
        callers: if the result is returned, the site of the caller for each place that called the
            function, by the id of its code and the offset. It is None where it is not known that
            the call returns just this result.
        counts: how many nodes have each name in the present `recording` block.
        counted: the same for the name of this site.
    """

    __slots__ = (
        *("offset", "targets", "passes_on", "returns", "is_returned", "returns_one"),
        *("reads_target", "is_direct", "is_appended", "may_append", "is_certain", "is_scalar"),
        *("is_repeated", "begins", "stored", "name", "note", "callers", "counts", "counted"),
    )

    def __init__(
        self, origin: tuple[CodeType, int], destination: Destination, *, reads_target: bool
    ) -> None:
        targets, passes_on = destination.targets, bool(destination.exit)
        self.offset, self.targets, self.passes_on = origin[1], tuple(targets), passes_on
        self.begins = self.offset + 1 if destination.loop_start is None else destination.loop_start
        self.reads_target = reads_target
        self.returns = destination.exit.startswith("RETURN")
        self.is_returned = self.returns and destination.is_direct and not targets
        self.stored = max((target.offset for target in targets), default=self.offset)
        self.is_direct = bool(targets) and targets[0].is_direct
        self.may_append = destination.is_appended and len(targets) == 1
        self.is_repeated = False
        self.name = targets[0].text if targets else ""
        self.note = Note(origin=origin)
        self.begin_block(NameCounts())

    def begin_block(self, counts: NameCounts) -> None:
        """Forget what is known from an earlier `recording` block."""
        self.callers: dict[tuple[int, int], Site | None] = {}
        self.counts, self.counted = counts, counts.count_of(self.name)
        self.is_certain = self.is_appended = self.is_scalar = self.returns_one = False


class Code:
    """The instructions of a code object, with the sites that were read so far."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._sites: dict[int, Site] = {}  # by offset
        self.instructions = read_instructions(code)
        self._offsets = [instruction.offset for instruction in self.instructions]
        self._loops = [
            (now.argval, now.offset) for now in self.instructions if "JUMP_BACKWARD" in now.opname
        ]

    def index(self, offset: int) -> int:
        """Return the index of the instruction at this offset, or in whose cache the offset is."""
        index = max(bisect_right(self._offsets, offset) - 1, 0)
        # Python 3.11 may call at PRECALL, which stands before CALL.
        return index + (self.instructions[index].opname == "PRECALL")

    def read_site(self, offset: int) -> Site:
        """Return the site of the instruction that a frame executes at this offset."""
        index = self.index(offset)
        now = self.instructions[index]
        site = self._sites.get(now.offset)
        if site is None:
            is_await = self.instructions[index - 2].opname == "GET_AWAITABLE"
            # The result of ``await f(x)`` is on the stack when its loop is left.
            start = self.index(now.argval) - 1 if is_await else index
            destination = Destination(self.instructions, start)
            reads_target = self._reads(index, destination.targets)
            origin = self._code, now.offset
            site = self._sites[now.offset] = Site(origin, destination, reads_target=reads_target)
            site.is_repeated = any(a <= now.offset <= b for a, b in self._loops)
        return site

    def judge(self, site: Site, frame: FrameType, node: LiveNode) -> None:
        """Set what is known of a site by a node that its instruction recorded."""
        index = self.index(frame.f_lasti)
        now = self.instructions[index]
        if now.opname.startswith(("BINARY_", "UNARY_")):
            records_one = "@" not in now.argrepr
        elif now.opname.startswith("CALL"):
            name = called_name(self.instructions, index)
            made = Value.__name__ if node._a is None else node.op.name
            # The method `asin`, for example, is also called `arcsin`.
            names = (name, getattr(Value.__dict__.get(name), "__name__", name))
            records_one = made in names and (node._a is None or node.op.arity is not None)
            site.is_scalar = not calls_ufunc(frame, self.instructions, index)
        else:
            records_one = False
        site.is_certain = records_one and site.is_direct
        site.is_appended = records_one and site.may_append
        site.returns_one = records_one and site.is_returned

    def _reads(self, index: int, targets: Sequence[Target]) -> bool:
        """Return whether the statement has loaded the variable of a target before this index."""
        roots = {target.root for target in targets}
        for now in reversed(self.instructions[:index]):
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
