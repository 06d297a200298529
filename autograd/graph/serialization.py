"""A graph as JSON text. Format 2 is written; format 1, which had one output, is still read.

The text is one object: ``{"gradtrace": 2, "swept": …, "outputs": [index, …], "nodes": [node, …]}``.
A node is ``[operation, parents, partials, data, label]``. Operations go by their names, those of a
user included. A number that is not finite is the string "inf", "-inf" or "nan", because JSON has no
such numbers. A node may have a sixth entry, an object of further facts, and the text further keys;
a reader ignores those that it does not know.
"""

from __future__ import annotations

import json
import math
from typing import Any

from ..engine.number import real_number
from ..engine.operation import op_named
from .node import GraphError, Node

_FORMAT = 2  # raised when a reader of the format before would misread the text
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def write_graph(nodes: tuple[Node, ...], swept: bool, outputs: tuple[int, ...]) -> str:
    """Return the parts of a graph as JSON text."""
    entries = [
        [n.op.name, n.parents, [_written(p) for p in n.partials], _written(n.data), n.label]
        for n in nodes
    ]
    content = {"gradtrace": _FORMAT, "swept": swept, "outputs": outputs, "nodes": entries}
    return json.dumps(content, allow_nan=False)


def read_graph(text: str) -> tuple[tuple[Node, ...], bool, tuple[int, ...]]:
    """Return the nodes, whether they were swept, and the indices of the outputs.

    Raises:
        GraphError: the text is not a graph; the message says where.
    """
    try:
        content = json.loads(text)
        version = content["gradtrace"]
        if version not in (1, _FORMAT):
            raise GraphError(
                f"this graph is in format {version!r}; this version reads 1 and {_FORMAT}"
            )
        nodes = tuple(_read_node(k, entry, version) for k, entry in enumerate(content["nodes"]))
        outputs = (len(nodes) - 1,) if version == 1 else _read_outputs(content["outputs"])
        return nodes, bool(content["swept"]), outputs
    except GraphError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise GraphError(f"not a graph written by to_json: {error!r}") from None


def _written(x: float) -> float | str:
    return x if x - x == 0.0 else str(x)


def _read_number(entry: Any) -> float:
    is_name = isinstance(entry, str) and entry in _NOT_FINITE
    return _NOT_FINITE[entry] if is_name else real_number(entry)


def _read_outputs(entry: Any) -> tuple[int, ...]:
    if not isinstance(entry, list) or any(type(output) is not int for output in entry):
        raise GraphError(f"outputs is a list of node numbers, not {entry!r}")
    return tuple(entry)


def _read_node(index: int, entry: Any, version: int) -> Node:
    name, parents, partials, data, label, *facts = entry
    try:
        if not isinstance(label, str) or any(type(parent) is not int for parent in parents):
            raise TypeError("its label is a string, its parents are whole numbers")
        if facts and (version == 1 or len(facts) > 1 or not isinstance(facts[0], dict)):
            raise TypeError("it has entries that are not known")
        numbers = tuple(map(_read_number, partials)), real_number(data)
        return Node(index, op_named(name), tuple(parents), *numbers, label)
    except (TypeError, ValueError, OverflowError) as error:
        raise GraphError(f"node {index}: {error}") from None
