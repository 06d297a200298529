"""The compiled recorders. A compiled wheel replaces this module, which has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BINDERS: dict[str, Callable[[type[Any], Any, dict[str, Any]], Any]] = {}
"""For the Python source of each recorder, the function that returns the compiled recorder.

The arguments of this function are the class of the nodes, the operation, and the global variables
of `recorder`.
Because the source is the key, a recorder that was compiled from another source is never used.
"""
