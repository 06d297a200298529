"""`compile`: a recorded scalar graph as a program over a batch, every gradient still there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..engine.ops import CONSTANT, LEAF
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..graph.graph import Graph
from .fuse import fuse
from .replay import replay
from .source import source
from .workspace import Plan, Workspace, are_finite, run

Array = NDArray[Any]
Reduction = Literal["mean", "sum"]


class Program:
    """A graph of one example as NumPy calls over a batch; made by `compile`.

    Attributes:
        graph: the graph that was compiled.
        inputs: the leaves that vary by example, in the order of the columns' rows.
        parameters: the other leaves, in the order of `weights` and `gradients`.
        weights: the parameters' numbers in one array, shape (parameters,). Change it in place; the
            Values keep theirs until `write_back`.
        gradients: what the last `backward` returned; the next one writes to the same array.

    Two programs may run in two threads; one program serves one thread at a time.
    """

    def __init__(self, output: Value, inputs: Sequence[Value], dtype: DTypeLike) -> None:
        self.graph = Graph.of(output)
        self.inputs = list(inputs)
        self._dtype = np.dtype(dtype)
        self._node = {value: k for k, value in enumerate(all_nodes(output))}
        _check_inputs(self.inputs, self._node)
        self._terms = fuse(self.graph, frozenset(self._node[v] for v in self.inputs))
        self._term = {term.node: k for k, term in enumerate(self._terms) if term.node >= 0}
        if not self._terms[-1].varies:
            raise ValueError("compile: the output depends on none of the inputs; nothing varies")
        learns = any(term.op is LEAF and not term.varies for term in self._terms)
        # The gradients asked for after most forward passes, whose plan those run.
        self._main = "gradients" if learns else "input gradients"
        self._plans: dict[tuple[str, bool], Plan] = {}
        self._spaces: dict[tuple[Plan, int], Workspace] = {}
        self._parts: dict[tuple[str, int], list[tuple[slice, Workspace]]] = {}
        self._columns: Array | None = None
        self._along: dict[int, float] = {}  # by batch, the seed with which it was swept last time
        self._taken: tuple[float, Array] | None = None  # gradients taken along, with their seed
        self._allocate(list(self._node))

    def _allocate(self, values: list[Value]) -> None:
        """Lay out what all examples share; parameters first, then constants, then the rest."""
        first = self._plan(self._main, True)
        places = first.schedule.places
        shared = [k for k, term in enumerate(self._terms) if not term.varies]
        shared.sort(key=lambda k: places[k].row)
        self._shared = np.zeros((len(shared), 1), self._dtype)
        self._shared[:, 0] = [self._terms[k].data for k in shared]
        self._adjoint = np.zeros_like(self._shared)
        self.parameters = [values[self._terms[k].node] for k in shared if self._terms[k].op is LEAF]
        self.weights: Array = self._shared[: len(self.parameters), 0]
        self.gradients: Array = self._adjoint[: len(self.parameters), 0]
        first.allocate_shared({"F": self._shared, "GF": self._adjoint}, self._dtype)

    # --- running ----------------------------------------------------------------------------------

    def forward(self, columns: ArrayLike) -> Array:
        """Return the outputs, shape (batch,), for columns of shape (inputs, batch).

        The columns are used where they lie, not copied: leave them alone until you have called
        `backward` and `example`.

        Raises:
            ValueError: the columns are of another shape, or not numbers.
            ArithmeticError: as recording the example would raise it; the message names the first
                operation that has no finite result, its operands and the example.

        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> program = compile(w * x * x, inputs=[x])
        >>> program.forward([[1.0, 2.0, 3.0]])
        array([ 2.,  8., 18.])
        >>> program.backward("sum"), program.input_gradients()
        (array([14.]), array([[ 4.,  8., 12.]]))
        """
        self._columns = self._checked(columns)
        self._taken = None
        outputs = np.empty(self._columns.shape[1], self._dtype)
        chunks = self._chunks(self._main)
        seed = self._along.get(len(outputs)) if len(chunks) > 1 else None
        gradients: Array | None = None
        for part, space in chunks:
            self._run(space, part)
            outputs[part] = space.arrays["V"][space.plan.output_row]
            if seed is not None:  # while the chunk is in the cache
                gradients = self._with(gradients, self._main, space, part, seed)
        self._check_finite(outputs)
        if seed is not None and gradients is not None:
            self._taken = seed, gradients
        return outputs

    def backward(self, reduction: Reduction = "mean", *, values: bool = True) -> Array:
        """Return the parameters' gradients of the mean, or the sum, of the outputs.

        Like `Value.backward`, but into one array; with ``values=True`` each parameter's `.grad` is
        set to its entry as well. A batch longer than a chunk is run forward once more for it; after
        that, `forward` takes the gradients of batches of this length along.

        Raises:
            ValueError: `forward` has not been called, or there are no parameters, or the reduction
                is unknown.
            OverflowError: a gradient is not finite; the message names it.
        """
        batch = self._batch(reduction)
        if not self.parameters:
            raise ValueError(
                "the output depends on no parameter: every leaf is an input or a constant. "
                "input_gradients() gives the gradients of the inputs."
            )
        total = self._gradients("gradients", 1.0 / batch if reduction == "mean" else 1.0)
        if total is not self._adjoint:
            self._adjoint[...] = total
        run(self._chunks("gradients")[0][1].plan.finish)
        self._check_gradients()
        if values:
            for parameter, gradient in zip(self.parameters, self.gradients.tolist(), strict=True):
                parameter.grad = gradient
        return self.gradients

    def input_gradients(self) -> Array:
        """Return ∂output/∂input for every input and example, shape (inputs, batch).

        Raises:
            ValueError: `forward` has not been called.
        """
        self._batch("sum")
        return self._gradients("input gradients", 1.0).copy()

    def _gradients(self, want: str, seed: float) -> Array:
        """Return what all chunks give: to the parameters in sum, to the inputs side by side."""
        assert self._columns is not None
        chunks, main = self._chunks(want), want == self._main
        if main and len(chunks) > 1:
            self._along[self._columns.shape[1]] = seed
        if main and self._taken and self._taken[0] == seed:
            return self._taken[1]
        found: Array | None = None
        for part, space in chunks:
            if not main or len(chunks) > 1:  # `forward` ran another plan, or other chunks after it
                self._run(space, part)
            found = self._with(found, want, space, part, seed)
        assert found is not None
        return found

    def _with(
        self, found: Array | None, want: str, space: Workspace, part: slice, seed: float
    ) -> Array:
        """Run a chunk backward and return what was found before with what it gives."""
        assert self._columns is not None
        with np.errstate(all="ignore"):
            space.backward(seed)
        batch = self._columns.shape[1]
        if want == "input gradients":
            if found is None:
                found = np.empty((len(self.inputs), batch), self._dtype)
            found[:, part] = space.arrays["GX"]
            return found
        if found is None:
            return self._adjoint if part == slice(0, batch) else self._adjoint.copy()
        found += self._adjoint
        return found

    def _run(self, space: Workspace, part: slice) -> None:
        """Run one chunk forward, with an error that names node and example where one fails."""
        assert self._columns is not None
        whole = part == slice(0, self._columns.shape[1])
        columns = self._columns if whole else self._columns[:, part]
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
                run(space.plan.prepare)
                space.forward(columns)
        except FloatingPointError:
            self._check_given(part)
            self._explain_failure(part)  # returns where only an unused branch overflowed
            with np.errstate(all="ignore"):
                run(space.plan.prepare)
                space.forward(columns)
        if not space.shows_finite():
            self._check_given(part)

    # --- reading ----------------------------------------------------------------------------------

    def example(self, k: int) -> Graph:
        """Return the full scalar graph of example k: values, partials, adjoints, for every reader.

        It is what recording that example with the present weights gives, so that any one of a
        batch's gradients can be traced, explained and drawn.

        Raises:
            ValueError: `forward` has not been called.
            IndexError: there is no example k.
        """
        batch = self._batch("sum")
        if not -batch <= k < batch:
            raise IndexError(f"there is no example {k}; the batch has {batch}")
        assert self._columns is not None
        return replay(self.graph, self._leaves(self._columns[:, k]))

    def columns(self, values: Sequence[Value]) -> Array:
        """Return the numbers of inner nodes for the last batch, shape (values, batch).

        Raises:
            ValueError: a Value is no part of the computation, or was fused into a sum of products.
        """
        terms = [self._found(value) for value in values]
        found = np.empty((len(values), self._batch("sum")), self._dtype)
        chunks = self._chunks(self._main)
        for part, space in chunks:
            if len(chunks) > 1:
                self._run(space, part)
            places = space.plan.schedule.places
            for row, term in enumerate(terms):
                found[row, part] = space.arrays[places[term].array][places[term].row]
        return found

    def write_back(self) -> None:
        """Copy `weights` to the parameters' `.data`."""
        for parameter, weight in zip(self.parameters, self.weights.tolist(), strict=True):
            parameter.data = weight

    def read_values(self) -> None:
        """Copy the parameters' `.data` to `weights`, after changing them by hand."""
        self.weights[:] = [parameter.data for parameter in self.parameters]

    def source(self) -> str:
        """Return the program as readable NumPy that runs by itself and gives the same numbers."""
        plan = self._plan(self._main, True)
        constants = [term.data for term in self._terms if term.op is CONSTANT]
        return source(plan, repr(self)[1:-1], constants, len(self.parameters), str(self._dtype))

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays held, which the chunk bounds, not the batch."""
        plans = self._plans.values()
        arrays = {id(a): a for plan in plans for a in (*plan.shared.values(), *plan.pool.values())}
        return sum(a.nbytes for a in arrays.values())

    def __repr__(self) -> str:
        plan = next(iter(self._plans.values()))
        products = sum(call.is_product for call in plan.schedule.calls)
        return (
            f"<Program of {len(self.graph.nodes):,} nodes in {len(plan.schedule.calls):,} groups, "
            f"{products} of them matrix products; {len(self.inputs):,} inputs, "
            f"{len(self.parameters):,} parameters; "
            f"{plan.rows_per_example * self._dtype.itemsize:,} bytes per example, {self._dtype}>"
        )

    # --- choosing a plan --------------------------------------------------------------------------

    def _plan(self, want: str, grouped: bool) -> Plan:
        key = want, grouped
        if key not in self._plans:
            inputs = [self._term[self._node[value]] for value in self.inputs]
            leaves = [k for k, t in enumerate(self._terms) if t.op is LEAF and k not in set(inputs)]
            wanted = frozenset(leaves if want == "gradients" else inputs)
            plan = self._plans[key] = Plan(self._terms, inputs, wanted, grouped)
            if hasattr(self, "_shared"):
                plan.allocate_shared({"F": self._shared, "GF": self._adjoint}, self._dtype)
        return self._plans[key]

    def _best_plan(self, want: str, batch: int) -> Plan:
        """Return the plan that the model says is fastest: often groups for short batches."""
        size, grouped = self._dtype.itemsize, self._plan(want, True)
        if not grouped.may_be_beaten(batch, size):
            return grouped
        return min((grouped, self._plan(want, False)), key=lambda plan: plan.cost(batch, size))

    def _chunks(self, want: str) -> list[tuple[slice, Workspace]]:
        """Return the parts of the batch, each with the workspace to run it in."""
        assert self._columns is not None
        batch = self._columns.shape[1]
        if (want, batch) not in self._parts:
            self._parts[want, batch] = self._divided(want, batch)
        return self._parts[want, batch]

    def _divided(self, want: str, batch: int) -> list[tuple[slice, Workspace]]:
        plan = self._best_plan(want, batch)
        size = plan.chunk(self._dtype.itemsize)
        parts = [slice(k, min(k + size, batch)) for k in range(0, batch, size)]
        return [(part, self._space(plan, part.stop - part.start)) for part in parts]

    def _space(self, plan: Plan, batch: int) -> Workspace:
        space = self._spaces.get((plan, batch))
        if space is None or space.is_stale():
            self._parts.clear()  # their memory may be gone after this
            while len(self._spaces) >= _MOST_SPACES:
                del self._spaces[next(iter(self._spaces))]
            self._spaces[plan, batch] = Workspace(plan, batch, self._dtype)
        return self._spaces[plan, batch]

    # --- checking ---------------------------------------------------------------------------------

    def _checked(self, columns: ArrayLike) -> Array:
        """Return the columns as an array of the program's type, or say what shape is right."""
        array = np.asarray(columns, dtype=self._dtype)
        count = len(self.inputs)
        if array.ndim != 2 or array.shape[0] != count or not array.shape[1]:
            turned = array.ndim == 2 and array.shape[1] == count
            hint = "; it seems transposed: pass columns.T" if turned else ""
            raise ValueError(
                f"columns must have shape (inputs, batch) = ({count}, at least 1); "
                f"got {array.shape}{hint}"
            )
        return array

    def _batch(self, reduction: str) -> int:
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction is 'mean' or 'sum'; got {reduction!r}")
        if self._columns is None:
            raise ValueError("call forward(columns) first")
        return int(self._columns.shape[1])

    def _found(self, value: Value) -> int:
        if value not in self._node:
            raise ValueError(f"{value!r} is no part of the compiled computation")
        if self._node[value] not in self._term:
            raise ValueError(f"{value!r} was fused into a sum of products and has no column")
        return self._term[self._node[value]]

    def _leaves(self, column: Array) -> dict[int, float]:
        given = zip((self._node[v] for v in self.inputs), column.tolist(), strict=True)
        own = zip((self._node[v] for v in self.parameters), self.weights.tolist(), strict=True)
        return dict([*given, *own])

    def _check_finite(self, outputs: Array) -> None:
        if not are_finite(outputs):
            self._explain_failure(slice(0, len(outputs)))
            k = int(np.flatnonzero(~np.isfinite(outputs))[0])
            raise OverflowError(f"the output of example {k} is {outputs[k]} in {self._dtype}")

    def _explain_failure(self, part: slice) -> None:
        """Replay the examples one by one and raise the first error, the example named."""
        assert self._columns is not None
        for k in range(part.start, part.stop):
            column = self._columns[:, k]
            try:
                replay(self.graph, self._leaves(column))
            except (ArithmeticError, ValueError) as error:
                raise type(error)(f"example {k}: {error}") from None

    def _check_given(self, part: slice) -> None:
        """Refuse an input or a weight that is not finite, by name."""
        assert self._columns is not None
        found = np.argwhere(~np.isfinite(self._columns[:, part]))
        if len(found):
            i, k = int(found[0][0]), int(found[0][1]) + part.start
            name = self.inputs[i].label or f"input {i}"
            raise ValueError(f"example {k}: {name} is {self._columns[i, k]}, no finite number")
        if not np.isfinite(self.weights).all():
            k = int(np.flatnonzero(~np.isfinite(self.weights))[0])
            name = self.parameters[k].label or f"parameter {k}"
            raise ValueError(f"the weight of {name} is {self.weights[k]}, no finite number")

    def _check_gradients(self) -> None:
        if not are_finite(self.gradients):
            k = int(np.flatnonzero(~np.isfinite(self.gradients))[0])
            name = self.parameters[k].label or f"parameter {k}"
            raise OverflowError(f"the gradient of {name} is {self.gradients[k]}")


_MOST_SPACES = 4  # working arrays kept for batch sizes used lately


def _check_inputs(inputs: Sequence[Value], node: dict[Value, int]) -> None:
    if not inputs:
        raise ValueError("compile: inputs is empty; name the leaves that vary by example")
    for k, value in enumerate(inputs):
        if not isinstance(value, Value):
            raise TypeError(f"compile: inputs are Values; number {k} is {value!r}")
        if value not in node:
            raise ValueError(f"compile: {value!r} is no part of what the output was computed from")
        if value.parents:
            raise ValueError(f"compile: {value!r} is computed, not a leaf; an input must be a leaf")
    if len(set(inputs)) != len(inputs):
        raise ValueError("compile: an input is named twice")


def compile(  # noqa: A001 - the name of the job, as re.compile has it
    output: Value, inputs: Sequence[Value], dtype: DTypeLike = np.float64
) -> Program:
    """Return a program that runs the recorded computation over batches of other inputs.

    `inputs` are the leaves that differ from example to example; the other leaves are parameters,
    plain numbers constants. The program repeats the operations that were recorded: where a Python
    ``if`` chose between them by data, the choice is frozen as it was.

    Raises:
        TypeError: an input is no Value.
        ValueError: an input is no leaf of the computation or named twice, or the output depends on
            none of them.

    >>> from autograd import dot
    >>> w, b = [Value(0.5, "w1"), Value(-1.0, "w2")], Value(0.1, "b")
    >>> x = [Value(1.0, "x1"), Value(2.0, "x2")]
    >>> program = compile(dot(w, x, b).tanh(), inputs=x)
    >>> program  # doctest: +NORMALIZE_WHITESPACE
    <Program of 7 nodes in 2 groups, 1 of them matrix products; 2 inputs, 3 parameters;
     48 bytes per example, float64>
    """
    return Program(output, inputs, dtype)
