"""The table of operations. Each row defines one operation by a formula for all kinds of numbers.

An operation's ``forward(xp, *inputs)`` returns the value, and its ``partials(xp, output, *inputs)``
returns the local derivatives, one for each input. Both use only Python's operators and the
functions of a namespace `xp`, which have NumPy's names, such as ``xp.exp`` and ``xp.where``. The
formulas do not depend on `Value`. The same formulas are evaluated with Python floats (``FLOATS``),
NumPy arrays (the module ``numpy``), symbols (`formula.Symbols`) and Values (`second_order.VALUES`).
The tests also evaluate them with complex numbers and SymPy. No derivative is written anywhere else.

The rows are in the modules of `table`, and this module exports all of them. To add an operation,
add its row there and its method to `value.Value`. Nothing else needs a change, because the
functions, worksheets, pages, batch programs and explanations are derived from the row.

>>> from autograd.engine.operation import FLOATS
>>> TANH.forward(FLOATS, 0.5)
0.46211715726000974
>>> MUL.partials(FLOATS, 6.0, 2.0, 3.0)
(3.0, 2.0)
"""

from __future__ import annotations

from .table.arithmetic import *  # noqa: F403
from .table.branches import *  # noqa: F403
from .table.elementary import *  # noqa: F403
from .table.hyperbolic import *  # noqa: F403
from .table.nonlinear import *  # noqa: F403
