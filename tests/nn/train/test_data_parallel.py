"""`fit` on JAX: the same training as on NumPy, on one device, on eight, and resumed."""

import numpy as np
import pytest

from nn import MLP, SGD, Data, fit, load, save

SOURCE = """
import numpy as np
from nn import MLP, Adam, Data, Dropout, SGD, cross_entropy, fit, load, one_hot, squared_error
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
data = Data(pixels[:300] / 16, one_hot(labels[:300], 10), "classes")
check = Data(pixels[300:350] / 16, one_hot(labels[300:350], 10), "classes")

def trained(engine, optimizer, **more):
    net = MLP(64, [16, 16, 10], "sigmoid", "sigmoid", seed=0)
    history = fit(net, data, optimizer=optimizer, epochs=3, batch_size=64, validation=check,
                  seed=1, progress=False, engine=engine, **more)
    return np.array([p.data for p in net.parameters()]), history

for make, more in (
    (lambda: SGD(1.0), {}),
    (lambda: Adam(0.01, clip_norm=1.0), {"l2": 1e-3, "class_weight": "balanced"}),
):
    (ours, history), (theirs, other) = (trained(e, make(), **more) for e in ("jax", "numpy"))
    assert abs(ours - theirs).max() < 1e-10
    assert history.random == other.random and history.steps == other.steps
    for a, b in zip(history, other, strict=True):
        assert abs(a.cost - b.cost) < 1e-10 and a.accuracy == b.accuracy
        assert abs(a.validation_cost - b.validation_cost) < 1e-10
        assert a.validation_accuracy == b.validation_accuracy
print("equal")
"""


@pytest.mark.optional("jax", "sklearn")
@pytest.mark.parametrize("devices", [1, 8])
def test_three_epochs_of_the_digits_equal_numpy(run_python, devices):
    """The last mini-batch has 44 examples, which 8 does not divide."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    assert run_python(SOURCE, XLA_FLAGS=flags) == "equal\n"


def examples(count=40):
    rng = np.random.default_rng(0)
    return Data(rng.random((count, 3)), rng.random((count, 2)))


def test_a_checkpoint_is_saved_after_every_epoch_and_resumed_bit_for_bit(tmp_path):
    path, seen = tmp_path / "net.npz", []
    net = MLP(3, [4, 2], "tanh", "linear", seed=0)
    fit(net, examples(), optimizer=SGD(0.1), epochs=2, seed=0, progress=False, checkpoint=path,
        on_epoch=lambda epoch: seen.append(path.exists()))  # fmt: skip
    assert seen == [False, True]
    again, history = load(path)
    assert len(history) == 2
    fit(again, examples(), epochs=2, resume=history, progress=False)
    whole = MLP(3, [4, 2], "tanh", "linear", seed=0)
    fit(whole, examples(), optimizer=SGD(0.1), epochs=4, seed=0, progress=False)
    assert again.arrays()["W1"].tolist() == whole.arrays()["W1"].tolist()


@pytest.mark.optional("jax")
def test_training_on_jax_is_resumed_bit_for_bit(tmp_path):
    path = tmp_path / "net.npz"

    def train(net, epochs, **more):
        return fit(
            net, examples(), epochs=epochs, batch_size=16, progress=False, engine="jax", **more
        )

    net, whole = (MLP(3, [4, 2], "tanh", "linear", seed=0) for _ in range(2))
    save(path, net, train(net, 2, optimizer=SGD(0.1), seed=0))
    again, history = load(path)
    train(again, 2, resume=history)
    train(whole, 4, optimizer=SGD(0.1), seed=0)
    assert [p.data for p in again.parameters()] == [p.data for p in whole.parameters()]


@pytest.mark.optional("jax")
def test_a_number_that_overflows_has_numpys_message():
    data = Data([[1.0], [800.0]], [[0.0], [0.0]])
    messages = []
    for engine in ("numpy", "jax"):
        net = MLP.from_arrays([[[1.0]]], [[0.0]], "linear", "linear")
        with pytest.raises(ArithmeticError) as caught:
            fit(net, data, loss=lambda outputs, y: outputs[0].exp(), optimizer=SGD(0.1), seed=0,
                progress=False, engine=engine)  # fmt: skip
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert "example" in messages[0]


@pytest.mark.optional("jax")
def test_a_model_that_chooses_by_comparing_is_refused_with_advice():
    class Chooser(MLP):
        def __call__(self, x):
            (output,) = super().__call__(x)
            return [output if output > 0 else -output]

    with pytest.raises(ValueError, match="Write the choice with where"):
        fit(Chooser(1, [1], seed=0), Data([[1.0], [2.0]], [[0.0], [3.0]]), optimizer=SGD(0.1),
            engine="jax", progress=False)  # fmt: skip


@pytest.mark.optional("jax")
def test_what_is_no_mesh_is_refused():
    with pytest.raises(TypeError, match=r"such as jax\.make_mesh\(\(2,\), .*; got 2"):
        fit(MLP(3, [2], seed=0), examples(), optimizer=SGD(0.1), engine="jax", mesh=2)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"engine": "tpu"}, 'engine is "numpy" or "jax"'), ({"mesh": 1}, 'write engine="jax" too')],
)
def test_an_unknown_engine_and_a_mesh_without_jax_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        fit(MLP(3, [2], seed=0), examples(), optimizer=SGD(0.1), **given)
