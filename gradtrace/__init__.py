"""Everything `autograd` exports under the name of the distribution, and `gradtrace.nn`.

A name is looked up in `autograd` when it is used, so that both packages give the same object.

>>> import gradtrace
>>> x = gradtrace.Value(3.0)
>>> (x * x).backward()
>>> x.grad
6.0
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name == "nn":
        return import_module("gradtrace.nn")
    if name == "__all__":
        return [*import_module("autograd").__all__, "nn"]
    if name == "__version__" or not name.startswith("_"):  # Python looks up other names with "_"
        autograd = import_module("autograd")
        if name in (*autograd.__all__, "__version__"):
            return getattr(autograd, name)
    raise AttributeError(f"module 'gradtrace' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *import_module("autograd").__all__, "nn"])
