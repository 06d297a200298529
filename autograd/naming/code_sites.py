"""`Site`: an instruction of the user's code, with the variables that its result is assigned to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from ..engine.node import LiveNode
from ..engine.note import NameCounts, Note
from ..engine.value import Value
from .bytecode import read_instructions
from .callees import called_name, calls_ufunc
from .destination import Destination
from .held import read_entry
from .target import Target

ElementPlace = tuple[Any, Any, NameCounts | None]
"""An element of a list or a dictionary: the container, the key, and the counts of its names."""

NOWHERE: ElementPlace = (None, None, None)


class Site:
    """One instruction, and where its result goes.

    Attributes:
        offset: the offset of the instruction.
        targets: what the result may be stored in, in the order of the code.
        passes_on: whether the result may be returned or yielded to the caller.
        is_inner: whether the result is neither stored nor passed on, only used in its statement.
        returns: whether the result may be returned, so that the call ends.
        is_returned: whether the result itself is returned, and nothing else is done with it.
        is_direct: whether the result itself is assigned to a variable or an attribute.
        is_element: whether the result itself becomes an element. Its place can then be read before
            it is stored, as in ``h[k] = w * x`` and ``h.append(w * x)``.
        records_one: whether each execution with numbers records exactly one node. With arrays it
            may record more.
        is_scalar: whether the instruction does not compute with arrays.
        is_operator: whether the instruction is an operator.
        is_comprehension: whether the instruction calls a comprehension of the same statement.
        makes_list: whether the result is an entry of the list that a comprehension makes.
        reads_target: whether the statement reads the variable that it assigns to.
        is_repeated: whether the whole statement is inside a loop.
        needs_before: whether what the target held before the statement tells later whether the
            result has been stored.
        begins: the smallest offset at which the frame may be, after it has executed the
            instruction, while it is still in the statement. In a comprehension, it is the start of
            the loop.
        stored: the offset of the last instruction that stores the result.
        name: the text of the first target, or "".
        variable: the name of the first target if that is a variable, else "".
        is_container: whether the first target is a container that the result becomes an element of.
        lists_results: whether the only target is a variable, which may get a list of results.
        note: the note of a node that was recorded here, outside all blocks.
        callers: if the result is returned, the site of each caller, by the id of the caller's code
            and the offset of the call. A site is None if the call may return something else.
        counts: for each variable, how many nodes have its name in the present `recording` block.
        elements: the same for the elements of the first target.
    """

    __slots__ = (
        *("offset", "targets", "passes_on", "is_inner", "returns", "is_returned", "is_direct"),
        *("is_element", "records_one", "is_scalar", "is_operator", "is_comprehension"),
        *("makes_list", "reads_target", "is_repeated", "needs_before", "begins", "stored", "name"),
        *("variable", "is_container", "lists_results", "note", "callers", "counts", "elements"),
        *("_root", "_outer_keys", "_last_key"),
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
        self.is_inner = not targets and not passes_on
        self.stored = max((target.offset for target in targets), default=self.offset)
        # The result of a comprehension is a list. It has no number, because it is no node.
        self.is_direct = bool(targets) and targets[0].is_direct and not destination.is_comprehension
        self.is_element = len(targets) == 1 and bool(targets[0].keys)
        keys = targets[0].keys if self.is_element else ()
        self._outer_keys: Any = keys[:-1]
        self._last_key = keys[-1] if keys else None
        self._root = "" if not keys or targets[0].attributes else targets[0].root
        self.is_repeated = self.is_operator = self.needs_before = False
        self.is_comprehension = destination.is_comprehension
        self.makes_list = self.is_comprehension or destination.loop_start is not None
        first = targets[0] if targets else None
        self.name = first.text if first else ""
        self.is_container = bool(first and first.is_container)
        is_variable = first and not first.is_container and not first.attributes
        self.variable = self.name if is_variable else ""
        self.lists_results = bool(self.variable) and len(targets) == 1 and not targets[0].is_loop
        self.note = Note(origin=origin)
        self.begin_block(NameCounts())

    def begin_block(self, counts: NameCounts, frame: FrameType | None = None) -> None:
        """Replace what is known from an earlier `recording` block by the counts of a new one.

        A site that assigns to a property is not direct, because the property may store anything.
        """
        if frame is not None and self.is_direct:
            self.is_direct = not self.targets[0].is_property(frame)
        self.callers: dict[tuple[int, int], Site | None] = {}
        self.counts = counts
        self.elements = counts.elements_of(self.name)
        self.records_one = self.is_scalar = False

    def read_place(self, frame: FrameType) -> ElementPlace:
        """Return the place of the element that the statement will store, or NOWHERE if unknown.

        Call it before the result is stored, because the place of an appended element is the one
        after the element that is last now.
        """
        names, read_last = frame.f_locals, self._last_key
        container: Any = names.get(self._root)
        if container is None:
            container = self.targets[0].read(frame)
        elements = self.elements
        for read_key in self._outer_keys:
            key = read_key(names)
            container, elements = read_entry(container, key), elements.within(key)
        if container.__class__ is list or container.__class__ is dict:
            key = len(container) if read_last is None else read_last(names)
            if key.__class__ is str or (key.__class__ is int and key >= 0):
                return container, key, elements
        return NOWHERE


class CodeSites:
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
        """Return the index of the instruction whose code or cache is at this offset."""
        index = max(bisect_right(self._offsets, offset) - 1, 0)
        # Python 3.11 may call at PRECALL, which comes before CALL.
        return index + (self.instructions[index].opname == "PRECALL")

    def read_site(self, offset: int) -> Site:
        """Return the site of the instruction that a frame executes at this offset."""
        index = self.index(offset)
        now = self.instructions[index]
        site = self._sites.get(now.offset)
        if site is None:
            is_await = self.instructions[index - 2].opname == "GET_AWAITABLE"
            # ``await f(x)`` is a loop over SEND. Its result is on the stack where SEND jumps to at
            # the end.
            start = self.index(now.argval) - 1 if is_await else index
            destination = Destination(self.instructions, start)
            reads_target = self._reads(index, destination.targets)
            origin = self._code, now.offset
            site = self._sites[now.offset] = Site(origin, destination, reads_target=reads_target)
            # The loop of a comprehension does not count, because it ends before the list is stored.
            site.is_repeated = any(a <= now.offset and site.stored <= b for a, b in self._loops)
            site.needs_before = site.is_repeated and not site.is_comprehension
            site.is_operator = now.opname.startswith(("BINARY_", "UNARY_"))
        return site

    def classify(self, site: Site, frame: FrameType, node: LiveNode) -> None:
        """Set `records_one` and `is_scalar` of a site, given a node that it recorded."""
        index = self.index(frame.f_lasti)
        now = self.instructions[index]
        if site.is_operator:
            site.records_one = "@" not in now.argrepr  # a product of matrices records many nodes
        elif now.opname.startswith("CALL"):
            name = called_name(self.instructions, index)
            recorded_name = Value.__name__ if node._a is None else node.op.name
            # The method `asin`, for example, is also called `arcsin`.
            names = (name, getattr(Value.__dict__.get(name), "__name__", name))
            site.records_one = recorded_name in names and (
                node._a is None or node.op.arity is not None
            )
            site.is_scalar = not calls_ufunc(frame, self.instructions, index)

    def _reads(self, index: int, targets: Sequence[Target]) -> bool:
        """Return whether the statement loads the variable of a target before this instruction."""
        roots = {target.root for target in targets}
        for now in reversed(self.instructions[:index]):
            if now.opname.startswith("LOAD_") and now.argval in roots:
                return True
            # Such an instruction ends the previous statement.
            if now.opname.startswith(("STORE_", "POP_TOP", "JUMP_", "FOR_ITER", "RESUME")):
                return False
        return False


def read_code(code: CodeType) -> CodeSites:
    """Return the instructions and the sites of a code object."""
    return _read(code.co_filename, code)


@lru_cache(maxsize=1000)
def _read(file: str, code: CodeType) -> CodeSites:
    # Two code objects are equal if only their files differ, so the file is part of the key.
    return CodeSites(code)
