"""The engine: nodes that record operations, the table of operations, and backpropagation."""

import os

# Some wheels contain compiled versions of a few modules, in the subdirectory ``compiled``. It comes
# first in the path, so that Python imports these versions. The environment variable GRADTRACE_PURE
# prevents that.
if not os.environ.get("GRADTRACE_PURE"):
    __path__.insert(0, os.path.join(__path__[0], "compiled"))
