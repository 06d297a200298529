"""`program.function`: the plan of a program as a pure function of NumPy, JAX or PyTorch."""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from ..plan import Plan
from ..source import one_line
from .arguments import split_columns, split_parameters
from .expressions import ENGINES
from .writer import FunctionWriter

MOST_WORK = 15_000
"""The largest number of instructions in a plan for JAX.

XLA takes about 40 seconds to compile a plan of this length.
"""

_BY_INDEX = 20  # XLA takes as long to compile a gather or a scatter as this many other instructions

_HEAD = '''\
"""{title}

value_and_grad(parameters, columns) returns the mean of the outputs and its gradient.
`parameters` is a list of arrays: the parameters {parameters}.
`columns` is a list of arrays of shape (rows, batch): the rows {columns} of the inputs.
"""

{module}
'''

_ADD_ROWS = '''

def add_rows(before, added, rows):
    """Return `before` with rows added to some of its rows, also to one row twice."""
    after = before.copy()
    np.add.at(after, rows, added)
    return after
'''

_TRANSPOSE = '''

def transpose(matrix):
    """Return the transposed matrix. On a CPU it is written down, which makes products faster."""
    return jax.lax.platform_dependent(
        matrix, cpu=lambda m: jax.lax.optimization_barrier(m.T), default=lambda m: m.T
    )
'''

_HELPERS = {"add_rows": _ADD_ROWS, "transpose": _TRANSPOSE}

_VALUE_AND_GRAD = '''

def value_and_grad(parameters, columns):
    """Return the mean of the outputs, and its gradient as arrays like those of `parameters`."""
    seed = 1.0 / columns[0].shape[1]
    outputs, _, gradients, _, _ = run(parameters, columns, seed)
    return outputs.mean(), gradients


def find_ok(guards, watched, batch):
    """Return for each example whether its guards hold and its numbers are finite."""
    ok = {xp}.ones_like(batch, dtype=bool)
    for holds in guards:
        ok = ok & holds
    for numbers in watched:
        ok = ok & {xp}.isfinite(numbers).all(0)
    return ok
'''


class Evaluated(NamedTuple):
    """What a function computes for a batch.

    Attributes:
        outputs: the outputs, shape (batch,).
        kept: the numbers of the Values that `compile` was told to keep, shape (values, batch).
        gradients: the gradient of the sum of the outputs times their seeds, shape (parameters,), or
            a list if the parameters were given as one.
        ok: for each example whether it takes the recorded branch and all its numbers are finite.
    """

    outputs: Any
    kept: Any
    gradients: Any
    ok: Any


class Function:
    """A pure function of arrays: (parameters, columns) → (mean output, parameter gradients).

    It can be given to ``jax.jit``, ``jax.vmap`` and ``torch.compile``. The type of the parameters,
    float32 or float64, is the type of the computation.

    Attributes:
        engine: "numpy", "jax" or "torch".
        groups: for each array that `split` returns, the range (start, stop) of input rows that it
            holds.
        parameter_groups: for each array that `split_parameters` returns, the range of parameters
            that it holds, and its number of columns if it is a matrix.
        text: the source that it runs.
        value_and_grad: the plain function in the source. It takes only lists such as `split` and
            `split_parameters` return.
    """

    def __init__(self, plan: Plan, engine: str, kept: int, title: str) -> None:
        self.engine, self._inputs = engine, len(plan.inputs)
        writer, self.text = write_source(plan, engine, kept, title)
        self.groups, self.parameter_groups = writer.groups, writer.parameter_groups
        import_engine(engine)
        space: dict[str, Any] = {}
        exec(self.text, space)  # nosec B102
        self._run, self.value_and_grad = space["run"], space["value_and_grad"]
        self._find_ok, self._xp = space["find_ok"], space[writer.style.xp]

    def __call__(self, parameters: Any, columns: Any) -> tuple[Any, Any]:
        """Return the mean of the outputs and its gradient, shape (parameters,).

        `columns` has shape (inputs, batch), or is a list that `split` returned. `parameters` has
        shape (parameters,), or is a list that `split_parameters` returned. The gradient is then a
        list too. Lists are faster, because XLA would copy a slice of an array in every call.
        """
        with np.errstate(all="ignore") if self.engine == "numpy" else nullcontext():
            value, gradients = self.value_and_grad(
                self.split_parameters(parameters), self.split(columns)
            )
        return value, self._join(gradients, parameters)

    def evaluate(self, parameters: Any, columns: Any, seed: Any = 1.0) -> Evaluated:
        """Return the outputs, the kept numbers, the gradients, and whether each example is ok.

        `parameters` and `columns` are as in a call. `seed` is the adjoint of the outputs, a number
        or an array of shape (batch,).
        """
        lists = self.split_parameters(parameters), self.split(columns)
        with np.errstate(all="ignore"):
            outputs, kept, gradients, guards, watched = self._run(*lists, seed)
            ok = self._find_ok(guards, watched, outputs)
        return Evaluated(outputs, kept, self._join(gradients, parameters), ok)

    def split(self, columns: Any) -> list[Any]:
        """Return the columns as one array for each of `groups`. Such a list is returned unchanged.

        Raises:
            ValueError: there is no example, or a shape is wrong.
        """
        return split_columns(columns, self._inputs, self.groups)

    def split_parameters(self, parameters: Any) -> list[Any]:
        """Return the parameters as one array for each of `parameter_groups`, or such a list itself.

        Raises:
            ValueError: a shape is wrong.
            TypeError: the parameters are not floats.
        """
        return split_parameters(parameters, self.parameter_groups)

    def _join(self, gradients: list[Any], parameters: Any) -> Any:
        """Return the gradients in the form of the parameters, as one array or as a list."""
        if isinstance(parameters, list | tuple):
            return gradients
        return self._xp.concatenate([part.reshape(1, -1) for part in gradients], 1)[0]

    def __repr__(self) -> str:
        return f"<function of {self.engine}: (parameters, columns) → (mean output, gradients)>"


def write_source(plan: Plan, engine: str, kept: int, title: str) -> tuple[FunctionWriter, str]:
    """Return the writer, which knows the groups, and a script that runs by itself.

    Raises:
        ValueError: the engine is unknown, or the plan is too long for it.
    """
    if engine not in ENGINES:
        raise ValueError(f"the engine is {', '.join(map(repr, ENGINES))}; got {engine!r}")
    if engine == "jax":
        _check_length(plan)
    writer = FunctionWriter(plan, engine, kept)
    body = writer.write()
    style = writer.style
    parameters = [
        f"{group.start}:{group.stop}" + (f" with {group.columns} columns" if group.columns else "")
        for group in writer.parameter_groups
    ]
    columns = [f"{start}:{stop}" for start, stop in writer.groups]
    text = [
        _HEAD.format(
            title=one_line(title),
            parameters=", ".join(parameters),
            columns=", ".join(columns),
            module=style.module,
        ),
        *(text for name, text in _HELPERS.items() if any(f" {name}(" in line for line in body)),
        "\n\ndef run(parameters, columns, seed):\n",
        '    """Return outputs, kept numbers, gradients, guards, and what must be finite."""\n',
        *(f"    {line}".rstrip() + "\n" for line in body),
        _VALUE_AND_GRAD.replace("{xp}", style.xp),
    ]
    return writer, "".join(text)


def _check_length(plan: Plan) -> None:
    """Refuse a plan that XLA would compile for minutes."""
    functions = [i.function for section in plan.sections.values() for i in section]
    indexed = functions.count("take") + functions.count("scatter_add")
    if len(functions) + _BY_INDEX * indexed > MOST_WORK:
        raise ValueError(
            f"XLA would compile this graph for minutes. It has {len(functions):,} instructions, of "
            f"which {indexed:,} gather or scatter single numbers, because its operations are not "
            "regular. Stay on NumPy: program.value_and_grad(columns)"
        )


def import_engine(engine: str) -> Any:
    """Return the module of an engine.

    Raises:
        ImportError: it is not installed; the message says what to install.
    """
    try:
        return import_module({"numpy": "numpy", "jax": "jax", "torch": "torch"}[engine])
    except ImportError:
        name = {"jax": "JAX", "torch": "PyTorch"}[engine]
        raise ImportError(
            f"{name} is not installed: pip install {engine}. "
            "program.value_and_grad(columns) needs NumPy only"
        ) from None
