"""Texts and messages for a standard output that is not UTF-8."""

from types import SimpleNamespace

import pytest

from autograd import Value, exp, log
from autograd.encoding import encodable_text


@pytest.fixture(params=["ascii", "cp1252"])
def encoding(request, monkeypatch):
    """The encoding of a standard output that lacks most signs."""
    stdout = SimpleNamespace(encoding=request.param)  # pytest replaces that of sys in every phase
    monkeypatch.setattr("autograd.encoding.sys", SimpleNamespace(stdout=stdout))
    return request.param


def test_greek_letters_are_spelled_and_digits_lowered(encoding):
    assert encodable_text("∂C/∂δ₁₂, ΔW′, η, ς") == "dC/ddelta12, DeltaW', eta, sigma"


def test_utf_8_keeps_every_sign():
    assert encodable_text("∂δ₁ ±אב") == "∂δ₁ ±אב"


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: log(Value(-1.0, "δ")), "log(delta=-1.0): needs x > 0"),
        (lambda: exp(Value(1e3, "שלום")), "exp(????=1000.0): the result overflows"),
        (lambda: Value(1e200, "Δ₁") * 1e200, "mul(Delta1=1e+200, 1e+200): the result overflows"),
        (lambda: (Value(0.0, "δ") ** 0.5).backward(), "with respect to delta=0.0"),
        (lambda: (Value(1e-200, "δ") * 1e200 * 1e200).backward(), "the gradient of delta"),
    ],
)
def test_the_message_of_an_operation_can_be_printed(encoding, work, message):
    with pytest.raises((ArithmeticError, ValueError)) as caught:
        work()
    assert message in str(caught.value)
    str(caught.value).encode(encoding)
