"""The table of operations: one row for each, one formula for every kind of number.

An operation's ``forward(xp, *inputs)`` is the value and its ``partials(xp, output, *inputs)`` are
the local derivatives, one for each input. Both are written with operators and a namespace `xp`,
which has NumPy's names: ``xp.exp``, ``xp.where``. They know nothing of `Value`. The same formulas
are run over Python floats (``FLOATS``), NumPy columns (``numpy`` itself), symbols
(`formula.Symbols`), Values (`second_order.VALUES`), and in the tests over complex numbers and
SymPy. No derivative is written anywhere else.

The rows are in the sections of `table`. To add an operation, add a row there and its method to
`value.Value`. Functions, worksheets, pages, batch programs and wording follow.

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
from .table.nonlinear import *  # noqa: F403
