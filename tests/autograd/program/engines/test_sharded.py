"""A batch over eight devices: equal to one device, for batches that eight does not divide too."""

import pytest

SOURCE = """
import jax, numpy as np
from nn import MLP, Data, squared_error
from nn.train.batched import Compiled

rng = np.random.default_rng(0)
model = MLP(20, [8, 3], "tanh", "sigmoid", seed=0)
program = Compiled(model, squared_error, Data(rng.random((4, 20)), rng.random((4, 3)))).program
mesh = jax.make_mesh((4, 2), ("hosts", "devices"))
assert jax.device_count() == 8
function = program.function("jax", mesh=mesh)
for batch in (64, 37, 8, 3, 1):
    columns = rng.random((23, batch))
    value, gradient = program.value_and_grad(columns)
    graph = program.example(batch - 1)
    ours, slopes = function(program.weights, columns)
    found = function.evaluate(program.weights, columns)
    assert abs(ours - value) < 1e-12 and abs(slopes - gradient).max() < 1e-12
    assert found.ok.all() and abs(found.kept - program.kept).max() < 1e-12
    assert program.example(batch - 1) == graph
try:
    function(program.weights, columns[:, :0])
except ValueError as error:
    assert "(23, at least 1); got (23, 0)" in str(error)
else:
    raise AssertionError("no example was accepted")
columns[:, 0] = np.inf
assert not function.evaluate(program.weights, columns).ok.any()
print(repr(function))
"""


@pytest.mark.optional("jax")
def test_eight_devices_equal_one_and_every_example_is_at_hand(run_python):
    printed = run_python(SOURCE, XLA_FLAGS="--xla_force_host_platform_device_count=8")
    assert printed == "<function of jax over 8 devices>\n"
