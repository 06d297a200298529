"""The compiled recorders. There are none here; Cython compiles another version of this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BINDERS: dict[str, Callable[[type[Any], Any, dict[str, Any]], Any]] = {}
"""The functions that return a compiled recorder, by the source of the recorder in Python.

Their arguments are the class of the nodes, the operation, and the global variables of `recorder`.
Because the source is the key, a recorder that was compiled from another source is never used.
"""
