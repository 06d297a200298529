"""What `fit`, `save`, `load` and `total_cost` take or refuse: a table of calls, with their answer.

Every row is a call as somebody may write it, with the value that is right or the sentence that says
what to write instead. All refusals come before the first epoch, so that no parameter has moved.
"""

import math
import re
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Data,
    Dropout,
    History,
    Layer,
    Module,
    Momentum,
    Neuron,
    TargetType,
    binary_cross_entropy,
    cross_entropy,
    fit,
    half_squared_error,
    hinge,
    load,
    mse,
    one_hot,
    save,
    squared_error,
    total_cost,
    xor,
)

X = xor().x
BITS, SIGNS = xor(), Data(X, 2 * xor().y - 1)
CLASSES = Data(X, one_hot([0, 1, 2, 1], 3))
LABELS = Data(X, [[1, 0], [0, 0], [1, 1], [0, 1]])
PRICES = Data(X, [[0.5], [1.5], [2.5], [4.0]])
ONE_PRICE = Data([[1.0, 2.0]], [[3.5]])
ONES = Data(X, np.ones((4, 1)))
NAN = float("nan")


def net(outputs=1, inputs=2, **options):
    return MLP(inputs, [3, outputs], "tanh", seed=0, **options)


def run(model=None, data=BITS, **options):
    """Train for one epoch, quietly."""
    model = model if isinstance(model, Module) else net()
    options = {"optimizer": SGD(0.1), "batch_size": 4, "seed": 0, "progress": False} | options
    return fit(model, data, **options)


class Unused(Module):
    def __init__(self):
        self.w, self.idle = Value(1.0, "w"), Value(1.0, "idle")

    def __call__(self, x):
        return self.w * x[0]


class Hidden(Module):
    def __init__(self):
        self.w = Value(1.0, "w")

    def __call__(self, x):
        return HIDDEN * x[0] + self.w


class Floats(Module):
    def __init__(self):
        self.w = Value(1.0, "w")

    def __call__(self, x):
        return [self.w.data * x[0].data]


class Text(Module):
    def __call__(self, x):
        return "yes"


HIDDEN = Value(2.0, "hidden")
SKLEARN_WEIGHTS = {0: 0.5, 1: 2.0}


def reads_data(outputs, targets):
    weight = 2.0 if targets[0].data > 0 else 1.0
    return weight * squared_error(outputs, targets)


def draws_numbers(outputs, targets):
    return squared_error(outputs, targets) * np.random.default_rng().random()


# --- what is refused: the call, and what its message says -----------------------------------------

REFUSED = {
    # model
    "no model": (lambda: fit(None, BITS, optimizer=SGD(0.1)), "the model must be a Module, such"),
    "a class for a model": (lambda: fit(MLP, BITS, optimizer=SGD(0.1)), "make one first"),
    "a function for a model": (lambda: fit(lambda x: x, BITS), "inherits nn.Module"),
    "a list of layers": (lambda: fit([Layer(2, 1)], BITS), "the model must be a Module"),
    "a model without a call": (lambda: run(Module()), "needs a method __call__(self, x)"),
    "a model of floats": (lambda: run(Floats()), "Floats must return Values, computed from its"),
    "a model of text": (lambda: run(Text()), "Text must return Values"),
    "an unused parameter": (lambda: run(Unused()), "does not depend on the parameter"),
    "a parameter from outside": (lambda: run(Hidden()), "it is not a parameter of the model"),
    # data
    "x and y, as scikit-learn": (lambda: fit(net(), X, BITS.y, optimizer=SGD(0.1)), "one Data"),
    "(x, y), as Keras": (lambda: run(data=(X, BITS.y)), "write data=Data(x, y); got a tuple"),
    "an array": (lambda: run(data=X), "write data=Data(x, y); got a ndarray"),
    "no examples": (lambda: run(data=BITS[:0]), "data has no examples"),
    "more inputs than the model's": (lambda: run(net(inputs=3)), "expected 3 inputs"),
    "fewer outputs than targets": (lambda: run(data=CLASSES), "1 outputs, the data 3 targets"),
    "numbers of classes": (
        lambda: run(net(3), Data(X, [[0], [1], [2], [1]]), loss=cross_entropy),
        "write Data(x, one_hot(labels, 3))",
    ),
    "more outputs than targets": (lambda: run(net(2), PRICES), "2 outputs, the data 1 targets"),
    # loss
    'loss="mse"': (lambda: run(loss="mse"), "write loss=nn.mse"),
    'loss="binary_crossentropy"': (
        lambda: run(loss="binary_crossentropy"),
        "write loss=nn.binary_cross_entropy",
    ),
    'loss="huber"': (lambda: run(loss="huber"), "the loss is a function loss(outputs, targets)"),
    "a class for a loss": (lambda: run(loss=Data), "the loss is a function"),
    "loss=None": (lambda: run(loss=None), "the loss is a function"),
    "a loss of floats": (lambda: run(loss=lambda o, t: 0.5), "must return a Value"),
    "a loss of nothing": (lambda: run(loss=lambda o, t: None), "must return a Value"),
    "a list of losses": (lambda: run(loss=lambda o, t: [o[0]]), "must return a Value"),
    "targets that BCE refuses": (lambda: run(data=SIGNS, loss=binary_cross_entropy), "example 0"),
    "targets that the hinge refuses": (lambda: run(loss=hinge), "a target of the hinge is −1"),
    "targets that cross-entropy refuses": (
        lambda: run(net(2), LABELS, loss=cross_entropy),
        "example 1: the targets are probabilities",
    ),
    "a sigmoid before BCE": (
        lambda: run(net(output_activation="sigmoid"), loss=binary_cross_entropy),
        "applies the sigmoid itself",
    ),
    "a softmax before cross-entropy": (
        lambda: run(net(3, output_activation="softmax"), CLASSES, loss=cross_entropy),
        "applies the softmax itself",
    ),
    "random numbers in the loss": (lambda: run(loss=draws_numbers), "draws random numbers"),
    "numbers read from targets": (lambda: run(loss=reads_data), "outside of the graph"),
    # optimizer
    "no optimizer": (lambda: run(optimizer=None), "fit needs an optimizer, such as optimizer=SGD"),
    "a class for an optimizer": (lambda: run(optimizer=Adam), "optimizer=Adam(learning_rate=…)"),
    'optimizer="adam"': (lambda: run(optimizer="adam"), "optimizer=Adam(learning_rate=0.01)"),
    'optimizer="rmsprop"': (lambda: run(optimizer="rmsprop"), "must be one of nn's, such as"),
    "a number for an optimizer": (lambda: run(optimizer=0.1), "must be one of nn's"),
    # names of other libraries
    "lr=": (lambda: run(lr=0.1), "fit has no argument 'lr': the learning rate belongs to"),
    "learning_rate=": (lambda: run(learning_rate=0.1), "SGD(learning_rate=0.1)"),
    "validation_data=": (lambda: run(validation_data=BITS), "write validation=Data(x, y)"),
    "validation_split=": (lambda: run(validation_split=0.1), "validation=data[n:]"),
    "verbose=": (lambda: run(verbose=0), "write progress=False"),
    "callbacks=": (lambda: run(callbacks=[]), "write on_epoch=function or on_batch=function"),
    "shuffle=": (lambda: run(shuffle=False), "every epoch is shuffled"),
    "weight_decay=": (lambda: run(weight_decay=0.1), "write l2=…, or optimizer=AdamW"),
    "sample_weights=": (lambda: run(sample_weights=[1] * 4), "write sample_weight="),
    "early_stopping=": (lambda: run(early_stopping=True), "write patience=5"),
    "nonsense=": (lambda: run(nonsense=1), "fit has no argument 'nonsense': help(nn.fit) lists"),
    # numbers
    "epochs=-1": (lambda: run(epochs=-1), "epochs must be 0 or more; got -1"),
    "epochs=2.0": (lambda: run(epochs=2.0), "epochs must be a whole number, 0 or more; got 2.0"),
    'epochs="2"': (lambda: run(epochs="2"), "epochs must be a whole number"),
    "epochs=True": (lambda: run(epochs=True), "epochs must be a whole number"),
    "batch_size=0": (lambda: run(batch_size=0), "a mini-batch has at least one example"),
    "batch_size=32.0": (lambda: run(batch_size=32.0), "batch_size must be a whole number"),
    "batch_size=None": (lambda: run(batch_size=None), "batch_size must be a whole number"),
    "l2=-1": (lambda: run(l2=-1.0), "l2 must be a finite number, 0 or more; got -1.0"),
    "l2=nan": (lambda: run(l2=NAN), "l2 must be a finite number"),
    'l2="0.1"': (lambda: run(l2="0.1"), "l2 must be a finite number"),
    "seed=1.5": (lambda: run(seed=1.5), "seed must be an int, a numpy Generator or None; got 1.5"),
    'seed="a"': (lambda: run(seed="a"), "seed must be an int"),
    "seed=-1": (lambda: run(seed=-1), "a seed is 0 or more; got -1"),
    "save, the other way round": (lambda: save(net(), "net.npz"), "the model must be a Module"),
    "save of a class": (lambda: save("net.npz", MLP), "make one first"),
    "save of epochs": (lambda: save("net.npz", net(), [1]), "the history must be what fit"),
    "load into a list": (lambda: load("net.npz", [net()]), "the model must be a Module"),
    "patience=0": (lambda: run(patience=0, validation=BITS), "patience must be 1 or more"),
    "patience alone": (lambda: run(patience=3), "patience needs validation="),
    # validation
    "validation of arrays": (lambda: run(validation=(X, X)), "write validation=Data(x, y)"),
    "validation of nothing": (lambda: run(validation=BITS[:0]), "validation has no examples"),
    "validation with another input": (
        lambda: run(validation=Data(np.ones((2, 3)), [[0], [1]])),
        "the data has 2 inputs, the validation data 3",
    ),
    "validation with another output": (
        lambda: run(validation=Data(np.ones((2, 2)), np.eye(2))),
        "the data has 1 targets for each example, the validation 2",
    ),
    "inputs and outputs exchanged": (
        lambda: run(validation=Data(np.ones((2, 1)), np.eye(2))),
        "the data has 2 inputs, the validation data 1",
    ),
    "validation that the loss refuses": (
        lambda: run(data=SIGNS, loss=hinge, validation=BITS),
        "example 0 of the validation data: a target of the hinge",
    ),
    "validation of another kind": (
        lambda: run(validation=PRICES),
        "the targets of example 1 are [1.5]: one label has",
    ),
    # what targets mean
    'targets="multi"': (lambda: run(targets="multi"), "'labels', 'numbers'; got 'multi'"),
    "labels that are classes": (
        lambda: run(net(2), LABELS, targets="classes"),
        "the targets of example 1 are [0.0, 0.0]: classes have",
    ),
    "a label of several outputs": (
        lambda: run(net(2), LABELS, targets="label"),
        "one label has a single target",
    ),
    "prices that are labels": (
        lambda: run(data=PRICES, targets="label"),
        "the targets of example 1 are [1.5]",
    ),
    # who learns
    "train=[]": (lambda: run(train=[]), "train= names no parameters"),
    "train= of another network": (lambda: run(train=net()), "is not a parameter of the model"),
    'train="W9[1,1]"': (lambda: run(train=["W9[1,1]"]), "'W9[1,1]', which is not a parameter"),
    "train= of numbers": (lambda: run(train=[0.5]), "parameters are Values"),
    # weights
    "three weights for four examples": (
        lambda: run(sample_weight=[1, 2, 3]),
        "one weight for each of the 4 examples, shape (4,); got shape (3,)",
    ),
    "a weight below 0": (lambda: run(sample_weight=[1, 1, 1, -1]), "must be 0 or more; got -1"),
    "a weight that is nan": (lambda: run(sample_weight=[1, 1, 1, NAN]), "sample_weight[3] is nan"),
    "weights of text": (lambda: run(sample_weight=["a"] * 4), "sample_weight must hold numbers"),
    "a column of weights": (lambda: run(sample_weight=[[1]] * 4), "got shape (4, 1)"),
    "no weight at all": (lambda: run(sample_weight=[0] * 4), "all weights are 0"),
    "weights of classes for prices": (
        lambda: run(data=PRICES, class_weight={0: 2}),
        "class_weight is for classes or one label; the targets are numbers",
    ),
    "a weight for class 7": (lambda: run(class_weight={7: 2}), "class_weight names class 7"),
    "three weights for two classes": (lambda: run(class_weight=[1, 2, 3]), "each of the 2 classes"),
    'class_weight="auto"': (lambda: run(class_weight="auto"), 'class_weight is "balanced" or'),
    # functions
    'metrics=["accuracy"]': (lambda: run(metrics=["accuracy"]), "by name: metrics={"),
    'metrics={"a": 1}': (lambda: run(metrics={"a": 1}), "metrics['a'] must be a function"),
    "on_epoch=[]": (lambda: run(on_epoch=[]), "on_epoch must be a function"),
    "on_batch=3": (lambda: run(on_batch=3), "on_batch must be a function"),
    "resume=True": (lambda: run(resume=True), "resume= is the History that fit returned"),
    # total_cost
    "total_cost of arrays": (lambda: total_cost(net(), X), "write data=Data(x, y); got a ndarray"),
    "total_cost of nothing": (lambda: total_cost(net(), BITS[:0]), "data has no examples"),
    "total_cost by name": (lambda: total_cost(net(), BITS, "mse"), "write loss=nn.mse"),
    "total_cost of a class": (lambda: total_cost(MLP, BITS), "make one first"),
    "total_cost of another loss's targets": (
        lambda: total_cost(net(), BITS, hinge),
        "example 0: a target of the hinge",
    ),
}


@pytest.mark.parametrize(("call", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_answered_by_what_to_write(call, message):
    with pytest.raises((TypeError, ValueError, NotImplementedError), match=re.escape(message)):
        call()


# --- what is taken: the call, and the value it gives ----------------------------------------------


def accuracy_of(data, loss=squared_error, model=None, **options):
    """Return the accuracy that the history tells, of a model that hardly moves."""
    model = model or Neuron.from_arrays([1.0, 0.0], 0.0, "linear")
    options = {"optimizer": SGD(1e-12)} | options
    return run(model, data, loss=loss, **options)[0].accuracy


def validated(data, validation, loss=squared_error):
    model = Neuron.from_arrays([1.0, 0.0], 0.0, "linear")
    return run(model, data, loss=loss, optimizer=SGD(1e-12), validation=validation)[0]


def twice(**options):
    """Return the weights after one run of two epochs and after two runs of one."""
    found = []
    for split in ([2], [1, 1]):
        model, rule = net(), Adam(0.1)
        for epochs in split:
            run(model, optimizer=rule, epochs=epochs, **options)
        found.append([p.data for p in model.parameters()])
    return np.abs(np.subtract(*found)).max()


TAKEN = {
    "float32 data": (lambda: len(run(data=Data(X.astype("f4"), BITS.y.astype("f4")))), 1),
    "bools": (lambda: accuracy_of(Data(X > 0.5, BITS.y > 0.5)), 0.5),
    "integers": (lambda: accuracy_of(Data(X.astype(int), BITS.y.astype(int))), 0.5),
    "Fortran order": (lambda: accuracy_of(Data(np.asfortranarray(X), BITS.y)), 0.5),
    "reversed views": (lambda: accuracy_of(Data(X[::-1], BITS.y[::-1])), 0.5),
    "a single Value for outputs": (lambda: accuracy_of(BITS), 0.5),
    "epochs=0": (lambda: len(run(epochs=0)), 0),
    "epochs of NumPy": (lambda: len(run(epochs=np.int64(2))), 2),
    "a batch larger than the data": (lambda: run(batch_size=100)[0].examples, 4),
    "a learning rate of float32": (lambda: len(run(optimizer=SGD(np.float32(0.1)))), 1),
    "l2 of Fraction": (lambda: len(run(l2=Fraction(1, 10))), 1),
    "a generator for a seed": (lambda: len(run(seed=np.random.default_rng(0))), 1),
    # how answers are judged
    "0 and 1 by squares": (lambda: accuracy_of(BITS), 0.5),
    "0 and 1 by half squares": (lambda: accuracy_of(BITS, half_squared_error), 0.5),
    "0 and 1 by BCE": (lambda: accuracy_of(BITS, binary_cross_entropy), 0.5),
    "all 1 by BCE": (lambda: accuracy_of(ONES, binary_cross_entropy), 0.5),
    "all 1 by squares": (lambda: accuracy_of(ONES), None),
    "all 1 by squares, as a label": (lambda: accuracy_of(ONES, targets="label"), 0.5),
    "all 1 in data of labels": (lambda: accuracy_of(Data(X, ONES.y, "label")), 0.5),
    "−1 and 1 by the hinge": (lambda: accuracy_of(SIGNS, hinge), 0.5),
    "−1 and 1 by squares": (lambda: accuracy_of(SIGNS), 0.5),
    "prices": (lambda: accuracy_of(PRICES), None),
    "one price": (lambda: accuracy_of(ONE_PRICE), None),
    "0 and 1 as numbers": (lambda: accuracy_of(BITS, targets="numbers"), None),
    "0 and 1 in data of numbers": (lambda: accuracy_of(Data(X, BITS.y, "numbers")), None),
    "another threshold": (lambda: accuracy_of(BITS, targets=TargetType("label", 2.0)), 0.5),
    "classes": (lambda: accuracy_of(CLASSES, cross_entropy, net(3)), 0.5),
    "classes by squares": (lambda: accuracy_of(CLASSES, mse, net(3)), 0.5),
    "labels by BCE": (lambda: accuracy_of(LABELS, binary_cross_entropy, net(2)), 0.375),
    "labels by squares": (lambda: accuracy_of(LABELS, squared_error, net(2)), None),
    "labels by name": (
        lambda: accuracy_of(LABELS, squared_error, net(2), targets="labels") is None,
        False,
    ),
    "validation of one class": (lambda: validated(BITS, BITS[1:3]).validation_accuracy, 0.5),
    "validation of the other class": (lambda: validated(BITS, BITS[::3]).validation_accuracy, 0.5),
    "validation of one sign": (
        lambda: validated(SIGNS, SIGNS[1:3], hinge).validation_accuracy,
        0.5,
    ),
    "validation of one price": (lambda: validated(PRICES, PRICES[:1]).validation_accuracy, None),
    # weights
    "weights of 1": (lambda: run(sample_weight=np.ones(4))[0].cost == run()[0].cost, True),
    "weights of 2": (
        lambda: run(sample_weight=[2] * 4)[0].cost / run()[0].cost,
        pytest.approx(2, rel=1e-12),
    ),
    "balanced classes": (
        lambda: (
            run(data=BITS[:3], class_weight="balanced")[0].cost
            - run(data=BITS[:3], sample_weight=[1.5, 0.75, 0.75])[0].cost
        ),
        pytest.approx(0, abs=1e-12),
    ),
    "a list for classes": (
        lambda: run(class_weight=[0.5, 2.0])[0].cost - run(class_weight=SKLEARN_WEIGHTS)[0].cost,
        0,
    ),
    # continuing
    "two runs by one Adam": (twice, pytest.approx(0, abs=1e-12)),
    "two runs with l2": (lambda: twice(l2=0.01), pytest.approx(0, abs=1e-12)),
    "two runs of one layer": (
        lambda: twice(train=["W2[1,1]"]),
        pytest.approx(0, abs=1e-12),
    ),
    "dropout of nothing": (lambda: len(run(Sequence(Layer(2, 1, "linear", 0), Dropout(0)))), 1),
    "total_cost of one example": (lambda: math.isfinite(total_cost(net(), BITS[:1])), True),
}


class Sequence(Module):
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@pytest.mark.parametrize(("call", "value"), TAKEN.values(), ids=TAKEN)
def test_what_is_taken_gives_its_value(call, value):
    assert call() == value


def test_nothing_has_moved_where_fit_refuses():
    for options in ({"validation": PRICES}, {"sample_weight": [1]}, {"class_weight": [1] * 9}):
        model = net()
        with pytest.raises(ValueError, match=r"targets|weight"):
            run(model, **options)
        assert [p.data for p in model.parameters()] == [p.data for p in net().parameters()]


# --- the state of another training ----------------------------------------------------------------


class Renamed(Module):
    def __init__(self):
        self.first, self.second = Layer(2, 3, "tanh", 0), Layer(3, 1, "linear", 0)

    def __call__(self, x):
        return self.second(self.first(x))


OTHERS = {
    "more neurons": (lambda: MLP(2, [8, 1], "tanh"), "W1 has shape (3, 2) in the history, shape"),
    "fewer neurons": (lambda: MLP(2, [2, 1], "tanh"), "shape (2, 2) in the model"),
    "one layer more": (lambda: MLP(2, [3, 1, 1], "tanh"), "W3 has no array in the history"),
    "other names": (Renamed, "W1 has shape (3, 2) in the history, no array in the model"),
    "another activation": (
        lambda: MLP(2, [3, 1], "relu"),
        "the activations are tanh, linear in the history, relu, linear in the model",
    ),
}


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.1), Adam(0.1)])
@pytest.mark.parametrize(("make", "message"), OTHERS.values(), ids=OTHERS)
def test_the_history_of_another_network_is_refused_with_both(optimizer, make, message):
    history = run(optimizer=type(optimizer)(0.1))
    with pytest.raises(ValueError, match=re.escape(message)):
        run(make(), optimizer=None, resume=history)


def test_an_optimizer_of_another_network_is_refused_also_of_the_same_shape():
    rule = Adam(0.1)
    run(net(), optimizer=rule)
    with pytest.raises(ValueError, match="this Adam has stepped other parameters before"):
        run(net(), optimizer=rule)


def test_state_of_other_parameters_is_refused():
    model = net()
    history = run(model, optimizer=Adam(0.1), train=model.layers[1])
    with pytest.raises(ValueError, match=r"9 parameters, W1\[1,1\] first, are to learn, but 4 par"):
        run(model, optimizer=None, resume=history, train=model.layers[0])
    assert len(run(model, optimizer=None, resume=history)) == 2


def test_a_history_made_by_hand_may_be_continued():
    model = net()
    random = np.random.default_rng(0).bit_generator.state
    assert len(run(model, optimizer=None, resume=History(SGD(0.1), random=random))) == 1
