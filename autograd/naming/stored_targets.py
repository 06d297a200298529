"""Read from the bytecode what an instruction stores its result in, such as ``self.w[0]``.

Before an instruction stores something in an object, Python has loaded the object and the key. The
functions of this module therefore read backward from the storing instruction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dis import Instruction

from .bytecode import callable_index, count_entries, index_below
from .keys import Key, read_key
from .target import Target

# The methods that store their argument in the object that they belong to.
_STORING_METHODS = ("append", "insert", "extend", "add", "appendleft", "setdefault", "update")
_READING_METHODS = ("get", "setdefault", "pop")  # the methods that return an entry of a container

# For each instruction that stores a result in an object, the position of the result on the stack.
# The top is 0. The object and the keys lie above the result.
_RESULT_POSITION = {"STORE_ATTR": 1, "STORE_SUBSCR": 2, "STORE_SLICE": 3}


def stored_target(
    instructions: Sequence[Instruction], index: int, consumed: set[int], *, is_direct: bool
) -> Target | None:
    """Return the target of an assignment, or None if it is not simple.

    Also return None if the result is only the object x in ``x.a = …`` or the key k in
    ``h[k] = …``.

    Args:
        instructions: those of a code object.
        index: the index of the instruction that stores.
        consumed: the positions of the result on the stack.
        is_direct: whether it is the result itself, not an object computed from it.
    """
    now = instructions[index]
    if now.opname not in _RESULT_POSITION:
        return Target(str(now.argval), (), now.offset, is_container=False, is_direct=is_direct)
    if _RESULT_POSITION[now.opname] not in consumed:
        return None
    if now.opname == "STORE_ATTR":
        end, attributes = _object_index(instructions, index), (str(now.argval),)
        return _loaded_target(instructions, end, now.offset, attributes, is_direct=is_direct)
    if now.opname == "STORE_SUBSCR":
        end = _key_index(instructions, index, copies=2)
        key = read_key(instructions, end) if is_direct else None
        keys, end = (key,) if key else (), index_below(instructions, end, 1)
    else:  # Python 3.12 and later have the two ends of a slice on the stack
        end = index_below(instructions, _key_index(instructions, index, copies=3), 2)
        keys = ()
    return _loaded_target(instructions, end, now.offset, keys=keys, is_container=True)


def called_target(
    instructions: Sequence[Instruction], index: int, *, is_direct: bool
) -> Target | None:
    """Return the container of ``h.append(…)``, or the object of ``setattr(h, …)``, as a target.

    The answer is None for other calls.

    Args:
        instructions: those of a code object.
        index: the index of the call, one of whose arguments is the result.
        is_direct: whether the argument is the result itself.
    """
    function = callable_index(instructions, index)
    name, kind = instructions[function].argval, instructions[function].opname
    keys: tuple[Key | None, ...] = ()
    if (name == "setattr" and kind in ("LOAD_GLOBAL", "LOAD_NAME")) or name == "__setattr__":
        end = index_below(instructions, index - 1, 2)
    elif name in _STORING_METHODS and kind in ("LOAD_METHOD", "LOAD_ATTR"):
        end = function - 1
        if name == "append" and is_direct:
            keys = (None,)
    else:
        return None
    offset = instructions[index].offset
    return _loaded_target(instructions, end, offset, keys=keys, is_container=True)


def _object_index(instructions: Sequence[Instruction], index: int) -> int:
    """Return the index of the last instruction that loads the object of ``object.name = …``."""
    if instructions[index - 1].opname != "SWAP":
        return index - 1
    # ``object.name += …`` loads the object first, and copies it to read the attribute.
    name = instructions[index].argval
    for k in range(index - 1, 0, -1):
        is_read = instructions[k].opname == "LOAD_ATTR" and instructions[k].argval == name
        if is_read and instructions[k - 1].opname == "COPY":
            return k - 2  # the instruction before COPY
    return -1


def _key_index(instructions: Sequence[Instruction], index: int, copies: int) -> int:
    """Return the index of the last instruction that loads the key of ``h[k] = …``.

    ``h[k] += …`` loads the container and the key first, and copies both to read the element. For
    ``h[i:j] += …``, Python 3.12 makes three copies, because it copies the two ends.
    """
    if instructions[index - 1].opname != "SWAP":
        return index - 1
    for k in range(index - 1, copies, -1):
        before = {one.opname for one in instructions[k - copies : k]}
        if before == {"COPY"} and reads_element(instructions[k]):
            return k - copies - 1  # the instruction before the copies
    return -1


def reads_element(instruction: Instruction) -> bool:
    """Return whether an instruction reads an element or a slice of a container."""
    is_slice = instruction.opname.startswith(("BINARY_SUBSCR", "BINARY_SLICE"))
    return is_slice or instruction.argrepr == "[]"  # Python 3.14 has BINARY_OP with []


def _loaded_target(
    instructions: Sequence[Instruction],
    end: int,
    offset: int,
    attributes: tuple[str, ...] = (),
    *,
    keys: tuple[Key | None, ...] = (),
    is_container: bool = False,
    is_direct: bool = False,
) -> Target | None:
    """Return the target of an instruction that stores, or None if it is not simple.

    Args:
        instructions: those of a code object.
        end: the index of the last instruction that loads the object or the container.
        offset: the offset of the instruction that stores.
        attributes: the name of the stored attribute, or () if an element is stored.
        keys: the key of the element that is stored, if it can be read.
        is_container: whether an element is stored.
        is_direct: whether the result itself is stored in an attribute.
    """
    while end >= 0:
        loaded = instructions[end]
        if loaded.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            attributes = (str(loaded.argval), *attributes)
        elif reads_element(loaded):
            # The target is the outermost container. After the statement, its elements are searched
            # for the result.
            key = None if attributes or not keys else read_key(instructions, end - 1)
            keys = (key, *keys) if key else ()
            end = index_below(instructions, end - 1, 1) + 1
            is_container, attributes = True, ()
        elif loaded.opname == "CALL":  # ``groups.setdefault(k, []).append(…)``
            end = callable_index(instructions, end)
            if instructions[end].argval not in _READING_METHODS:
                return None
            is_container, attributes, keys = True, (), ()
        elif loaded.opname.startswith("LOAD_"):
            if not isinstance(loaded.argval, str):
                return None
            is_direct = is_direct and not is_container
            return Target(loaded.argval, attributes, offset, is_container, is_direct, keys)
        elif count_entries(loaded) != (0, 0):
            return None
        end -= 1
    return None
