"""`equations`, which prints the four equations of backpropagation with a network's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from autograd.encoding import encodable
from autograd.engine.operation import Op
from autograd.graph.wording import latex_number, number_text

from ..activations import LINEAR, SOFTMAX, Activation, activation_name, activation_operation, slope
from ..arrays import Array
from ..losses import Loss, half_squared_error
from ..matrix import Backward, Forward, backward, cost_gradient, forward
from ..network import MLP, layers_of
from .array_text import MOST, Term, latex_terms, shape_text, side_by_side


class Equation(NamedTuple):
    """One equation for one layer, with its numbers.

    Attributes:
        text: the left side as text, such as "δ2".
        latex: the left side as LaTeX.
        terms: the right side, arrays and the signs between them. It is empty if it would only
            repeat the result.
        result: the array that the right side gives.
        shapes: the same equation with shapes in place of arrays.
    """

    text: str
    latex: str
    terms: tuple[Term, ...]
    result: Array
    shapes: str


class EquationBlock(NamedTuple):
    """One equation in symbols, followed by a line with numbers for each layer."""

    name: str
    text: str
    latex: str
    lines: tuple[Equation, ...]


@dataclass(frozen=True)
class Equations:
    """The forward pass and BP1 to BP4 with numbers, shown as text or as LaTeX in a notebook.

    Attributes:
        cost: C of the example.
        forward: z and a of all layers.
        backward: ∇ₐC, δ and the gradients of all layers.
        blocks: the equations, in the order in which they are used.
    """

    cost: float
    forward: Forward
    backward: Backward
    blocks: tuple[EquationBlock, ...]

    @encodable
    def __str__(self) -> str:
        lines = [f"One example: its cost is C = {number_text(self.cost)}"]
        for block in self.blocks:
            lines += ["", f"{block.name}  {block.text}"]
            lines += [row for line in block.lines for row in _equation_text(line)]
        return "\n".join(lines)

    __repr__ = __str__

    @property
    def latex(self) -> str:
        """The equations in LaTeX, to be put between ``$$`` and ``$$``."""
        rows = [rf"& C = {latex_number(self.cost)}"]
        for block in self.blocks:
            rows.append(rf"& \textbf{{{block.name}}}\quad {block.latex}")
            rows += [_equation_latex(line) for line in block.lines]
        return "\\begin{aligned}\n" + " \\\\[6pt]\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"


def equations(model: MLP, x: ArrayLike, y: ArrayLike, loss: Loss = half_squared_error) -> Equations:
    """Return the four equations with this network's numbers for the example x with target y.

    Only the corners of a large matrix are shown. The shapes are written after every equation.

    Raises:
        TypeError: the model does not compute its outputs with its layers alone.
        ValueError: `x` or `y` does not fit the network.

    >>> model = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    >>> found = equations(model, [0.5, 0.1], 0.8)
    >>> print("\\n".join(str(found).split("\\n")[-9:]))
    BP3  ∂C/∂bˡ = δˡ
      ∂C/∂b2 = [−0.408]     (1) = (1)
      ∂C/∂b1 = ⎡−0.2448⎤     (2) = (2)
               ⎣      0⎦
    <BLANKLINE>
    BP4  ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ
      ∂C/∂W2 = [−0.408] [0.32  0] = [−0.13056  0]     (1×2) = (1) (2)ᵀ
      ∂C/∂W1 = ⎡−0.2448⎤ [0.5  0.1] = ⎡−0.1224  −0.02448⎤     (2×2) = (2) (2)ᵀ
               ⎣      0⎦              ⎣      0         0⎦
    """
    layers_of(model, "the four equations")
    numbers = forward(model, x)
    back = backward(model, numbers, y, loss)
    cost = cost_gradient(loss, numbers.a[-1].tolist(), y)[0]
    blocks = (
        EquationBlock(
            "Forward",
            "zˡ = Wˡ aˡ⁻¹ + bˡ,  aˡ = σ(zˡ)",
            r"z^l = W^l a^{l-1} + b^l, \quad a^l = \sigma(z^l)",
            tuple(_forward_lines(model, numbers)),
        ),
        _bp1(model, numbers, back),
        *_bp2(model, numbers, back),
        EquationBlock(
            "BP3",
            "∂C/∂bˡ = δˡ",
            r"\frac{\partial C}{\partial b^l} = \delta^l",
            tuple(_bias_lines(back)),
        ),
        EquationBlock(
            "BP4",
            "∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ",
            r"\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^T",
            tuple(_weight_lines(numbers, back)),
        ),
    )
    return Equations(cost, numbers, back, blocks)


def _forward_lines(model: MLP, numbers: Forward) -> Iterator[Equation]:
    for k, layer in enumerate(model.layers, start=1):
        w, b = layer.weights, layer.biases
        z, a = numbers.z[k - 1], numbers.a[k]
        shapes = f"{_shape(z)} = {_shape(w)} {_shape(numbers.a[k - 1])}"
        terms: tuple[Term, ...] = (w, numbers.a[k - 1])
        if b.size:
            terms, shapes = (*terms, "+", b), f"{shapes} + {_shape(b)}"
        yield Equation(f"z{k}", rf"z^{{{k}}}", terms, z, shapes)
        g, latex = _activation(layer.activation)
        if g:
            yield Equation(
                f"a{k} = {g}(z{k})", rf"a^{{{k}}} = {latex}(z^{{{k}}})", (), a, f"{_shape(a)}"
            )


def _activation(activation: Activation) -> tuple[str, str]:
    """Return the symbol of an activation as text and as LaTeX, or "" for the linear activation."""
    if activation == LINEAR:
        return "", ""
    if activation == SOFTMAX or not isinstance(activation, str | Op):
        name = activation_name(activation)
        return name, rf"\operatorname{{{name}}}"
    op = activation_operation(activation)
    assert op is not None  # because the activation is not linear
    return op.glyph, op.latex or rf"\operatorname{{{op.name}}}"


def _slopes_of_layer(model: MLP, numbers: Forward, k: int) -> Array:
    return np.array(slope(model.layers[k - 1].activation, numbers.z[k - 1], numbers.a[k]))


def _bp1(model: MLP, numbers: Forward, back: Backward) -> EquationBlock:
    """Return the block of BP1, for the output layer. Softmax has an equation of its own."""
    last, error, gradient = len(model.layers), back.errors[-1], back.outputs
    left = f"δ{last}", rf"\delta^{{{last}}}"
    if model.layers[-1].activation == SOFTMAX:
        terms = numbers.a[-1], "⊙ (", gradient, "−", np.full_like(error, numbers.a[-1] @ gradient)
        shapes = f"{_shape(error)} = {_shape(error)} ⊙ {_shape(gradient)}"
        line = Equation(*left, (*terms, ")"), error, shapes)
        latex = (
            r"\delta^L = a^L \odot (\nabla_a C - \textstyle\sum_i a_i \, \partial C/\partial a_i)"
        )
        return EquationBlock("BP1", "δᴸ = aᴸ ⊙ (∇ₐC − Σ aᵢ ∂C/∂aᵢ), for softmax", latex, (line,))
    slopes = _slopes_of_layer(model, numbers, last)
    shapes = f"{_shape(error)} = {_shape(gradient)} ⊙ {_shape(slopes)}"
    line = Equation(*left, (gradient, "⊙", slopes), error, shapes)
    return EquationBlock(
        "BP1", "δᴸ = ∇ₐC ⊙ σ′(zᴸ)", r"\delta^L = \nabla_a C \odot \sigma'(z^L)", (line,)
    )


def _bp2(model: MLP, numbers: Forward, back: Backward) -> Iterator[EquationBlock]:
    """Yield the block of BP2 if there is a hidden layer, or nothing."""
    lines = []
    for k in range(len(model.layers) - 1, 0, -1):
        w = model.layers[k].weights
        error, next_error, slopes = (
            back.errors[k - 1],
            back.errors[k],
            _slopes_of_layer(model, numbers, k),
        )
        shapes = f"{_shape(error)} = {_shape(w)}ᵀ {_shape(next_error)} ⊙ {_shape(slopes)}"
        left = f"δ{k}", rf"\delta^{{{k}}}"
        lines.append(Equation(*left, (w.T, next_error, "⊙", slopes), error, shapes))
    if lines:
        latex = r"\delta^l = (W^{l+1})^T \, \delta^{l+1} \odot \sigma'(z^l)"
        yield EquationBlock("BP2", "δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)", latex, tuple(lines))


def _bias_lines(back: Backward) -> Iterator[Equation]:
    for k in range(len(back.errors), 0, -1):
        b = back.biases[k - 1]
        if not b.size:
            continue
        latex = rf"\frac{{\partial C}}{{\partial b^{{{k}}}}}"
        yield Equation(f"∂C/∂b{k}", latex, (), b, f"{_shape(b)} = {_shape(b)}")


def _weight_lines(numbers: Forward, back: Backward) -> Iterator[Equation]:
    for k in range(len(back.errors), 0, -1):
        w, error, a = back.weights[k - 1], back.errors[k - 1], numbers.a[k - 1]
        latex = rf"\frac{{\partial C}}{{\partial W^{{{k}}}}}"
        shapes = f"{_shape(w)} = {_shape(error)} {_shape(a)}ᵀ"
        yield Equation(f"∂C/∂W{k}", latex, (error, a[None, :]), w, shapes)


def _shape(array: Array) -> str:
    return shape_text(array.shape)


def _equation_text(line: Equation) -> Sequence[str]:
    terms = [*line.terms, "=", line.result] if line.terms else [line.result]
    written = [f"{line.text} =", *terms, f"    {line.shapes}"]
    return ["  " + row for row in side_by_side(written, _digits(line))]


def _equation_latex(line: Equation) -> str:
    terms = [*line.terms, "=", line.result] if line.terms else [line.result]
    return (
        rf"& {line.latex} = {latex_terms(terms, _digits(line))} \qquad {_latex_shapes(line.shapes)}"
    )


def _digits(line: Equation) -> int:
    """Return how many digits to show: fewer if an array is so large that entries are left out."""
    arrays = [term for term in (*line.terms, line.result) if not isinstance(term, str)]
    return 3 if max(max(array.shape) for array in arrays) > MOST else 5


def _latex_shapes(shapes: str) -> str:
    signs = {"×": r"\times ", "⊙": r"\odot", "ᵀ": "^T", " ": r"\,"}
    return "{" + r"\scriptstyle " + "".join(signs.get(c, c) for c in shapes) + "}"
