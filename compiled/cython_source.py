"""Print the source of the compiled modules: the source in Python, in a form that Cython types."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

HERE = Path(__file__).parent
ENGINE = HERE.parent / "autograd" / "engine"

os.environ["GRADTRACE_PURE"] = "1"  # the modules that an earlier build compiled may be outdated
sys.path.insert(0, str(HERE.parent))

from autograd.engine.operation import OPS  # noqa: E402
from autograd.engine.recorder_source import recorder_source, weighted_sum_source  # noqa: E402

# A neuron with more inputs is recorded by code in Python.
MOST_INPUTS = 32


def module_source(name: str) -> str:
    """Return the source of a module of the engine, which a file `name`.pxd gives types."""
    source = _with_fast_types((ENGINE / f"{name}.py").read_text(encoding="utf-8"))
    # Cython calls `zip` as a function, and compiles a loop over an index.
    return re.sub(r"( +)for (.+) in zip\(([^=\n]+)\):.*\n", _loop_over_index, source)


def _loop_over_index(loop: re.Match[str]) -> str:
    indent, names, sequences = loop[1], loop[2].split(", "), loop[3].split(", ")
    lengths = ", ".join(f"len({sequence})" for sequence in sequences)
    lines = [f"{name} = {sequence}[k]" for name, sequence in zip(names, sequences, strict=True)]
    return f"{indent}for k in range(min({lengths})):\n" + "".join(
        f"{indent}    {line}\n" for line in lines
    )


def recorders_source() -> str:
    """Return the source of the module of recorders."""
    head = (HERE / "compiled_recorders.pyx").read_text(encoding="utf-8")
    return head + "\n\n".join(map(_binder, _recorders(), count()))


def _recorders() -> Iterator[str]:
    """Yield the source in Python of each recorder."""
    yield from (recorder_source(op) for op in OPS.values() if op.arity in (1, 2))
    yield from map(weighted_sum_source, range(1, MOST_INPUTS + 1))


def _binder(source: str, number: int) -> str:
    """Return a function that returns a recorder for a class and an operation."""
    numbers = sorted({*re.findall(r"\b[cpqtuvy]\d*\b", source)})  # the variables of a formula
    typed = re.sub(r"\b(\w+)\._data$", r"(<LiveNode>\1)._data", source, flags=re.MULTILINE)
    typed = re.sub(r"out\._[pq] = .*", _sharing_floats(typed), _with_fast_types(typed))
    typed = typed.replace("current_note", "names['current_note']")
    header, *body = typed.replace("return out", "return finish(out, names)").splitlines()
    lines = [
        f"def bind_{number}(type Value, op, dict names):",
        "operands, record_carefully = names['operands'], names['record_carefully']",
        header,
        f"    cdef double {', '.join(numbers)}",
        "    cdef LiveNode out",
        *body,
        f"return {header[4 : header.index('(')]}",
    ]
    return "\n    ".join(lines) + f"\n\nBINDERS[{source!r}] = bind_{number}\n"


def _sharing_floats(source: str) -> Callable[[re.Match[str]], str]:
    """Return a function that replaces the data of parents in a line that stores partials.

    The partial u of ``u = a._data`` becomes ``a._data``, because u is a C number, and a second
    Python float would be made of it.
    """
    data = dict(re.findall(r"(\w+) = (.+\._data)", source))
    return lambda line: re.sub(r"\w+", lambda word: data.get(word[0], word[0]), line[0])


def _with_fast_types(source: str) -> str:
    """Return the source with ``type(x)`` for ``x.__class__``, which Cython would look up."""
    return re.sub(r"([\w.]+)\.__class__ is", r"type(\1) is", source)
