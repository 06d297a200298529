"""A graph as JSON text. Format 2 is written; format 1, which had one output, is still read.

The text is one object, ``{"gradtrace": 2, "swept": …, "outputs": [index, …], "nodes": [node, …],
"guards": [guard, …]}``.

A node is ``[operation, parents, partials, data, label]``. An operation, built in or defined by a
user, is written as its name. A number that is not finite is the string "inf", "-inf" or "nan",
because JSON has no such numbers. A node may have a sixth entry, an object with more facts, such as
``{"block": ["layer 1", "neuron 2"], "line": ["loss.py", 12, "z = w * x"]}``. A guard is ``[left,
relation, right, bound, outcome, text, place]``. A reader ignores facts and keys that it does not
know.
"""

from __future__ import annotations

import json
import math
from dataclasses import astuple
from typing import Any

from ..engine.guard_selection import RELATIONS
from ..engine.number import real_number, shortened
from ..engine.operation import op_named
from ..engine.source_line import SourceLine
from .guards import Guard
from .parts import GraphError, Node

_FORMAT = 2  # increased when an older reader would misread the text
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def write_graph(
    nodes: tuple[Node, ...], swept: bool, outputs: tuple[int, ...], guards: tuple[Guard, ...] = ()
) -> str:
    """Return the parts of a graph as JSON text."""
    content = {
        "gradtrace": _FORMAT,
        "swept": swept,
        "outputs": outputs,
        "nodes": [_node_entry(node) for node in nodes],
        "guards": [[_as_json(x) for x in astuple(guard)] for guard in guards],
    }
    return json.dumps(content, allow_nan=False)


def read_graph(
    text: str,
) -> tuple[tuple[Node, ...], bool, tuple[int, ...], tuple[Guard, ...]]:
    """Return the nodes, whether they were swept, the indices of the outputs, and the guards.

    Raises:
        GraphError: the text is not a graph; the message says where.
    """
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or "gradtrace" not in content:
            raise GraphError('not a graph written by to_json: it is not an object with "gradtrace"')
        version = content["gradtrace"]
        if version not in (1, _FORMAT):
            raise GraphError(
                f"this graph is in format {version!r}; this version reads 1 and {_FORMAT}"
            )
        entries = content["nodes"]
        if not isinstance(entries, list):
            raise GraphError(f"nodes is a list, not {shortened(entries)}")
        nodes = tuple(_read_node(k, entry, version) for k, entry in enumerate(entries))
        outputs = (len(nodes) - 1,) if version == 1 else _read_outputs(content["outputs"])
        guards = tuple(_read_guard(entry, len(nodes)) for entry in content.get("guards", ()))
        if type(content["swept"]) is not bool:
            raise GraphError(f"swept is true or false, not {content['swept']!r}")
        return nodes, content["swept"], outputs, guards
    except GraphError:
        raise
    except json.JSONDecodeError as error:
        raise GraphError(f"not a graph written by to_json, since it is not JSON: {error}") from None
    except KeyError as error:
        raise GraphError(f"not a graph written by to_json: {error} is missing") from None
    except RecursionError:
        raise GraphError("not a graph written by to_json: it is nested too deeply") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise GraphError(f"not a graph written by to_json: {error}") from None


def _node_entry(node: Node) -> list[Any]:
    partials = [_as_json(partial) for partial in node.partials]
    entry = [node.op.name, node.parents, partials, _as_json(node.data), node.label]
    facts: dict[str, Any] = {"block": node.block, "line": node.line}
    known = {name: fact for name, fact in facts.items() if fact}
    return [*entry, known] if known else entry


def _as_json(x: Any) -> Any:
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x


def _read_number(entry: Any) -> float:
    is_name = isinstance(entry, str) and entry in _NOT_FINITE
    return _NOT_FINITE[entry] if is_name else real_number(entry)


def _read_outputs(entry: Any) -> tuple[int, ...]:
    if not isinstance(entry, list) or any(type(output) is not int for output in entry):
        raise GraphError(f"outputs is a list of node indices, not {entry!r}")
    return tuple(entry)


def _read_node(index: int, entry: Any, version: int) -> Node:
    if not isinstance(entry, list) or len(entry) < 5:
        raise GraphError(
            f"node {index}: it is a list of operation, parents, partials, data and label; "
            f"got {shortened(entry)}"
        )
    name, parents, partials, data, label, *facts = entry
    try:
        if not isinstance(name, str) or not isinstance(label, str):
            raise TypeError("its operation and its label are strings")
        if not isinstance(parents, list) or any(type(parent) is not int for parent in parents):
            raise TypeError("its parents are a list of whole numbers")
        if not isinstance(partials, list):
            raise TypeError("its partials are a list of numbers")
        if facts and (version == 1 or len(facts) > 1 or not isinstance(facts[0], dict)):
            raise TypeError("it has entries that are not known")
        numbers = tuple(map(_read_number, partials)), real_number(data)
        block, line = (_read_block(facts[0]), _read_line(facts[0])) if facts else ((), None)
        return Node(index, op_named(name), tuple(parents), *numbers, label, block, line)
    except (TypeError, ValueError, OverflowError) as error:
        raise GraphError(f"node {index}: {error}") from None


def _read_block(facts: dict[str, Any]) -> tuple[str, ...]:
    block = facts.get("block", [])
    if not isinstance(block, list) or not all(isinstance(name, str) for name in block):
        raise TypeError("its block is a list of names")
    return tuple(block)


def _read_line(facts: dict[str, Any]) -> SourceLine | None:
    entry = facts.get("line")
    if entry is None:
        return None
    if not isinstance(entry, list) or [type(x) for x in entry] != [str, int, str]:
        raise TypeError("its line is a file, a number and a text")
    return SourceLine(*entry)


def _read_guard(entry: Any, count: int) -> Guard:
    if not isinstance(entry, list) or len(entry) != 7:
        raise GraphError(f"not a guard of this graph: {shortened(entry)}")
    left, relation, right, bound, outcome, text, place = entry
    indices = [left] if right is None else [left, right]
    are_indices = all(type(index) is int and 0 <= index < count for index in indices)
    if not are_indices or relation not in RELATIONS or type(outcome) is not bool:
        raise GraphError(f"not a guard of this graph: {entry!r}")
    if not isinstance(text, str) or not isinstance(place, str):
        raise GraphError(f"the text and the place of a guard are strings; got {entry!r}")
    return Guard(left, relation, right, _read_number(bound), outcome, text, place)
