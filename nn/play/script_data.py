"""The data of a playground's script: the operations that it needs, and the recorded loss.

From these, the script builds the graph of any multilayer perceptron, with the same nodes that
Python records. Layers and neurons can therefore be added in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine.operation import Op
from autograd.engine.ops import CONSTANT, DOT
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value
from autograd.graph.wording import name_text
from autograd.views.javascript import functions
from autograd.views.network_columns import box_width, heading, room_beside
from autograd.views.network_data import inside_layout
from autograd.views.templates import row_of_page

from ..activations import activation_operation
from ..data.batches import Data
from ..losses import Loss
from ..network import MLP

WIDEST = 16  # the largest number of neurons that the page offers for a layer
ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
_CONSTANT = -2  # stands for a constant in place of the number of an operation, as in engine.js
_Row = tuple[Op, int]
"""An operation and the number of its inputs."""


class Kit:
    """What the script needs to build a network: the operations, numbered, and the recorded loss.

    Args:
        model: the network. The page always offers its widths and activations.
        loss: the cost of one example.
        data: the examples. The loss is recorded with the first one.
    """

    def __init__(self, model: MLP, loss: Loss, data: Data) -> None:
        names = [str(layer.activation) for layer in model.layers]
        self.activations = list(dict.fromkeys([*names[:-1], *ACTIVATIONS]))
        input_counts = sorted({*range(1, WIDEST + 1), *model.sizes[:-1]})
        operations = [activation_operation(name) for name in {*self.activations, names[-1]}]
        # A neuron of n inputs has n weights and a bias, so its sum has 2n + 1 operands.
        self._rows: list[_Row] = [(DOT, 2 * n + 1) for n in input_counts]
        self._rows += sorted(((op, 1) for op in operations if op), key=lambda row: row[0].name)
        self.cost = ""  # the text in the box of the cost
        self.loss, self.loss_name = self._record_loss(model, loss, data)

    def _row_number(self, op: Op, count: int) -> int:
        """Return the number of an operation of `count` inputs, which is added if it is new."""
        if (op, count) not in self._rows:
            self._rows.append((op, count))
        return self._rows.index((op, count))

    def _record_loss(self, model: MLP, loss: Loss, data: Data) -> tuple[list[Any], str]:
        """Return the nodes that the loss records after the outputs, and the name of the loss."""
        outputs = model(data.x[0].tolist())
        targets = [Value(number, f"y{k + 1}") for k, number in enumerate(data.y[0].tolist())]
        cost = loss(outputs, targets)
        self.cost = heading(cost.label, cost.op)
        place = {value: ["output", k] for k, value in enumerate(outputs)}
        place |= {value: ["target", k] for k, value in enumerate(targets)}
        known = {*all_nodes(*outputs), *targets}
        nodes: list[Any] = []
        for value in (node for node in all_nodes(cost) if node not in known):
            if any(parent not in place for parent in value.parents):
                raise ValueError(
                    "a playground needs a loss that depends only on the outputs and the targets, "
                    "such as squared_error; this one also depends on other numbers of the model"
                )
            if not value.parents and value.op is not CONSTANT:
                raise ValueError("a playground needs a loss without leaves of its own")
            place[value] = ["loss", len(nodes)]
            row = self._row_number(value.op, len(value.parents)) if value.parents else _CONSTANT
            name = name_text(value.label) if value.label else f"c{len(nodes) + 1}"
            nodes.append([row, [place[p] for p in value.parents], value.data, name])
        return nodes, getattr(loss, "__name__", "loss").replace("_", " ")

    def _insides(self) -> list[dict[str, Any]]:
        """Return the layouts of the graphs that open inside a circle or box of the picture.

        They are those of a neuron with an activation, of one without, and of the loss.
        """
        computed = [k for k, (row, *_) in enumerate(self.loss) if row != _CONSTANT]
        index = {("loss", k): new for new, k in enumerate(computed)}
        parents = (map(tuple, self.loss[k][1]) for k in computed)
        loss = [tuple(index[key] for key in keys if key in index) for keys in parents]
        return [inside_layout((), (0,)), inside_layout(()), inside_layout(*loss)]

    def script(self) -> str:
        """Return the operations as JavaScript, the array ROWS of engine.js."""
        return f"const ROWS = {functions(self._rows)};\n"

    def data(self) -> dict[str, Any]:
        """Return what the script must know about the operations and the loss."""
        return {
            "rows": [row_of_page(*row, True, code=code) for code, row in enumerate(self._rows)],
            "insides": self._insides(),
            "rowOf": {f"{op.name} {count}": k for k, (op, count) in enumerate(self._rows)},
            "activations": self.activations,
            "loss": self.loss,
            "lossName": self.loss_name,
            "cost": {"name": self.cost, "width": round(box_width(self.cost), 1)},
            "beside": {
                "input": round(room_beside("x1", has_target=False), 1),
                "output": round(room_beside("", has_target=True), 1),
                "outputs": round(room_beside("0", has_target=True), 1),
            },
            "widest": WIDEST,
        }


def weights_in_order(model: MLP) -> Sequence[float]:
    """Return the parameters in the order of `named_parameters`, as the script expects them."""
    return [value.data for _, value in model.named_parameters()]
