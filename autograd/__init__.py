"""Numbers that remember how they were computed, and what can be seen and made of them.

Numbers:    Value, grad, where, operation, block, recording, compile -> Program
            {functions}
Seeing:     trace -> Trace of Steps, explain -> Explanation, draw -> Drawing, page -> Page
Graphs:     Graph of Nodes and Edges, GraphError, from_torch
Checking:   gradcheck, check_own_value, check -> Report, Worksheet, WorksheetError

>>> from autograd import Value, tanh
>>> w, x = Value(0.5, "w"), Value(2.0, "x")
>>> y = tanh(w * x)
>>> y.backward()
>>> round(w.grad, 4)
0.8399
"""

from __future__ import annotations

from importlib import import_module
from textwrap import fill
from typing import TYPE_CHECKING, Any

from .engine import functions as _functions
from .engine.block import block
from .engine.functions import (
    dot,
    leaky_relu,
    logsumexp,
    normal_cdf,
    normal_pdf,
    power,
    total,
    where,
)
from .engine.second_order import grad
from .engine.value import Value
from .naming.recording import recording
from .version import __version__ as __version__

if TYPE_CHECKING:
    from .grading.check import check
    from .grading.report import Report
    from .grading.worksheet import Worksheet
    from .graph.explanation import Explanation, explain
    from .graph.graph import Graph
    from .graph.parts import Edge, GraphError, Node
    from .graph.steps import Step
    from .graph.tracing import Trace, trace
    from .language.sheet_source import WorksheetError
    from .numeric.custom_operation import operation
    from .numeric.gradcheck import gradcheck
    from .numeric.own_value import check_own_value
    from .program.compiler import compile  # noqa: A004 - the name of the job
    from .program.program import Program
    from .pytorch.torch_graph import from_torch
    from .views.drawing import Drawing, draw
    from .views.page import Page, page

__all__ = [
    "Drawing",
    "Edge",
    "Explanation",
    "Graph",
    "GraphError",
    "Node",
    "Page",
    "Program",
    "Report",
    "Step",
    "Trace",
    "Value",
    "Worksheet",
    "WorksheetError",
    "block",
    "check",
    "check_own_value",
    "compile",
    "dot",
    "draw",
    "explain",
    "from_torch",
    "grad",
    "gradcheck",
    "leaky_relu",
    "logsumexp",
    "normal_cdf",
    "normal_pdf",
    "operation",
    "page",
    "power",
    "recording",
    "total",
    "trace",
    "where",
    *_functions.CALLED,
]

__doc__ = (__doc__ or "").format(
    functions=fill(", ".join(_functions.__all__), 84, subsequent_indent=" " * 12)
)

# Imported at first use: a computation that is not looked at needs none of them.
_LAZY = {
    "check": ".grading.check",
    "Report": ".grading.report",
    "Worksheet": ".grading.worksheet",
    "WorksheetError": ".language.sheet_source",
    **dict.fromkeys(("Explanation", "explain"), ".graph.explanation"),
    "Graph": ".graph.graph",
    **dict.fromkeys(("Edge", "GraphError", "Node"), ".graph.parts"),
    "Step": ".graph.steps",
    **dict.fromkeys(("Trace", "trace"), ".graph.tracing"),
    "gradcheck": ".numeric.gradcheck",
    "check_own_value": ".numeric.own_value",
    "load_ipython_extension": ".grading.magic",
    "operation": ".numeric.custom_operation",
    "Program": ".program.program",
    "from_torch": ".pytorch.torch_graph",
    "compile": ".program.compiler",
    **dict.fromkeys(("Drawing", "draw"), ".views.drawing"),
    **dict.fromkeys(("Page", "page"), ".views.page"),
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    if name in _functions.CALLED:
        return getattr(_functions, name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
