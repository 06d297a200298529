"""Find out which function an instruction calls, without executing code of the user."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Sequence
from dis import Instruction
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from ..engine.number import is_of_numpy
from .bytecode import callable_index
from .target import read_variable


def called_name(instructions: Sequence[Instruction], index: int) -> str:
    """Return the name by which an instruction calls a function or a method, or ""."""
    loaded = instructions[callable_index(instructions, index)]
    return loaded.argval if _loads_name(loaded) else ""


def calls_code(
    frame: FrameType, instructions: Sequence[Instruction], index: int, code: CodeType
) -> bool:
    """Return whether the instruction directly calls a Python function that has this code.

    If so, the result of the call is what the function returns. If the instruction calls something
    that calls the function in turn, such as `map` or `reduce`, the answer is False.

    Args:
        frame: the frame that executes the instruction.
        instructions: those of the frame's code.
        index: the index of the instruction.
        code: the code of the function that is executed.
    """
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE):
        # The call only creates a generator or coroutine. Its code runs in a later SEND, as in
        # ``yield from f(x)`` or ``await f(x)``.
        return instructions[index].opname == "SEND"
    if not instructions[index].opname.startswith("CALL"):
        return False
    root, attributes = _read_names(instructions, index)
    if not root:
        # A method of an expression, as in ``layers[0].run(x)``. Only its name can be compared,
        # because computing the expression would execute code of the user.
        return attributes[-1:] == (code.co_name,)
    return _code_of(_read_callable(frame, root, attributes)) is code


def calls_ufunc(frame: FrameType, instructions: Sequence[Instruction], index: int) -> bool:
    """Return whether an instruction calls a function of NumPy that works entry by entry."""
    root, attributes = _read_names(instructions, index)
    return bool(root) and is_of_numpy(_read_callable(frame, root, attributes), "ufunc")


def _read_names(instructions: Sequence[Instruction], index: int) -> tuple[str, tuple[str, ...]]:
    """Return the names in the expression that is called, such as "self" and ("net", "run").

    The first name is "" if the expression does not begin with a variable, as in ``layers[0].run``.
    """
    end = callable_index(instructions, index)
    attributes: tuple[str, ...] = ()
    while end > 0 and instructions[end].opname in ("LOAD_ATTR", "LOAD_METHOD"):
        attributes = (str(instructions[end].argval), *attributes)
        end -= 1
    loaded = instructions[end]
    return (loaded.argval if end >= 0 and _loads_name(loaded) else ""), attributes


def _loads_name(loaded: Instruction) -> bool:
    return loaded.opname.startswith("LOAD_") and isinstance(loaded.argval, str)


def _read_callable(frame: FrameType, root: str, attributes: Sequence[str]) -> Any:
    """Return what a name and attributes stand for, without executing code of the user."""
    called = read_variable(frame, root, ())
    if called is None:
        called = getattr(builtins, root, None)
    for name in attributes:
        called = inspect.getattr_static(called, name, None)
        if isinstance(called, staticmethod | classmethod):
            called = called.__func__
    return called


def _code_of(called: Any) -> CodeType | None:
    """Return the code that runs when this object is called.

    Return None for a class, or if the code is not Python.
    """
    if isinstance(called, MethodType):
        called = called.__func__
    if not isinstance(called, FunctionType | type):
        called = inspect.getattr_static(type(called), "__call__", None)
    return called.__code__ if isinstance(called, FunctionType) else None
