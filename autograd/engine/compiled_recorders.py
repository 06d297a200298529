"""The compiled recorders. There are none here, but a compiled wheel replaces this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BINDERS: dict[str, Callable[[type[Any], Any, dict[str, Any]], Any]] = {}
"""For the Python source of each recorder, the function that returns the compiled recorder.

The arguments of this function are the class of the nodes, the operation, and the global variables
of `recorder`. The key is the source, so that a recorder that was compiled from another source is
never used.
"""
