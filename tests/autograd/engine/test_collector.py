"""The collector is paused inside the block alone, whatever happens in it."""

import gc

import pytest

from autograd import Value, compile  # noqa: A004 - its name, as re.compile has it
from autograd.engine.collector import collector_paused


@pytest.mark.parametrize("was_enabled", [True, False])
def test_the_collector_is_afterwards_as_it_was(was_enabled):
    before = gc.isenabled()
    (gc.enable if was_enabled else gc.disable)()
    try:
        with collector_paused():
            with collector_paused():
                pass
            assert not gc.isenabled()
        assert gc.isenabled() is was_enabled
        with pytest.raises(ZeroDivisionError), collector_paused():
            1 / gc.isenabled()
        assert gc.isenabled() is was_enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_compile_restores_the_collector_on_an_error():
    x = Value(1.0, "x")
    assert gc.isenabled()
    with pytest.raises(ValueError, match="named twice"):
        compile(x * 2.0, inputs=[x, x])
    compile(x * 2.0, inputs=[x]).forward([[1.0]])
    assert gc.isenabled()
