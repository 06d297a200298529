"""The engine: nodes that record operations, the table of operations, and backpropagation."""

import os

# Some wheels have compiled versions of a few modules in this directory. Python finds them first.
if not os.environ.get("GRADTRACE_PURE"):
    __path__.insert(0, os.path.join(__path__[0], "compiled"))
