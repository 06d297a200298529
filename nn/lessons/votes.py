"""`votes` tabulates the change that each example wants in each parameter, −∂C/∂θ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograd.encoding import encodable
from autograd.engine.adjoints import adjoints_of
from autograd.graph.wording import aligned

from ..arrays import Array
from ..data.batches import Data, require_data
from ..losses import Loss, squared_error
from ..module import Module
from ..train.arguments import check_loss, check_model
from ..train.recorded_example import outputs_of
from .nudges import signed_number

_COLUMNS = 6  # how many parameters are printed, those with the largest averages
_ROWS = 8  # how many examples are printed, the first ones


@dataclass(frozen=True, eq=False)
class Votes:
    """The change that each example wants in each parameter, −∂C/∂θ.

    The whole cost C is the average of the costs of the examples. The average of the rows is
    therefore −∇C, and a step of gradient descent adds η times this average to the parameters.

    Attributes:
        labels: the names of the parameters, in order.
        table: the wanted changes, shape (examples, parameters).
    """

    labels: tuple[str, ...]
    table: Array

    @property
    def average(self) -> Array:
        """The average over the examples, −∇C, shape (parameters,)."""
        average: Array = self.table.mean(axis=0)
        return average

    @encodable
    def __str__(self) -> str:
        average = self.average
        shown = np.sort(np.argsort(-np.abs(average), kind="stable")[:_COLUMNS])
        head = ["example", *(self.labels[k] for k in shown)]
        rows = [
            [f"{i + 1}", *(signed_number(self.table[i, k]) for k in shown)]
            for i in range(min(_ROWS, len(self.table)))
        ]
        if len(self.table) > _ROWS:
            rows.append(["⋮"] * len(head))
        lines = aligned([head, *rows, ["average", *(signed_number(average[k]) for k in shown)]])
        more = len(self.labels) - len(shown)
        note = f"; the {len(shown)} most wanted of {len(self.labels):,}" if more else ""
        title = f"What each example wishes of each parameter, −∂C/∂θ{note}"
        return "\n".join([title, *lines, "  The average is −∇C: a step is η times it."])

    __repr__ = __str__


def votes(model: Module, data: Data, loss: Loss = squared_error) -> Votes:
    """Return the table of −∂C/∂θ, one row for each example and one column for each parameter.

    Use a mini-batch rather than all the data, because the table holds one number for every example
    and every parameter.

    Raises:
        TypeError: `model` is not a Module, or `data` is not Data.
        ValueError: there are no examples, or they do not fit the model.

    >>> from nn import MLP
    >>> model = MLP.from_arrays([[[1.0]]], [[0.0]])
    >>> found = votes(model, Data([[1.0], [2.0]], [[1.5], [1.0]]))
    >>> print(found)
    What each example wishes of each parameter, −∂C/∂θ
      example  W1[1,1]  b1[1]
      1        +1       +1
      2        −4       −2
      average  −1.5     −0.5
      The average is −∇C: a step is η times it.
    """
    check_model(model)
    require_data(data)
    check_loss(loss)
    if not len(data):
        raise ValueError("votes needs at least one example")
    names = tuple(name for name, _ in model.named_parameters())
    rows = [_wanted_changes(model, x.tolist(), y.tolist(), loss) for x, y in data]
    return Votes(names, np.array(rows))


def _wanted_changes(model: Module, x: list[float], y: list[float], loss: Loss) -> Array:
    """Return −∂C/∂θ for one example, in the order of the parameters."""
    adjoints = adjoints_of(loss(outputs_of(model, x), y))
    # 0.0 − x instead of −x, because −x is −0.0 for x = 0.0.
    return 0.0 - np.array([adjoints[parameter] for parameter in model.parameters()])
