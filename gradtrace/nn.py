"""Everything the package `nn` exports, for those who write ``from gradtrace.nn import MLP``."""

from __future__ import annotations

from typing import Any

import nn


def __getattr__(name: str) -> Any:
    return getattr(nn, name)


def __dir__() -> list[str]:
    return dir(nn)
