"""Where an operation of an exported program comes from: its modules, and its line of code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..engine.source_line import SourceLine

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
    return "/torch/" in file.replace("\\", "/") or Path(file).parent == Path(__file__).parent


def describe_line(node: Any) -> str:
    """Return the line of an operation for a message, such as " (model.py:12: return x.sort())"."""
    line = source_line_of(node)
    return f" ({line.place}: {line.text})" if line else ""
