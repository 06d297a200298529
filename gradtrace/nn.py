"""Everything that the package `nn` exports."""

from __future__ import annotations

from typing import Any

import nn


def __getattr__(name: str) -> Any:
    return getattr(nn, name)


def __dir__() -> list[str]:
    return dir(nn)
