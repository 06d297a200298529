"""The four equations as text and LaTeX: the hand computation's numbers, large networks cut."""

import re

import numpy as np
import pytest

from nn import MLP, cross_entropy, equations, squared_error
from nn.lessons.array_text import latex_terms, shape_text, side_by_side


def hand():
    network = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    return equations(network, [0.5, 0.1], 0.8)


@pytest.mark.parametrize(
    "line",
    [
        "One example: its cost is C = 0.083232",
        "  z1 = ⎡0.4  0.2⎤ ⎡0.5⎤ + ⎡ 0.1⎤ = ⎡ 0.32⎤     (2) = (2×2) (2) + (2)",
        "BP1  δᴸ = ∇ₐC ⊙ σ′(zᴸ)",
        "  δ2 = [−0.408] ⊙ [1] = [−0.408]     (1) = (1) ⊙ (1)",
        "BP2  δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)",
        "  δ1 = ⎡0.6⎤ [−0.408] ⊙ ⎡1⎤ = ⎡−0.2448⎤     (2) = (1×2)ᵀ (1) ⊙ (2)",
        "BP3  ∂C/∂bˡ = δˡ",
        "BP4  ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ",
        "  ∂C/∂W1 = ⎡−0.2448⎤ [0.5  0.1] = ⎡−0.1224  −0.02448⎤     (2×2) = (2) (2)ᵀ",
    ],
)
def test_the_hand_computation_is_printed(line):
    assert line in str(hand()).split("\n")


def test_the_data_are_those_of_matrix():
    found = hand()
    assert found.cost == pytest.approx(0.083232, rel=1e-15)
    assert found.backward.errors[1] == pytest.approx([-0.408], rel=1e-15)
    assert [block.name for block in found.blocks] == ["Forward", "BP1", "BP2", "BP3", "BP4"]
    bp2 = found.blocks[2].lines[0]
    np.testing.assert_array_equal(bp2.result, found.backward.errors[0])


def balanced(latex):
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    begins, ends = (re.findall(rf"\\{word}{{(\w+)}}", latex) for word in ("begin", "end"))
    return depth == 0 and sorted(begins) == sorted(ends)


def test_latex_has_the_same_equations_and_is_balanced():
    latex = hand()._repr_latex_()
    assert balanced(latex)
    assert r"\delta^l = (W^{l+1})^T \, \delta^{l+1} \odot \sigma'(z^l)" in latex
    assert r"\begin{bmatrix} 0.6 \\ 0.9 \end{bmatrix} \begin{bmatrix} -0.408 \end{bmatrix}" in latex
    assert r"(1\times 2)^T" in latex
    assert "−" not in latex


def test_a_large_network_is_cut_but_its_shapes_are_whole():
    network = MLP(784, [16, 16, 10], "sigmoid", "softmax", seed=0)
    found = equations(network, np.linspace(0, 1, 784), np.eye(10)[3], squared_error)
    text = str(found)
    assert "(16×784) = (16) (784)ᵀ" in text
    assert "softmax(z3)" in text
    assert "for softmax" in text
    assert "⋮" in text
    assert "⋱" in text
    assert max(map(len, text.split("\n"))) < 160
    assert balanced(found._repr_latex_())


def test_one_layer_has_no_second_equation():
    found = equations(MLP(2, [3], seed=0), [1.0, 2.0], [0.0, 1.0, 0.0], cross_entropy)
    assert [block.name for block in found.blocks] == ["Forward", "BP1", "BP3", "BP4"]


def test_arrays_stand_beside_each_other():
    lines = side_by_side(["a", np.array([1.0, 2.0, -3.0]), "=", np.array([[1.0, 10.0]])])
    assert lines == ["a ⎡ 1⎤ = [1  10]", "  ⎢ 2⎥", "  ⎣−3⎦"]
    assert latex_terms([np.array([1.0, -2.0]), "⊙"]) == (
        r"\begin{bmatrix} 1 \\ -2 \end{bmatrix} \odot"
    )
    assert shape_text((16, 784)) == "(16×784)"


def test_long_vectors_show_both_ends():
    shown = side_by_side([np.arange(7.0)])
    assert [line[1] for line in shown] == ["0", "1", "2", "⋮", "5", "6"]
