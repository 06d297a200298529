"""A program as a NumPy script that a person can read, and that runs by itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from .emitter import SHARED
from .instructions import HELPERS, Instruction, Operand
from .workspace import Plan

_HEAD = '''\
"""{title}

forward_and_backward(parameters, columns) returns the outputs, shape (batch,), and the gradients of
their sum: of the parameters, shape (parameters,), and of the inputs, if the program asks for them.

F, K and E hold what all examples share, X the inputs, V all that varies (one column per example), D
slopes kept for the way back; G, GX and GF are the adjoints of V, X and F.
"""

import numpy as np
'''


def source(plan: Plan, title: str, constants: Sequence[float], parameters: int, dtype: str) -> str:
    """Return the script of a plan; `constants` stand in F after the parameters."""
    code = plan.code
    every = [*code.prepare, *code.forward, *code.backward, *code.finish]
    used = sorted({i.function for i in every} & HELPERS.keys())
    asked = any(i.out.array == "GX" for i in every)
    lines = [
        f"X = np.asarray(columns, {dtype!r})",
        *_arrays(plan, every, dtype),
        f"F[:{parameters}, 0] = parameters",
    ]
    if constants:
        end = parameters + len(constants)
        lines.append(f"F[{parameters}:{end}, 0] = {[float(c) for c in constants]}")
    for name in ("prepare", "forward", "backward", "finish"):
        lines += ["", *_section(plan, name)]
        if name == "forward":
            lines += ["", f"G[{plan.seed_row}] = 1.0"]
    gradients = f"GF[:{parameters}, 0], {'GX' if asked else 'None'}"
    lines += ["", f"return V[{plan.output_row}], {gradients}"]
    return "\n".join(
        [
            _HEAD.format(title=title),
            *(f"\n{inspect.getsource(HELPERS[name])}".replace(": Array", "") for name in used),
            "",
            "def forward_and_backward(parameters, columns):",
            *(f"    {line}".rstrip() for line in lines),
            "",
        ]
    ).replace(": Any", "")


def _arrays(plan: Plan, every: Sequence[Instruction], dtype: str) -> Iterator[str]:
    """Yield the lines that make the arrays which the instructions use."""
    rows = plan.code.rows
    used = {i.out.array for i in every} | {"F", "G", "GF"}
    for array in sorted(used - {"X"}):
        count = rows["F"] if array == "GF" else plan.rows_of(array)
        columns = "1" if array in SHARED else "X.shape[1]"
        kind = "bool" if array in ("M", "N") else dtype
        yield f"{array} = np.zeros(({count}, {columns}), {kind!r})"


def _section(plan: Plan, name: str) -> Iterator[str]:
    instructions: list[Instruction] = getattr(plan.code, name)
    notes = plan.code.notes[name]
    for k, instruction in enumerate(instructions):
        if k in notes:
            yield f"# {name}: {notes[k]}"
        yield _line(instruction)


def _line(instruction: Instruction) -> str:
    """Write one instruction as a statement."""
    operands = ", ".join(_operand(operand) for operand in instruction.operands)
    if instruction.function in HELPERS:
        return f"{instruction.function}({operands}, {instruction.out})"
    return f"np.{instruction.function}({operands}, out={instruction.out})"


def _operand(operand: Operand) -> str:
    return f"np.array({list(operand)})" if isinstance(operand, tuple) else str(operand)
