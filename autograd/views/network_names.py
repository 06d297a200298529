"""What the units of a network are called in its picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from .heat_maps import tables_in
from .text import cut_middle
from .unit_parts import Unit
from .units import Network

NAME_LENGTH = 18


def names_of(network: Network, classes: Sequence[str] | None = None) -> list[str]:
    """Return the name of each unit. Only inputs, outputs, blocks and single numbers have one.

    Outputs are called by `classes`. By default, outputs with the labels that layers give are
    numbered from 0, as the digits are. Other outputs keep their labels.

    Raises:
        ValueError: the number of names is not the number of outputs.
    """
    outputs = _outputs(network)
    tables = tables_in(network.graph) if network.is_folded else []
    weights = {node: f"softmax {i},{j}" for table in tables for i, j, node in table.entries}
    names = [_own_name(network, unit, weights.get(unit.result, "")) for unit in network.units]
    if classes is None:
        classes = [_class_name(network, k, place) for place, k in enumerate(outputs)]
    elif not _is_list_of(len(outputs), classes):
        raise ValueError(
            f"names is a list with one name for each of the {len(outputs)} outputs; got {classes!r}"
        )
    for k, name in zip(outputs, classes, strict=True):
        names[k] = cut_middle(str(name), NAME_LENGTH)
    return names


def _is_list_of(count: int, classes: object) -> bool:
    is_text = isinstance(classes, str)
    return isinstance(classes, Sequence) and not is_text and len(classes) == count


def wire_names(network: Network) -> dict[int, str]:
    """Return the names of the wires from a block to the next one, or to the output."""
    names = {}
    for index, wire in enumerate(network.wires):
        tail, head = network.units[wire.tail], network.units[wire.head]
        is_next = network.column_of[wire.head] == network.column_of[wire.tail] + 1
        if tail.kind == "block" and (head.kind == "number" or (head.kind == "block" and is_next)):
            parents = [network.graph.edges[edge].parent for edge in wire.edges]
            names[index] = shared_name(network, parents)
    return names


def shared_name(network: Network, nodes: Sequence[int]) -> str:
    """Return the common beginning of the labels of some nodes, such as h2 for h2[1] and h2[2]."""
    labels = [network.graph.nodes[node].label for node in nodes]
    same = takewhile(lambda letters: len({*letters}) == 1, zip(*labels, strict=False))
    common = "".join(letters[0] for letters in same)
    return cut_middle(common.rstrip("[(,. ") if len(set(nodes)) > 1 else common, NAME_LENGTH)


def check_unnamed(classes: Sequence[str] | None) -> None:
    """Raise a ValueError if outputs are named and the picture shows no network."""
    if classes is not None:
        raise ValueError(
            f"names are those of a network's outputs, and this picture shows no network: leave out "
            f'names={classes!r}, or write level="network"'
        )


def _outputs(network: Network) -> list[int]:
    """Return the neurons that no other neuron reads."""
    neurons = [k for k, unit in enumerate(network.units) if unit.kind == "neuron"]
    inner = ("neuron", "block")
    read = {wire.tail for wire in network.wires if network.units[wire.head].kind in inner}
    return [k for k in neurons if k not in read]


def _class_name(network: Network, unit: int, place: int) -> str:
    label = network.graph.nodes[network.units[unit].result].label
    outputs = _outputs(network)
    layers = {network.units[k].path[:-1] for k in outputs}
    if not label.endswith("]") or len(layers) > 1 or () in layers:
        return label
    return str(place) if len(outputs) > 1 else ""


def _own_name(network: Network, unit: Unit, softmax: str) -> str:
    node = network.graph.nodes[unit.result]
    if unit.path and unit.kind != "neuron":
        return cut_middle(unit.path[-1], NAME_LENGTH)
    if unit.kind == "fed":
        labels = [network.graph.nodes[leaf].label for leaf in unit.results]
        several = cut_middle(", ".join(filter(None, labels)), NAME_LENGTH)
        return shared_name(network, unit.results) or several or "input"
    if unit.kind == "number":
        return cut_middle(node.label or softmax or node.op.glyph or node.name, NAME_LENGTH)
    is_named = unit.kind in ("input", "shared") or unit.result in network.graph.outputs
    return cut_middle(node.label, NAME_LENGTH) if is_named else ""
