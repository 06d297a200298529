"""Where an operation of an exported program comes from: its modules, and its line of code."""

from __future__ import annotations

import re
from traceback import walk_tb
from typing import Any

from ..engine.source_line import SourceLine, source_line
from ..engine.user_code import is_library

_LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<number>\d+), in [^\n]*\n\s*(?P<text>[^\n]*)')


def block_path(node: Any) -> tuple[str, ...]:
    """Return the modules around an operation, such as ("encoder", "0 Linear")."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    path, outer = [], ""
    for name, kind in stack:
        own = name.removeprefix(outer).strip(".")
        if own:
            kind = kind if isinstance(kind, str) else kind.__name__
            path.append(f"{own} {kind.rpartition('.')[2]}")
            outer = name
    return tuple(path)


def source_line_of(node: Any) -> SourceLine | None:
    """Return the last line outside of PyTorch that led to an operation."""
    lines = list(_LINE.finditer(node.meta.get("stack_trace") or ""))
    own = [line for line in lines if not _is_library(line["file"])]
    found = own or lines
    if not found:
        return None
    return SourceLine(found[-1]["file"], int(found[-1]["number"]), found[-1]["text"])


def _is_library(file: str) -> bool:
    """Return whether a file belongs to PyTorch or to this package."""
    return "/torch/" in file.replace("\\", "/") or is_library(file)


def describe_line(node: Any) -> str:
    """Return the line of an operation for a message, such as " (model.py:12: return x.sort())"."""
    return _in_brackets(source_line_of(node))


def describe_failed_line(error: BaseException) -> str:
    """Return the line outside of PyTorch at which tracing failed, for a message, or ""."""
    found = ""
    for frame, _ in walk_tb(error.__traceback__):
        if not _is_library(frame.f_code.co_filename):
            found = _in_brackets(source_line(frame.f_code, frame.f_lasti))
        # While PyTorch rewrites a traced program, the operation is a variable of its interpreter.
        node = frame.f_locals.get("n")
        if hasattr(node, "meta"):
            found = describe_line(node) or found
    return found


def _in_brackets(line: SourceLine | None) -> str:
    return f" ({line.place}: {line.text})" if line else ""
