"""A program as a NumPy script that a person can read, and that runs by itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from textwrap import indent

import numpy as np

from .binding import Views, scatter_add, texts_of
from .instructions import SHARED, Grid, Instruction, Operand, view_grid
from .numpy_engine import Engine, Workspace
from .plan import Comment, Fallback
from .runner import Part

_HEAD = '''\
"""{title}

forward_and_backward(parameters, columns) returns the outputs, shape (batch,), and the gradients of
their sum: of the parameters, shape (parameters,), and of the inputs, if the program asks for them.
With seed=1/batch they are the gradients of the mean.

An array has a row for each number. `shared` holds the parameters, the constants and what depends on
those alone, `inputs` the columns, and `values` all else that varies by example. `adjoints` are the
gradients of the values. `slopes` are local derivatives kept for the way back, `scratch` and `masks`
temporary results.
"""

import numpy as np
'''
_LOOP = """
outputs = np.empty({batch}, {dtype!r})
input_gradients = {input_gradients}
total = np.zeros_like(shared_adjoints)
for start in range(0, {batch}, {size}):
    part = slice(start, min(start + {size}, {batch}))
    run = run_{size} if part.stop == start + {size} else run_{rest}
    {results} = run(inputs[:, part])
    total += shared_adjoints
shared_adjoints[:] = total"""


class Script:
    """The script of an engine's plan.

    Attributes:
        engine: the engine.
        parts: the chunks of a batch that the script is for. Without them, the script is for every
            batch, and each matrix product is one call.
    """

    def __init__(self, engine: Engine, parts: Sequence[Part] = ()) -> None:
        self.engine, self.plan, self.parts = engine, engine.plan, parts
        self.sections = {**engine.plan.sections, "backward": engine.backward}
        self.dtype = str(engine.dtype)
        self.shared_views = Views(engine.shared) if parts else None

    def write(self, title: str) -> str:
        """Return the script."""
        head = [_HEAD.format(title=one_line(title)), *map(_source_of, self._helpers()), ""]
        signature = "def forward_and_backward(parameters, columns, seed=1.0):"
        body = "\n".join([*self._begin(), *self._run_batch(), *self._end()])
        decorator = '@np.errstate(all="raise", under="ignore")'
        return "\n".join([*head, decorator, signature, indent(body, "    "), ""])

    def _helpers(self) -> Iterator[Callable[..., object]]:
        every = [i for instructions in self.sections.values() for i in instructions]
        if any(i.function == "scatter_add" for i in every):
            yield scatter_add
        if any(isinstance(part, Grid) for i in every for part in (*i.operands, i.out)):
            yield view_grid

    def _begin(self) -> Iterator[str]:
        """Yield the lines that read the arguments and compute what all examples share."""
        plan, count = self.plan, len(self.plan.parameters)
        yield f"inputs = np.asarray(columns, {self.dtype!r})"
        if self.parts:
            shape = len(plan.inputs), self.parts[-1][0].stop
            yield f"if inputs.shape != {shape}:"
            yield f"    raise ValueError('this script is for columns of shape {shape}')"
        yield from self._arrays(is_shared=True)
        yield f"shared[:{count}, 0] = parameters"
        if plan.constants:
            numbers = [float(c) for c in plan.constants]
            yield f"shared[{count}:{count + len(numbers)}, 0] = {numbers}"
        yield from self._section("prepare", self.shared_views)

    def _run_batch(self) -> Iterator[str]:
        """Yield the lines that compute what varies by example, in parts if there are several."""
        if len(self.parts) < 2:
            yield from self._run_part(self.parts[0][1] if self.parts else None)
            return
        spaces = {part.stop - part.start: space for part, space in self.parts}
        for size, space in spaces.items():
            body = "\n".join([*self._run_part(space), f"return {', '.join(self._results)}"])
            yield f"\ndef run_{size}(inputs):"
            yield indent(body, "    ")
        gradients = f"np.empty(inputs.shape, {self.dtype!r})"
        asked = self.plan.has_input_gradients
        targets = ["outputs[part]", *(["input_gradients[:, part]"] if asked else [])]
        yield _LOOP.format(
            batch=self.parts[-1][0].stop,
            size=next(iter(spaces)),
            rest=list(spaces)[-1],
            dtype=self.dtype,
            input_gradients=gradients if asked else None,
            results=", ".join(targets),
        )

    @property
    def _results(self) -> list[str]:
        """Where the outputs are after a part, and the input gradients if the plan has them."""
        output = self.plan.roots[0]
        adjoints = ["input_adjoints"] if self.plan.has_input_gradients else []
        return [f"{output.array}[{output.row}]", *adjoints]

    def _run_part(self, space: Workspace | None) -> Iterator[str]:
        views = None
        if space is not None:
            columns = np.empty((len(self.plan.inputs), space.batch), self.engine.dtype)
            views = Views({**space.arrays, "inputs": columns})
        yield from self._arrays(is_shared=False)
        yield from self._section("forward", views)
        yield f"\nadjoints[{self.engine.seed_row}] = seed"
        yield from self._section("backward", views)

    def _end(self) -> Iterator[str]:
        yield from self._section("finish", self.shared_views)
        output, asked = self._results[0], self.plan.has_input_gradients
        gradients = "input_adjoints" if asked else "None"
        if len(self.parts) > 1:
            output, gradients = "outputs", "input_gradients"
        yield f"\nreturn {output}, shared_adjoints[:{len(self.plan.parameters)}, 0], {gradients}"

    def _arrays(self, *, is_shared: bool) -> Iterator[str]:
        """Yield the lines that make the arrays which the instructions use."""
        used = {"shared", "adjoints", "shared_adjoints"}
        used |= {i.out.array for instructions in self.sections.values() for i in instructions}
        used |= {array for code in self._fallbacks() for array in code.recipe.units}
        for array in sorted(used - {"inputs"}):
            if (array in SHARED) == is_shared:
                rows = self.engine.rows["shared" if array == "shared_adjoints" else array]
                columns = "1" if is_shared else "inputs.shape[1]"
                kind = "bool" if self.engine.kind(array) is bool else self.dtype
                yield f"{array} = np.zeros(({rows}, {columns}), {kind!r})"

    def _fallbacks(self) -> Iterator[Fallback]:
        for fallbacks in self.plan.fallbacks.values():
            yield from fallbacks

    def _section(self, name: str, views: Views | None) -> Iterator[str]:
        """Yield the lines of a section."""
        comments: Mapping[int, Comment] = self.plan.comments[name]
        fallbacks = {fallback.start: fallback for fallback in self.plan.fallbacks[name]}
        margin, fallback = "", None
        yield ""
        for k, instruction in enumerate(self.sections[name]):
            if k in comments:
                yield f"# {name}: {comments[k]}"
            if k in fallbacks:
                fallback, margin = fallbacks[k], "    "
                yield "try:"
            yield from (margin + line for line in _lines(instruction, views))
            if fallback is not None and k + 1 == fallback.stop:
                yield from _except_overflow(fallback, views)
                margin, fallback = "", None


def source(engine: Engine, title: str, parts: Sequence[Part] = ()) -> str:
    """Return the script of an engine's plan, for the chunks of one batch or for every batch."""
    return Script(engine, parts).write(title)


def _except_overflow(fallback: Fallback, views: Views | None) -> Iterator[str]:
    """Yield the lines that follow a fallback."""
    yield "except FloatingPointError:  # an exponential overflows"
    margin = "    "
    if fallback.is_limit:
        yield '    with np.errstate(all="ignore"):'
        margin *= 2
    for instruction in fallback.instructions():
        yield from (margin + line for line in _lines(instruction, views))


def _source_of(helper: Callable[..., object]) -> str:
    text = inspect.getsource(helper).replace(": Array", "").replace(" -> Array", "")
    return f"\n{text}"


def _lines(instruction: Instruction, views: Views | None) -> Iterable[str]:
    """Yield the statements of one instruction."""
    texts, size = texts_of(instruction, views)
    if size is not None:
        rows, columns, length = size
        assert views is not None
        dtype = str(views[instruction.out].dtype)
        yield f"temporary = np.empty(({rows}, {length}), {dtype!r})[:, :{columns}]"
    operands = [_write(operand) for operand in instruction.operands]
    for text in texts:
        yield text.format(*operands, out=instruction.out, temporary="temporary")


def _write(operand: Operand) -> str:
    if operand.__class__ is tuple:
        return f"np.array({list(operand)})"
    return str(operand)


def one_line(title: str) -> str:
    """Return a title without the characters that would end its docstring."""
    plain = title.replace("\\", "/").replace('"', "'")
    return " ".join(plain.split())
