"""A program as a NumPy script that a person can read, and that runs by itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence

from .binding import SUM_OVER_EXAMPLES, call_text, scatter_add
from .instructions import SHARED, Grid, Instruction, Operand, view_grid
from .numpy_engine import Engine
from .plan import Comment

_HEAD = '''\
"""{title}

forward_and_backward(parameters, columns) returns the outputs, shape (batch,), and the gradients of
their sum: of the parameters, shape (parameters,), and of the inputs, if the program asks for them.

An array has a row for each number. `shared` holds the parameters, the constants and what depends on
those alone, `inputs` the columns, and `values` all else that varies by example. `adjoints` are the
gradients of the values. `slopes` are local derivatives kept for the way back, `scratch` and `masks`
temporary results.
"""

import numpy as np
'''


def source(engine: Engine, title: str) -> str:
    """Return the script of an engine's plan: its plain calls, with every matrix product uncut."""
    plan = engine.plan
    sections = {**plan.sections, "backward": engine.backward}
    every = [i for instructions in sections.values() for i in instructions]
    count, end = len(plan.parameters), len(plan.parameters) + len(plan.constants)
    lines = [
        f"inputs = np.asarray(columns, {str(engine.dtype)!r})",
        *_arrays(engine, every),
        f"shared[:{count}, 0] = parameters",
    ]
    if plan.constants:
        lines.append(f"shared[{count}:{end}, 0] = {[float(c) for c in plan.constants]}")
    for name, instructions in sections.items():
        lines += ["", *_section(name, instructions, plan.comments[name])]
        if name == "forward":
            lines += ["", f"adjoints[{engine.seed_row}] = 1.0"]
    asked = "input_adjoints" if plan.has_input_gradients else "None"
    output = plan.roots[0]
    lines += ["", f"return {output.array}[{output.row}], shared_adjoints[:{count}, 0], {asked}"]
    helpers: list[Callable[..., object]] = []
    if any(i.function == "scatter_add" for i in every):
        helpers.append(scatter_add)
    if any(isinstance(part, Grid) for i in every for part in (*i.operands, i.out)):
        helpers.append(view_grid)
    return "\n".join(
        [
            _HEAD.format(title=one_line(title)),
            *(f"\n{_source_of(helper)}" for helper in helpers),
            "",
            "def forward_and_backward(parameters, columns):",
            *(f"    {line}".rstrip() for line in lines),
            "",
        ]
    )


def _source_of(helper: Callable[..., object]) -> str:
    return inspect.getsource(helper).replace(": Array", "").replace(" -> Array", "")


def _arrays(engine: Engine, every: Sequence[Instruction]) -> Iterator[str]:
    """Yield the lines that make the arrays which the instructions use."""
    used = {i.out.array for i in every} | {"shared", "adjoints", "shared_adjoints"}
    for array in sorted(used - {"inputs"}):
        rows = engine.rows["shared"] if array == "shared_adjoints" else engine.rows[array]
        columns = "1" if array in SHARED else "inputs.shape[1]"
        kind = "bool" if engine.kind(array) is bool else str(engine.dtype)
        yield f"{array} = np.zeros(({rows}, {columns}), {kind!r})"


def _section(
    name: str, instructions: Sequence[Instruction], comments: Mapping[int, Comment]
) -> Iterator[str]:
    for k, instruction in enumerate(instructions):
        if k in comments:
            yield f"# {name}: {comments[k]}"
        yield _line(instruction)


def _line(instruction: Instruction) -> str:
    """Write one instruction as a statement."""
    function, given, out, _ = instruction
    operands = [_write(operand) for operand in given]
    is_over_examples = function == "sum_rows" and not getattr(given[0], "blocks", 0)
    text = SUM_OVER_EXAMPLES if is_over_examples else call_text(function, len(operands))
    return text.format(*operands, out=out)


def _write(operand: Operand) -> str:
    if operand.__class__ is tuple:
        return f"np.array({list(operand)})"
    return str(operand)


def one_line(title: str) -> str:
    """Return a title that cannot end the docstring it is written in."""
    plain = title.replace("\\", "/").replace('"', "'")
    return " ".join(plain.split())
