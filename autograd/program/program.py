"""`Program`: a scalar graph, recorded for one example, that runs over a batch.

It can also give the graph of any example of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..engine.value import Value
from ..graph.graph import Graph
from .computation import Computation, read_columns, read_float_type
from .engines.function import Function, write_source
from .engines.sharded import Sharded
from .examples import Examples, GuardMode
from .instructions import Array
from .passes import Passes
from .plan import Plan
from .planner import Want
from .runner import Runner
from .source import source
from .stacking import Style
from .weights import Weights

Reduction = Literal["mean", "sum"]
Engines = Literal["numpy", "jax", "torch"]
_NO_PARAMETERS = (
    "the output depends on no parameter: every leaf is an input or a constant. "
    "input_gradients(columns) gives the gradients of the inputs."
)


class Program(Weights):
    """A graph of one example as NumPy calls over a batch. `compile` returns it.

    Attributes:
        graph: the graph that was compiled.
        inputs: the leaves that vary by example, in the order of the rows of `columns`, which
            the methods take.
        parameters: the other leaves, in the order of `weights` and `gradients`.
        weights: the parameters' numbers in one array, shape (parameters,). Change it in place. The
            Values keep their data until `write_back`.
        outputs: the outputs of the last batch, shape (batch,).
        kept: the numbers of the Values that `compile` was told to keep, for the last batch, shape
            (values, batch).
        gradients: the gradients of the last `value_and_grad`. The next call overwrites this
            array. `value_and_grad` returns a copy of it, unless ``copy=False``.
        examples: the examples of the last batch one by one.

    Two programs may run in two threads, but one program must not run in two threads at once.
    """

    def __init__(
        self, computation: Computation, dtype: DTypeLike = np.float64, guards: GuardMode = "raise"
    ) -> None:
        self.graph = computation.graph
        self.inputs, self.parameters = computation.inputs, computation.parameters
        self._computation = computation
        self._dtype = read_float_type(dtype)
        self._runner = runner = Runner(computation.planner, self._dtype)
        count = len(self.parameters)
        self.weights = runner.weights[:count, 0]
        self.gradients = runner.gradients[:count, 0]
        self.examples = Examples(computation, self.weights, guards)
        self._passes = Passes(computation, runner, self.examples)
        self.outputs, self.kept = self._passes.outputs, self._passes.kept
        # What `value_and_grad` wants, or `input_gradients` if there are no parameters. The methods
        # that need no gradients use the same plan.
        self._usual_want: Want = "gradients" if self.parameters else "input gradients"

    # --- running ----------------------------------------------------------------------------------

    def forward(self, columns: ArrayLike) -> Array:
        """Return the outputs, shape (batch,), for columns of shape (inputs, batch).

        The columns are read in place and not copied. Leave them unchanged until you have called
        `example`, which reads them again.

        Raises:
            ValueError: the columns are of another shape, or not numbers.
            ArithmeticError: an operation has no finite result. The message names the first such
                operation, its operands and the example.

        >>> from autograd import Value, compile
        >>> x = Value(0.0, "x")
        >>> compile(x * x, inputs=[x]).forward([[1.0, 2.0, 3.0]])
        array([1., 4., 9.])
        """
        self._begin(columns)
        self._passes.forward(self._usual_want)
        return self.outputs

    def value_and_grad(
        self, columns: ArrayLike, reduction: Reduction = "mean", *, copy: bool = True
    ) -> tuple[float, Array]:
        """Return the mean, or the sum, of the outputs and its gradient, shape (parameters,).

        The gradients are in the order of `parameters`. `write_back` sets the parameters' `.grad`.

        With ``copy=False`` the gradient is the array `gradients` itself, which the next call
        overwrites. This saves a few percent of the time of a wide network.

        Raises:
            ValueError: the columns do not fit, the reduction is unknown, or the output depends on
                no parameter.
            ArithmeticError: an example has no finite result or gradient, or a sum over the batch
                overflows. The message names the operation and the example.

        >>> from autograd import Value, compile
        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> compile(w * x * x, inputs=[x]).value_and_grad([[1.0, 2.0, 3.0]], "sum")
        (28.0, array([14.]))
        """
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction is 'mean' or 'sum'; got {reduction!r}")
        if not self.parameters:
            raise ValueError(_NO_PARAMETERS)
        batch = self._begin(columns)
        value = self._passes.sum_gradients(1.0 / batch if reduction == "mean" else 1.0)
        self._has_gradients = True
        return value, self.gradients.copy() if copy else self.gradients

    def input_gradients(self, columns: ArrayLike) -> Array:
        """Return ∂output/∂input for every input and example, shape (inputs, batch).

        Raises:
            ValueError: the columns do not fit.
            ArithmeticError: an example has no finite result or gradient.

        >>> from autograd import Value, compile
        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> compile(w * x * x, inputs=[x]).input_gradients([[1.0, 2.0, 3.0]])
        array([[ 4.,  8., 12.]])
        """
        self._begin(columns)
        return self._passes.input_gradients()

    def holds(self, columns: ArrayLike) -> Array:
        """Return for each example whether all guards hold, shape (batch,).

        If they hold, the example takes the branch that was recorded.
        """
        self._begin(columns)
        return self._passes.holds(self._usual_want)

    def _begin(self, columns: ArrayLike) -> int:
        """Make these columns the current batch, and return how many examples there are."""
        self.outputs, self.kept = self._passes.begin(self.check_columns(columns))
        return len(self.outputs)

    # --- reading ----------------------------------------------------------------------------------

    def record(self, parameters: Sequence[Value], column: Sequence[float]) -> Value:
        """Record one example again with these Values as parameters, and return the output.

        This can check the program, because every operation is computed again with Python floats.

        Raises:
            ValueError: there are more or fewer parameters or numbers than the program has.
        """
        given, learned = self._computation.input_nodes, self._computation.parameter_nodes
        if (len(parameters), len(column)) != (len(learned), len(given)):
            raise ValueError(
                f"this program has {len(learned)} parameters and {len(given)} inputs; "
                f"got {len(parameters)} and {len(column)}"
            )
        leaves = {k: Value(x) for k, x in zip(given, column, strict=True)}
        return self.graph.record(leaves | dict(zip(learned, parameters, strict=True)))

    def example(self, k: int) -> Graph:
        """Return the full scalar graph of example k, with values, partials and adjoints.

        Recording this example with the current weights would give the same graph. Every gradient of
        a batch can therefore be traced, explained and drawn.

        Raises:
            ValueError: `forward` has not been called, or the example would take another branch than
                the recorded one.
            TypeError: k is not a whole number.
            IndexError: there is no example k.
        """
        return self.examples.replay(k)

    @property
    def plan(self) -> Plan:
        """The plan in groups, which `source` prints if it is given no batch.

        For a long batch, the program may run the plan without groups instead.
        """
        return self._runner.planner.plan(self._usual_want, grouped=True)

    def source(self, engine: Engines = "numpy", batch: int | None = None) -> str:
        """Return the program as a readable script that runs by itself.

        With a `batch`, the script is for this number of examples, and makes the same calls as the
        program. All its numbers are those of the program, bit for bit. Without a `batch`, the
        script is for any number of examples. The last digits may then differ, because the program
        divides large matrix products and long batches into pieces.

        An error such as a division by 0 is a FloatingPointError in the script. The program instead
        computes the examples again with scalar operations. It raises the first error of these with
        the name of the example, or continues if there is none and the results are finite.

        With "jax" or "torch", the script defines the pure function that `function` returns.

        Raises:
            ValueError: the engine is unknown, the plan is too long for it, or `batch` is below 1.
        """
        title = repr(self)[1:-1]
        if engine == "numpy":
            if batch is None:
                return source(self._runner.engine(self.plan), title)
            if batch < 1:
                raise ValueError(f"batch is how many examples there are, 1 or more; got {batch}")
            parts = self._runner.parts(self._usual_want, batch)
            _, workspace = parts[0]
            return source(workspace.engine, title, parts)
        return write_source(self._gradient_plan(engine), engine, self._computation.kept, title)[1]

    @overload
    def function(self, engine: Engines = "jax", mesh: None = None) -> Function: ...
    @overload
    def function(self, engine: Engines, mesh: Any) -> Sharded: ...
    def function(self, engine: Engines = "jax", mesh: Any = None) -> Function | Sharded:
        """Return a pure function (parameters, columns) → (mean output, parameter gradients).

        It makes the same calls as the program, on arrays of another library. The library compiles
        them and runs them on its devices, but it computes no derivatives. `parameters` are numbers
        in the order of `Program.parameters`, such as `weights`.

        The function raises no error for an example that has no finite result or takes another
        branch. ``function.evaluate`` returns `ok` for each example. If an example is not ok,
        `example` or `forward` raises an error that says why.

        With a `mesh` of JAX devices, the function takes and returns NumPy arrays. It divides every
        batch among the devices. `example` still gives the graph of any example.

        Raises:
            ImportError: the library is not installed.
            ValueError: the engine is unknown, the output depends on no parameter, or the plan is
                too long to be compiled.

        >>> from autograd import Value, compile
        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> program = compile(w * x * x, inputs=[x])
        >>> value, gradient = program.function("numpy")(program.weights, np.array([[1.0, 3.0]]))
        >>> float(value), gradient.tolist()
        (10.0, [5.0])
        """
        plan = self._gradient_plan(engine)
        function = Function(plan, engine, self._computation.kept, repr(self)[1:-1])
        if mesh is None:
            return function
        if engine != "jax":
            raise ValueError(f'a mesh needs the engine "jax"; got {engine!r}')
        return Sharded(function, mesh, self.examples)

    def _gradient_plan(self, engine: str) -> Plan:
        """Return the plan in groups by which an engine computes the parameters' gradients."""
        if not self.parameters:
            raise ValueError(_NO_PARAMETERS)
        # A pure function cannot fall back on stable formulas when quick ones overflow.
        style: Style = "fused" if engine == "jax" else "stable"
        return self._runner.planner.plan("gradients", grouped=True, style=style)

    @property
    def nbytes(self) -> int:
        """The size of the working arrays in bytes.

        It grows with the batch only up to the size of a chunk. The columns, `outputs` and `kept`
        are not counted.
        """
        return self._runner.nbytes

    def __repr__(self) -> str:
        size = self._runner.engine(self.plan).rows_per_example * self._dtype.itemsize
        return (
            f"<Program of {len(self.graph.nodes):,} nodes in {self.plan.calls:,} groups, "
            f"{self.plan.products} of them matrix products; "
            f"{len(self.inputs):,} inputs{self._computation.describe_unused()}, "
            f"{len(self.parameters):,} parameters; {size:,} bytes per example, {self._dtype}>"
        )

    def check_columns(self, columns: ArrayLike) -> Array:
        """Return the columns as an array of the program's type, or explain what is wrong."""
        return read_columns(columns, len(self.inputs), self._dtype)
