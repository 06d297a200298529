"""`Program`: a recorded scalar graph that runs over a batch, with every example still at hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..engine.arrays import as_floats
from ..engine.number import check_list
from ..engine.ops import LEAF
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..graph.graph import Graph
from .engines.function import Function, write_source
from .engines.sharded import Sharded
from .examples import Examples, GuardMode
from .fuse import fuse
from .instructions import Array
from .numpy_engine import Engine, Workspace, are_finite, run
from .plan import Plan
from .planner import Planner, Want
from .runner import Runner
from .source import source

Reduction = Literal["mean", "sum"]
Engines = Literal["numpy", "jax", "torch"]
_NO_PARAMETERS = (
    "the output depends on no parameter: every leaf is an input or a constant. "
    "input_gradients(columns) gives the gradients of the inputs."
)


class Program:
    """A graph of one example as NumPy calls over a batch; made by `compile`.

    Attributes:
        graph: the graph that was compiled.
        inputs: the leaves that vary by example, in the order of the columns' rows.
        parameters: the other leaves, in the order of `weights` and `gradients`.
        weights: the parameters' numbers in one array, shape (parameters,). Change it in place; the
            Values keep theirs until `write_back`.
        outputs: the outputs of the last batch, shape (batch,).
        kept: the numbers of the Values that `compile` was told to keep, for the last batch, shape
            (values, batch).
        gradients: the gradients of the last `value_and_grad`. The next call writes to this array,
            but not to the copy that the call returned.
        examples: the examples of the last batch one by one.

    Two programs may run in two threads; one program serves one thread at a time.
    """

    def __init__(
        self,
        output: Value,
        inputs: Sequence[Value],
        keep: Sequence[Value],
        dtype: DTypeLike,
        guards: GuardMode,
        compared: Sequence[Value] = (),
    ) -> None:
        _check_output(output)
        _check_inputs(inputs)
        check_list("compile: keep", keep)
        self.inputs = list(inputs)
        self._dtype = _float_type(dtype)
        nodes, self.graph = _snapshot(output, [*inputs, *compared])
        index = {value: k for k, value in enumerate(nodes)}
        given = [index[value] for value in inputs]
        kept = [_index(value, index) for value in keep]
        self._guarded = sorted({k for guard in self.graph.guards for k in guard.operands})
        terms, roots = fuse(self.graph, frozenset(given), [*kept, *self._guarded])
        term = {term.node: k for k, term in enumerate(terms)}
        term_of = dict(zip(self._guarded, roots[len(kept) + 1 :], strict=True))
        guards_of_terms = [
            (
                term_of[g.left],
                g.relation,
                g.bound if g.right is None else term_of[g.right],
                g.outcome,
            )
            for g in self.graph.guards
        ]
        planner = Planner(terms, [term.get(k) for k in given], roots, guards_of_terms)
        self._runner = Runner(planner, self._dtype)
        learned = planner.parameters
        self.parameters = [nodes[terms[k].node] for k in learned]
        # The gradients that most calls ask for. Their plan also runs `forward`.
        self._main: Want = "gradients" if learned else "input gradients"
        self.weights: Array = self._runner.weights[: len(learned), 0]
        self.gradients: Array = self._runner.gradients[: len(learned), 0]
        self.outputs: Array = np.empty(0, self._dtype)
        self.kept: Array = np.empty((len(kept), 0), self._dtype)
        places = given, [terms[k].node for k in learned]
        named = self.inputs, self.parameters
        self.examples = Examples(self.graph, places, named, self.weights, guards)
        self._has_gradients = False

    # --- running ----------------------------------------------------------------------------------

    def forward(self, columns: ArrayLike) -> Array:
        """Return the outputs, shape (batch,), for columns of shape (inputs, batch).

        The columns are read in place and not copied. Leave them unchanged until you have called
        `example`, which reads them again.

        Raises:
            ValueError: the columns are of another shape, or not numbers.
            ArithmeticError: as recording the example would raise it; the message names the first
                operation that has no finite result, its operands and the example.

        >>> from autograd import Value, compile
        >>> x = Value(0.0, "x")
        >>> compile(x * x, inputs=[x]).forward([[1.0, 2.0, 3.0]])
        array([1., 4., 9.])
        """
        self._begin(columns)
        for part, space in self._runner.parts(self._main, len(self.outputs)):
            self._run(space, part)
        return self.outputs

    def value_and_grad(
        self, columns: ArrayLike, reduction: Reduction = "mean"
    ) -> tuple[float, Array]:
        """Return the mean, or the sum, of the outputs and its gradient, shape (parameters,).

        The gradients are in the order of `parameters`. The parameters' `.grad` is set by
        `write_back`, not by this.

        Raises:
            ValueError: the columns do not fit, the reduction is unknown, or the output depends on
                no parameter.
            ArithmeticError: as recording an example and sweeping it would raise it; the message
                names the operation and the example. Or a sum over the batch overflows.

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
        seed = 1.0 / batch if reduction == "mean" else 1.0
        gradients = self._runner.gradients
        total: Array | None = None
        parts = self._runner.parts("gradients", batch)
        with np.errstate(all="ignore"):
            for part, space in parts:
                self._run(space, part)
                self._sweep(space, part, seed, gradients)
                if len(parts) > 1:
                    total = gradients.copy() if total is None else total + gradients
            if total is not None:
                gradients[...] = total
            if total is not None or parts[0][1].engine.finish:
                self._finish(parts[0][1].engine)
            self._has_gradients = True
            return self._reduced(seed), self.gradients.copy()

    def input_gradients(self, columns: ArrayLike | None = None) -> Array:
        """Return ∂output/∂input for every input and example, shape (inputs, batch).

        Raises:
            ValueError: the columns do not fit.
            ArithmeticError: as recording an example and sweeping it would raise it.

        >>> from autograd import Value, compile
        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> compile(w * x * x, inputs=[x]).input_gradients([[1.0, 2.0, 3.0]])
        array([[ 4.,  8., 12.]])
        """
        if columns is None:  # an earlier version read those of the last `forward`
            raise ValueError("input_gradients needs the columns: program.input_gradients(columns)")
        batch = self._begin(columns)
        found = np.empty((len(self.inputs), batch), self._dtype)
        with np.errstate(all="ignore"):
            for part, space in self._runner.parts("input gradients", batch):
                self._run(space, part)
                self._sweep(space, part, 1.0, space.arrays["input_adjoints"])
                found[:, part] = space.arrays["input_adjoints"]
        return found

    def holds(self, columns: ArrayLike) -> Array:
        """Return for each example whether it takes the branch that was recorded, shape (batch,)."""
        batch = self._begin(columns)
        holds = np.ones(batch, bool)
        if not self._guarded:
            return holds
        for part, space in self._runner.parts(self._main, batch):
            with np.errstate(all="ignore"):
                space.forward(self.examples.columns_of(part))
            numbers = self._guarded_numbers(space)
            for guard in self.graph.guards:
                holds[part] &= guard.holds(numbers)
        return holds

    def __getattr__(self, name: str) -> Any:
        if name == "backward":
            raise AttributeError(
                "a Program has no backward. program.value_and_grad(columns, 'mean') returns the "
                "mean output and the parameters' gradients; program.write_back() copies them to "
                "each parameter's .grad"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _begin(self, columns: ArrayLike) -> int:
        """Accept the columns as those of the current batch and return their number."""
        given = self.examples.columns = self.check_columns(columns)
        batch = int(given.shape[1])
        self.outputs = np.empty(batch, self._dtype)
        self.kept = np.empty((len(self.kept), batch), self._dtype)
        return batch

    def _run(self, space: Workspace, part: slice) -> None:
        """Run one chunk forward, with an error that names node and example where one fails."""
        columns = self.examples.columns_of(part)
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
                space.forward(columns)
        except FloatingPointError:
            self.examples.check_given(part)
            self.examples.explain_failure(part)  # returns where only an unused branch overflowed
            with np.errstate(all="ignore"):
                space.forward(columns)
        if not space.shows_finite():
            self.examples.check_given(part)
        numbers = [space.arrays[array][row] for array, row in space.engine.plan.roots]
        self.outputs[part] = numbers[0]
        for row, kept in enumerate(numbers[1 : len(self.kept) + 1]):
            self.kept[row, part] = kept
        if self._guarded:
            self.examples.check_guards(self._guarded_numbers(space), part)
        if not are_finite(self.outputs[part]):
            self.examples.explain_failure(part)
            k = int(np.flatnonzero(~np.isfinite(self.outputs[part]))[0]) + part.start
            raise OverflowError(
                f"the output of {self.examples.name(k)} is {self.outputs[k]} in {self._dtype}"
            )

    def _guarded_numbers(self, space: Workspace) -> dict[int, Array]:
        """Return the numbers that the guards compare, by node."""
        places = space.engine.plan.roots[len(self.kept) + 1 :]
        rows = (space.arrays[array][row] for array, row in places)
        return dict(zip(self._guarded, rows, strict=True))

    def _sweep(self, space: Workspace, part: slice, seed: float, gradients: Array) -> None:
        """Run one chunk backward; `gradients` is the array to which it writes them.

        A gradient that is not finite may come from an adjoint of 0 times an infinite slope, which
        passes nothing back. The slower sweep tells that from an error.
        """
        space.backward(seed)
        if are_finite(gradients.ravel()):
            return
        space.backward_past_zeros(seed)
        if not are_finite(gradients.ravel()):
            self.examples.explain_sweep(part)
            if gradients is self._runner.gradients:
                self._check_gradients()
            else:
                i, k = (int(n) for n in np.argwhere(~np.isfinite(gradients))[0])
                example, name = self.examples.name(k + part.start), self.examples.input_name(i)
                raise OverflowError(
                    f"{example}: the gradient of {name} is {gradients[i, k]} in {self._dtype}"
                )

    def _finish(self, engine: Engine) -> None:
        """Carry the gradients from what all examples share back to the parameters."""
        run(engine.finish)
        if not are_finite(self.gradients):
            self._check_gradients()

    def _check_gradients(self) -> None:
        """Refuse a gradient that is not finite, by name."""
        if not np.isfinite(self.gradients).all():
            k = int(np.flatnonzero(~np.isfinite(self.gradients))[0])
            name = self.parameters[k].label or f"parameter {k}"
            raise OverflowError(f"the gradient of {name} is {self.gradients[k]}")

    def _reduced(self, scale: float) -> float:
        """Return the sum of the outputs times `scale`."""
        value = float(np.add.reduce(self.outputs)) * scale
        if not isfinite(value):
            value = float(np.add.reduce(self.outputs * scale))
        if not isfinite(value):
            raise OverflowError(f"the sum of the outputs overflows in {self._dtype}")
        return value

    # --- reading ----------------------------------------------------------------------------------

    def record(self, parameters: Sequence[Value], column: Sequence[float]) -> Value:
        """Return the output for one example, recorded again on Values in place of the parameters.

        This checks the program, because every operation runs anew, over Python floats.

        Raises:
            ValueError: there are more or fewer parameters or numbers than the program has.
        """
        given, learned = self.examples.places
        if (len(parameters), len(column)) != (len(learned), len(given)):
            raise ValueError(
                f"this program has {len(learned)} parameters and {len(given)} inputs; "
                f"got {len(parameters)} and {len(column)}"
            )
        leaves = {k: Value(x) for k, x in zip(given, column, strict=True)}
        return self.graph.record(leaves | dict(zip(learned, parameters, strict=True)))

    def example(self, k: int) -> Graph:
        """Return the full scalar graph of example k: values, partials, adjoints, for every reader.

        It is what recording that example with the present weights gives, so that any one of a
        batch's gradients can be traced, explained and drawn.

        Raises:
            ValueError: `forward` has not been called, or the example would take another branch than
                the recorded one.
            TypeError: k is not a whole number.
            IndexError: there is no example k.
        """
        return self.examples.replay(k)

    def write_back(self) -> None:
        """Copy `weights` to the parameters' `.data`, and the last gradients to their `.grad`."""
        for parameter, weight in zip(self.parameters, self.weights.tolist(), strict=True):
            parameter.data = weight
        if self._has_gradients:
            for parameter, gradient in zip(self.parameters, self.gradients.tolist(), strict=True):
                parameter.grad = gradient

    def read_values(self) -> None:
        """Copy the parameters' `.data` to `weights`, after changing them by hand."""
        self.weights[:] = [parameter.data for parameter in self.parameters]

    @property
    def plan(self) -> Plan:
        """The plan in groups, which `source` prints; another may be faster for a long batch."""
        return self._runner.planner.plan(self._main, grouped=True)

    def source(self, engine: Engines = "numpy") -> str:
        """Return the program as a readable script that runs by itself and gives the same numbers.

        With "jax" or "torch" it is the pure function that `function` returns.

        Raises:
            ValueError: the engine is unknown, or the plan is too long for it.
        """
        title = repr(self)[1:-1]
        if engine == "numpy":
            return source(self._runner.engine(self.plan), title)
        return write_source(self._gradient_plan, engine, len(self.kept), title)[1]

    @overload
    def function(self, engine: Engines = "jax", mesh: None = None) -> Function: ...
    @overload
    def function(self, engine: Engines, mesh: Any) -> Sharded: ...
    def function(self, engine: Engines = "jax", mesh: Any = None) -> Function | Sharded:
        """Return a pure function (parameters, columns) → (mean output, parameter gradients).

        It makes the program's own calls on arrays of another library, so that the library compiles
        them and runs them on its devices. No derivative is taken by that library. `parameters` are
        numbers in the order of `Program.parameters`, such as `weights`.

        The function raises no error for an example that has no finite result or takes another
        branch. ``function.evaluate`` returns `ok` for each example, and `example` or `forward`
        names what is wrong with one that is not.

        With a `mesh` of JAX devices, the function takes and returns NumPy arrays. It divides every
        batch among the devices, in which `example` still gives the graph of any example.

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
        function = Function(self._gradient_plan, engine, len(self.kept), repr(self)[1:-1])
        if mesh is None:
            return function
        if engine != "jax":
            raise ValueError(f'a mesh needs the engine "jax"; got {engine!r}')
        return Sharded(function, mesh, self.examples)

    @property
    def _gradient_plan(self) -> Plan:
        """The plan in groups that computes the gradients of the parameters."""
        if not self.parameters:
            raise ValueError(_NO_PARAMETERS)
        return self._runner.planner.plan("gradients", grouped=True)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays held, which the chunk bounds, not the batch."""
        return self._runner.nbytes

    def __repr__(self) -> str:
        size = self._runner.engine(self.plan).rows_per_example * self._dtype.itemsize
        return (
            f"<Program of {len(self.graph.nodes):,} nodes in {self.plan.calls:,} groups, "
            f"{self.plan.products} of them matrix products; "
            f"{len(self.inputs):,} inputs{self._describe_unused()}, "
            f"{len(self.parameters):,} parameters; {size:,} bytes per example, {self._dtype}>"
        )

    def _describe_unused(self) -> str:
        """Name the inputs that the output does not depend on, because their gradients are 0."""
        unused = [i for i, k in enumerate(self._runner.planner.inputs) if k is None]
        names = ", ".join(self.examples.input_name(i) for i in unused[:6])
        more = ", …" if len(unused) > 6 else ""
        return f" (the output does not depend on {names}{more})" if unused else ""

    # --- checking ---------------------------------------------------------------------------------

    def check_columns(self, columns: ArrayLike) -> Array:
        """Return the columns as an array of the program's type, or say what is wrong with them."""
        array = as_floats(columns, "columns", self._dtype)
        count = len(self.inputs)
        if array.ndim != 2 or array.shape[0] != count or not array.shape[1]:
            turned = array.ndim == 2 and array.shape[1] == count and array.shape[0]
            hint = "; it seems transposed: pass columns.T" if turned else ""
            raise ValueError(
                f"columns must have shape (inputs, batch) = ({count}, at least 1); "
                f"got {array.shape}{hint}"
            )
        return array


def _check_inputs(inputs: Sequence[Value]) -> None:
    check_list("compile: inputs", inputs)
    if not len(inputs):
        raise ValueError("compile: inputs is empty; name the leaves that vary by example")
    for k, value in enumerate(inputs):
        if not isinstance(value, Value):
            raise TypeError(f"compile: inputs are Values; number {k} is {value!r}")
        if value.op is not LEAF:
            kind = "computed" if value.parents else "a constant"
            raise ValueError(f"compile: {value!r} is {kind}, not a leaf; an input must be a leaf")
    if len(set(inputs)) != len(inputs):
        raise ValueError("compile: an input is named twice")


def _float_type(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the type of the numbers; whole numbers and complex ones have no gradients here."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        raise TypeError(f"compile: dtype is a type of floats, such as np.float32; got {dtype!r}")
    return found


def _index(value: Value, node: dict[Value, int]) -> int:
    if not isinstance(value, Value):
        raise TypeError(f"compile: keep holds Values; got {value!r}")
    if value not in node:
        raise ValueError(f"compile: {value!r} is not part of what the output was computed from")
    return node[value]


def _check_output(output: Value) -> None:
    if not isinstance(output, Value):
        Graph.of(output)  # which says what is wrong, unless it is several Values
        raise TypeError(
            "compile takes one output, a Value. Pass the sum of several, and the several as keep=…"
        )


def _snapshot(output: Value, leaves: Sequence[Value]) -> tuple[list[Value], Graph]:
    """Return the nodes of the output's graph, and those of other leaves that guards may compare."""
    return all_nodes(output, *leaves), Graph.of(output, leaves)
