"""What is on the cards, the arrows and the frames."""

import pytest

from autograd import Graph, Value, block, relu, sin
from autograd.views.picture import picture_of
from autograd.views.selection import cut


def picture(output, *, gradients=True, **options):
    graph = Graph.of(output)
    return picture_of(graph, cut(graph, **options), gradients=gradients)


def diamond():
    a = Value(2.0, label="a")
    b = a * a + sin(a) - 3 * relu(-a)
    b.label = "b"
    return b


def test_kinds_of_cards():
    kinds = [card.kind for card in picture(diamond()).cards]
    assert kinds.count("output") == kinds.count("leaf") == kinds.count("constant") == 1
    assert kinds.count("node") == len(kinds) - 3


def test_cards_carry_name_operation_value_and_gradient():
    cards = {card.name: card for card in picture(diamond()).cards}
    assert (cards["b"].mark, cards["b"].value, cards["b"].gradient) == ("−", "4.9093", "1")
    assert cards["a"].gradient == "3.5839"
    assert cards["sin"].mark.startswith("v")
    assert cards[""].value == "3" and cards[""].gradient == ""  # the constant


def test_without_gradients_there_is_nothing_of_them():
    shown = picture(diamond(), gradients=False)
    assert not any(card.gradient for card in shown.cards)
    assert {(arrow.sign, arrow.share) for arrow in shown.arrows} == {("", 0.0)}
    assert "contribution" not in "".join(arrow.tip for arrow in shown.arrows)


def test_arrows_carry_the_local_derivative_and_the_sign_of_the_contribution():
    x, y = Value(3.0, label="x"), Value(-2.0, label="y")
    shown = picture(x * y)
    assert [(arrow.text, arrow.sign) for arrow in shown.arrows] == [("−2", "−"), ("3", "+")]
    assert [arrow.share for arrow in shown.arrows] == [pytest.approx((2 / 3) ** 0.5), 1.0]
    assert shown.arrows[0].tip == "∂v2/∂x = −2; contribution (1)(−2) = −2"


def test_a_dead_contribution_is_neither_positive_nor_negative():
    shown = picture(relu(Value(-1.0) * 2) + 1)
    assert "0" in {arrow.sign for arrow in shown.arrows}


def test_a_plus_a_has_two_arrows():
    a = Value(1.0)
    shown = picture(a + a)
    assert [(arrow.tail, arrow.head) for arrow in shown.arrows] == [(0, 1), (0, 1)]


def test_arrows_point_along_the_data():
    graph = Graph.of(diamond())
    shown = picture_of(graph, cut(graph))
    for arrow in shown.arrows:
        edge = graph.edges[arrow.edge]
        assert (arrow.tail, arrow.head) == (edge.parent, edge.child)


def test_frames_name_layers_and_neurons():
    x = Value(1.0, label="x")
    hidden = []
    for neuron in (1, 2):
        with block("layer 1"), block(f"neuron {neuron}"):
            a = relu(x * Value(0.5, label=f"W1[{neuron},1]"))
        a.label = f"a1[{neuron}]"
        hidden.append(a)
    with block("layer 2"), block("neuron 1"):
        z = hidden[0] * Value(1.0) + hidden[1] * Value(2.0)
    shown = picture(z)
    assert [(frame.name, frame.parent) for frame in shown.frames] == [
        ("layer 1", None),
        ("neuron 1", 0),
        ("neuron 2", 0),
        ("layer 2, neuron 1", None),
    ]
    inside = {shown.cards[member].name for member in shown.frames[1].members}
    assert {"W1[1,1]", "a1[1]"} <= inside


def test_cut_cards_say_how_much_is_missing():
    shown = picture(diamond(), depth=1)
    names = [card.name for card in shown.cards if card.kind == "more"]
    assert names == ["… 2 more", "… 2 more"]


def test_an_edge_into_a_folded_box_has_a_number_only_if_the_box_shows_its_child():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    with block("layer 1"), block("neuron 1"):
        a = relu(w * x)
    with block("layer 2"), block("neuron 1"):
        b = a * 5.0
    shown = picture(b * x, level="neuron")
    words = {
        (shown.cards[a.tail].name, shown.cards[a.head].name): (a.text, "∂" in a.tip)
        for a in shown.arrows
    }
    assert words["x", "neuron 1"] == ("", True)  # ∂(w·x)/∂x would be taken for ∂a/∂x
    assert ("5", True) in words.values()
