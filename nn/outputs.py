"""`Outputs`, the list that a layer or a network returns."""

from __future__ import annotations

from typing import Any, NoReturn

from autograd.engine.value import Value

from .arrays import count_text


class Outputs(list[Value]):
    """The outputs of a layer or a network. It is a list even if there is only one output.

    Python's lists would be repeated in ``2 * net(x)`` and joined in ``net(x) + net(x)``. Both look
    like arithmetic, so they raise a TypeError that says what to write.

    >>> outputs = Outputs([Value(0.5)])
    >>> (1 - outputs[0]).data
    0.5
    >>> 1 - outputs
    Traceback (most recent call last):
    ...
    TypeError: a network returns a list, here of 1 output: write net(x)[0] to calculate with it
    """

    __slots__ = ()

    # The methods below include +=, because it would silently extend the list.
    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(f"{self._about()}: write {self._advice()} to calculate with it")

    __add__ = __radd__ = __iadd__ = __mul__ = __rmul__ = __imul__ = _refuse
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _refuse
    __matmul__ = __rmatmul__ = __neg__ = __abs__ = __float__ = __round__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse

    def __format__(self, spec: str) -> str:
        return self._refuse() if spec else str(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(Value, name):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute {name!r}")
        index = "0" if len(self) == 1 else "k"
        call = "()" if callable(getattr(Value, name)) else ""
        raise AttributeError(f"{self._about()}: write net(x)[{index}].{name}{call}")

    def _about(self) -> str:
        return f"a network returns a list, here of {count_text(len(self), 'output')}"

    def _advice(self) -> str:
        return "net(x)[0]" if len(self) == 1 else "net(x)[k], or loop over it,"
