"""Generate the sources that Cython compiles from the Python sources of the engine."""

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
    """Return the source of an engine module for Cython. Its types are declared in `name`.pxd."""
    source = _with_fast_types((ENGINE / f"{name}.py").read_text(encoding="utf-8"))
    # Cython calls `zip` as a function, but it compiles a loop over an index to C. The line
    #     for p, q in zip(a, b):
    # becomes
    #     for k in range(min(len(a), len(b))):
    #         p = a[k]
    #         q = b[k]
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
    """Return the source of a function that creates the recorder for a class and an operation.

    For example, `source` has the lines ``u = a._data``, ``p = 2 * u`` and ``y = u * u``.
    """
    # The variables of the formula, here p, u and y.
    numbers = sorted({*re.findall(r"\b[cpqtuvy]\d*\b", source)})
    # The line ``u = a._data`` becomes ``u = (<LiveNode>a)._data``.
    typed = re.sub(r"\b(\w+)\._data$", r"(<LiveNode>\1)._data", source, flags=re.MULTILINE)
    # The line ``out._p = u`` becomes ``out._p = (<LiveNode>a)._data``.
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
    """Return a substitution for lines that store partials.

    It replaces each C variable by the `_data` it was read from. In ``u = a._data``, u is a C
    double. Storing u would create a second float, so `a._data` is stored.
    """
    data = dict(re.findall(r"(\w+) = (.+\._data)", source))
    return lambda line: re.sub(r"\w+", lambda word: data.get(word[0], word[0]), line[0])


def _with_fast_types(source: str) -> str:
    """Return the source with ``type(x)`` for ``x.__class__``, which Cython would look up."""
    return re.sub(r"([\w.]+)\.__class__ is", r"type(\1) is", source)
