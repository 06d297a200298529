"""Numbers in every form that people have them: each gives its value, or a sentence."""

import array
import re
from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    Data,
    Landscape,
    Layer,
    Module,
    Neuron,
    accuracy,
    batches,
    confusion,
    cross_entropy,
    equations,
    nudges,
    one_hot,
    total_cost,
    votes,
    xor,
)
from nn import predict as predict_outputs
from nn.matrix import forward

ROWS = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
"""The numbers of all good forms below, so that every type can hold them."""


def net(inputs=2):
    return MLP.from_arrays([np.ones((1, inputs))], [[0.0]])


# --- good forms: a table of what is read × who reads it -------------------------------------------


def masked_nowhere(rows):
    return np.ma.masked_array(rows, mask=np.zeros((3, 2), bool))


def every_second_row(rows):
    return np.repeat(rows, 2, axis=0)[::2]


def backwards_twice(rows):
    return np.array(rows)[::-1, ::-1].copy()[::-1, ::-1]


def read_only(rows):
    found = np.array(rows)
    found.flags.writeable = False
    return found


GOOD = {
    "lists": lambda rows: rows,
    "tuples": lambda rows: tuple(map(tuple, rows)),
    "a deque of arrays": lambda rows: deque(map(np.array, rows)),
    "array.array": lambda rows: [array.array("d", row) for row in rows],
    "float64": np.array,
    "float32": lambda rows: np.array(rows, np.float32),
    "float16": lambda rows: np.array(rows, np.float16),
    "longdouble": lambda rows: np.array(rows, np.longdouble),
    "int64": lambda rows: np.array(rows, np.int64),
    "uint8": lambda rows: np.array(rows, np.uint8),
    "bool": lambda rows: np.array(rows, np.bool_),
    "big-endian": lambda rows: np.array(rows, ">f4"),
    "column by column": np.asfortranarray,
    "strided": every_second_row,
    "backwards": backwards_twice,
    "read only": read_only,
    "masked nowhere": masked_nowhere,
    "Fractions": lambda rows: [[Fraction(n) for n in row] for row in rows],
    "Decimals": lambda rows: [[Decimal(n) for n in row] for row in rows],
    "objects": lambda rows: np.array(rows, dtype=object),
    "np.matrix": lambda rows: np.array(rows).view(type("Matrix", (np.ndarray,), {})),
    "mixed types": lambda rows: [[int(a), np.float32(b)] for a, b in rows],
}

READERS = {
    "Data x": lambda rows: Data(rows, [[0], [0], [1]]).x.tolist(),
    "Data y": lambda rows: Data(np.ones((3, 1)), rows).y.tolist(),
    "predict": lambda rows: np.hstack([predict_outputs(net(), rows)] * 2).tolist(),
    "the call": lambda rows: [[a.data for a in net()(row)] * 2 for row in rows],
    "from_arrays": lambda rows: MLP.from_arrays([rows], None).arrays()["W1"].tolist(),
    "load_arrays": lambda rows: loaded(rows),
}
SUMS = [[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]


def loaded(rows):
    layer = Layer(2, 3, bias=False, seed=0)
    layer.load_arrays({"W": rows})
    return layer.weights.tolist()


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("form", GOOD.values(), ids=GOOD)
def test_every_form_of_numbers_is_read_to_the_same_numbers(form, reader):
    calls = reader in (READERS["predict"], READERS["the call"])
    assert reader(form(ROWS)) == (SUMS if calls else ROWS)


def test_what_is_read_is_a_copy_where_examples_are_kept():
    x, y = np.array(ROWS), np.array([[0.0], [0.0], [1.0]])
    data = Data(x, y)
    x[:], y[:] = 7.0, 7.0
    assert data.x.tolist() == ROWS
    assert data.y.ravel().tolist() == [0, 0, 1]


# --- bad forms: what is wrong is said, and where --------------------------------------------------

HOLE = np.ma.masked_array(ROWS, mask=[[0, 0], [0, 1], [0, 0]])
NAN, INF = np.array(ROWS), np.array(ROWS)
NAN[2, 1], INF[1, 0] = np.nan, -np.inf
HUGE = [[1, 0], [10**400, 1], [1, 1]]

BAD = {
    "text": ([["1", "0"], ["0", "1"], ["1", "1"]], TypeError, "must hold numbers; got text: write"),
    "bytes": (np.array([[b"1", b"2"]] * 3), TypeError, "must hold numbers; got text: write float("),
    "complex": (np.array(ROWS) * 1j, TypeError, "got complex numbers: write .real of them"),
    "dates": (np.array([["2026-01-01"] * 2] * 3, "M8[D]"), TypeError, "got dates: write them as"),
    "time spans": (np.array([[1, 2]] * 3, "m8[s]"), TypeError, "got time spans: write them as"),
    "records": (
        np.zeros((3, 2), [("a", "f8")]),
        TypeError,
        "got records: write the fields",
    ),
    "None": ([[1, 0], [None, 1], [1, 1]], TypeError, "[1, 0] must be a real number; got None"),
    "text among numbers": ([[1, 0], [0, 1], [1, object()]], TypeError, "[2, 1] must be a real"),
    "Values": ([[Value(1.0), 0]] * 3, TypeError, "[0, 0] is a Value: write .data of it"),
    "a dict": ({0: [1, 0]}, TypeError, "must be a list or an array of numbers; got a dict"),
    "a set": ({1.0, 2.0}, TypeError, "must be a list or an array of numbers; got a set"),
    "a generator": ((row for row in ROWS), TypeError, "array of numbers; got a generator"),
    "an int beyond the floats": (HUGE, TypeError, "[1, 0] must be a real number; got 1000"),
    "nan": (NAN, ValueError, "[2, 1] is nan; it must be finite (row 2, column 1, counted from 0)"),
    "minus infinity": (INF, ValueError, "[1, 0] is -inf; it must be finite (row 1, column 0,"),
    "masked": (HOLE, ValueError, "[1, 1] is masked (row 1, column 1, counted from 0); leave"),
    "ragged": ([[1, 0], [0], [1, 1]], ValueError, "row 0 has 2 numbers, row 1 has 1 numbers"),
    "a number among rows": ([[1, 0], 0.0, [1, 1]], ValueError, "row 1 has one number"),
    "a vector": ([1.0, 0.0, 1.0], ValueError, "must have shape"),
    "images": (np.ones((3, 2, 2)), ValueError, "must have shape"),
    "no columns": (np.ones((3, 0)), ValueError, "must have shape"),
    "a number": (0.5, ValueError, "must have shape"),
}
BAD_READERS = {name: READERS[name] for name in ("Data x", "Data y", "predict", "from_arrays")}


@pytest.mark.parametrize("reader", BAD_READERS.values(), ids=BAD_READERS)
@pytest.mark.parametrize(("numbers", "kind", "message"), BAD.values(), ids=BAD)
def test_every_bad_form_is_refused_with_a_sentence(numbers, kind, message, reader):
    if isinstance(numbers, type(row for row in ())):
        numbers = (row for row in ROWS)
    with pytest.raises(kind, match=re.escape(message)):
        reader(numbers)


@pytest.mark.optional("scipy")
@pytest.mark.parametrize("reader", BAD_READERS.values(), ids=BAD_READERS)
def test_sparse_matrices_are_refused_with_what_to_write(reader, optional):
    optional("scipy")
    from scipy.sparse import csr_array

    with pytest.raises(TypeError, match=r"is sparse \(csr_array\): write \w+\.toarray\(\)"):
        reader(csr_array(ROWS))


@pytest.mark.optional("torch")
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_tensors_are_read_or_say_what_to_write(reader, optional):
    torch = optional("torch")
    calls = reader in (READERS["predict"], READERS["the call"])
    if reader is not READERS["the call"]:
        assert reader(torch.tensor(ROWS)) == (SUMS if calls else ROWS)
    with pytest.raises(TypeError):
        reader(torch.tensor(ROWS, requires_grad=True))


def test_the_row_and_the_column_of_a_nan_in_ten_thousand_rows():
    x = np.zeros((10_000, 5))
    x[4711, 3] = x[9000, 0] = x[9000, 1] = np.nan
    message = "x[4711, 3] is nan; it must be finite (row 4,711, column 3, counted from 0), and 2 "
    for read in (lambda: Data(x, np.zeros((10_000, 1))), lambda: predict_outputs(net(5), x)):
        with pytest.raises(ValueError, match=re.escape(message)):
            read()


# --- labels ---------------------------------------------------------------------------------------

ONE_HOT = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
LABELS = {
    "ints": [0, 2],
    "floats": [0.0, 2.0],
    "uint8": np.array([0, 2], np.uint8),
    "int8": np.array([0, 2], np.int8),
    "a column": [[0], [2]],
    "a column of float32": np.array([[0], [2]], np.float32),
    "tuple": (0, 2),
    "objects": np.array([0, 2], dtype=object),
    "array.array": array.array("i", [0, 2]),
    "Decimals": [Decimal(0), Decimal(2)],
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_of_every_form_are_one_hot(labels):
    assert one_hot(labels, 3).tolist() == ONE_HOT


def test_labels_that_are_bools_or_none_at_all():
    assert one_hot([True, False], 2).tolist() == [[0, 1], [1, 0]]
    assert one_hot(np.array([True, False]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert one_hot([], 3).shape == one_hot(np.empty((0, 1)), 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "kind", "message"),
    [
        (["a", "c"], 3, TypeError, "write np.unique(labels, return_inverse=True)[1]"),
        ([None, 1], 3, TypeError, "labels[0] must be a real number; got None"),
        (
            [0, 1.5],
            3,
            ValueError,
            "a label is a whole number from 0 to 2; the label of example 1 is 1.5",
        ),
        (
            [0, 3],
            3,
            ValueError,
            "a label is a whole number from 0 to 2; the label of example 1 is 3",
        ),
        (
            [-1, 0],
            3,
            ValueError,
            "a label is a whole number from 0 to 2; the label of example 0 is -1",
        ),
        ([0, np.nan], 3, ValueError, "labels[1] is nan; it must be finite"),
        (np.ma.masked_array([0, 1], [0, 1]), 3, ValueError, "labels[1] is masked"),
        (ONE_HOT, 3, ValueError, "labels must have shape (examples,); got shape (2, 3)"),
        (1, 3, ValueError, "labels must have shape (examples,); got shape ()"),
        ([0, 1], 0, ValueError, "classes must be 1 or more; got 0"),
        ([0, 1], 3.0, TypeError, "classes must be a whole number, 1 or more; got 3.0: write 3"),
        ([0, 1], "3", TypeError, "classes must be a whole number, 1 or more; got '3'"),
        ([0, 1], True, TypeError, "classes must be a whole number, 1 or more; got True"),
    ],
)
def test_labels_that_are_none_are_refused(labels, classes, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        one_hot(labels, classes)


# --- one row, no rows, data, and models of one's own ----------------------------------------------


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        ([1.0, 2.0], (1, 1)),
        ((1.0, 2.0), (1, 1)),
        (np.array([1, 2]), (1, 1)),
        ([[1.0, 2.0]], (1, 1)),
        ([], (0, 1)),
        (np.empty((0, 2)), (0, 1)),
        (xor(), (4, 1)),
        (xor()[:0], (0, 1)),
        (xor().x[::2], (2, 1)),
    ],
)
def test_predict_of_rows_of_one_row_of_data_and_of_nothing(x, shape):
    assert predict_outputs(net(), x).shape == shape


@pytest.mark.parametrize(
    ("inputs", "x", "message"),
    [
        (2, [1.0, 2.0, 3.0], "x must have shape (examples, 2); got shape (3,)"),
        (1, [1.0, 2.0, 3.0], "got shape (3,): write x[:, None] for examples of one input"),
        (2, [[1.0]], "x must have shape (examples, 2); got shape (1, 1)"),
        (4, np.ones((3, 2, 2)), "got shape (3, 2, 2): write x.reshape(len(x), -1)"),
        (2, xor().y, "x must have shape (examples, 2); got shape (4, 1)"),
        (2, 0.5, "x must have shape (examples, 2); got shape ()"),
    ],
)
def test_predict_of_another_shape_is_refused(inputs, x, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        predict_outputs(net(inputs), x)


class Doubled(MLP):
    """A subclass with a call of its own, which nothing may pass over."""

    def __call__(self, x):
        return [2 * a for a in super().__call__(x)]


class OwnLayer(Layer):
    """A layer with a call of its own."""

    def __call__(self, x):
        return [2 * a for a in super().__call__(x)]


def with_own_layer():
    model = net()
    model.layers[0].__class__ = OwnLayer
    return model


OWN = {
    "a subclass": lambda: Doubled.from_arrays([[[1.0, 1.0]]], [[0.0]]),
    "a layer of one's own": with_own_layer,
    "a layer alone": lambda: OwnLayer.from_arrays([[1.0, 1.0]], [0.0], "linear"),
}


@pytest.mark.parametrize("make", OWN.values(), ids=OWN)
def test_what_is_computed_for_a_model_goes_through_its_call(make):
    model = make()
    labels = Data(xor().x, [[1], [0], [1], [0]], "label")
    assert predict_outputs(model, ROWS).ravel().tolist() == [2.0, 2.0, 4.0]
    assert predict_outputs(model, np.empty((0, 2))).shape == (0, 1)
    assert accuracy(model, labels, at=3.0) == 0.25
    assert confusion(model, labels, at=3.0).table.tolist() == [[1, 1], [2, 0]]
    squares = votes(model, Data([[1.0, 0.0]], [[1.0]]))
    assert squares.table.tolist() == [[-4.0, 0.0, -4.0]]  # −2(2z − 1)·2x at z = 1


@pytest.mark.parametrize("make", list(OWN.values())[:2], ids=list(OWN)[:2])
@pytest.mark.parametrize(
    ("what", "follow"),
    [
        ("the four equations", lambda model: equations(model, [1.0, 0.0], 1.0)),
        ("the table of nudges", lambda model: nudges(model, [1.0, 0.0], 1.0)),
        ("the forward pass in arrays", lambda model: forward(model, [1.0, 0.0])),
    ],
)
def test_what_follows_the_layers_refuses_a_call_of_its_own(make, what, follow):
    name = "Doubled" if make is OWN["a subclass"] else "OwnLayer"
    with pytest.raises(TypeError, match=f"{what} needs the layers of .*, but {name} computes"):
        follow(make())


@pytest.mark.parametrize(
    "follow",
    [lambda m: equations(m, [1.0, 0.0], 1.0), lambda m: nudges(m, [1.0, 0.0], 1.0)],
    ids=["equations", "nudges"],
)
def test_what_follows_the_layers_names_a_model_without_them(follow):
    with pytest.raises(TypeError, match="needs the layers of an MLP; got <Neuron of 2 inputs"):
        follow(Neuron(2, seed=0))


@pytest.mark.parametrize(
    "ask",
    [
        lambda data: accuracy(net(), data),
        lambda data: confusion(net(), data),
        lambda data: votes(net(), data),
        lambda data: list(batches(data, 2)),
        lambda data: total_cost(net(), data),
        lambda data: Landscape(net(), data, ("W1[1,1]", "b1[1]")),
    ],
    ids=["accuracy", "confusion", "votes", "batches", "total_cost", "Landscape"],
)
@pytest.mark.parametrize(
    "data",
    [(xor().x, xor().y), [[0, 1]], np.ones((2, 2)), None],
    ids=["tuple", "list", "x", "None"],
)
def test_examples_that_are_not_data_are_refused(ask, data):
    with pytest.raises(
        TypeError, match=re.escape("data must be a Data: write data=Data(x, y); got a")
    ):
        ask(data)


@pytest.mark.parametrize(
    ("choose", "kind", "message"),
    [
        (lambda data: data[4], IndexError, "there is no example 4: the data has 4 examples"),
        (lambda data: data[-5], IndexError, "there is no example -5: the data has 4 examples"),
        (lambda data: data["x"], TypeError, "a list of indices or a mask; got 'x'"),
        (lambda data: data[1.0], TypeError, "a list of indices or a mask; got 1.0"),
        (lambda data: data[None], TypeError, "a list of indices or a mask; got None"),
        (lambda data: data[True], TypeError, "a list of indices or a mask; got True"),
        (lambda data: data[0:2, 1], TypeError, "a list of indices or a mask; got (slice(0, 2"),
        (lambda data: data[[0.5]], TypeError, "a list of indices or a mask; got [0.5]"),
        (
            lambda data: data[[True, False]],
            IndexError,
            "a mask needs 4 entries, one for each example; got 2",
        ),
        (lambda data: setattr(data, "y", data.y), AttributeError, "no setter"),
        (lambda data: data.x.__setitem__(0, 7.0), ValueError, "read-only"),
        (lambda data: data.x.__itruediv__(255), ValueError, "read-only"),
    ],
)
def test_what_data_does_not_hold_or_allow_is_refused(choose, kind, message):
    data = xor()
    with pytest.raises(kind, match=re.escape(message)):
        choose(data)
    assert data.rows.tolist() == xor().rows.tolist()


def returning(outputs):
    class Model(Module):
        def __call__(self, x):
            return outputs

    return Model()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MLP, "the model is a class; make one first, such as MLP("),
        (lambda x: x, "the model must be a Module"),
        (returning(None), "Model must return a Value or a list of Values; it returned None"),
        (returning(0.5), "Model must return a Value or a list of Values; it returned 0.5"),
        (returning([0.5]), "Model must return a Value or a list of Values; its list holds 0.5"),
        (
            returning([[Value(1.0)]]),
            "Model must return a Value or a list of Values; its list holds",
        ),
    ],
)
def test_what_is_no_model_or_returns_no_values_is_refused(model, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        predict_outputs(model, xor())


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Tanh", "tanh"),
        ("swish", "silu"),
        ("ReLU", "relu"),
        ("none", "linear"),
        ("LeakyReLU", "le"),
    ],
)
def test_an_activation_by_another_name_is_told_the_name_here(name, advice):
    with pytest.raises(ValueError, match=f"no activation is named '{name}'.*Write '{advice}"):
        Layer(2, 1, name)


def test_layers_that_do_not_fit_and_thresholds_that_are_none_are_refused():
    model = net()
    model.layers.append(Layer(5, 1, seed=0, number=2))
    with pytest.raises(ValueError, match="layer 2 takes 5 inputs; it gets 1"):
        predict_outputs(model, ROWS)
    for at in ("0.5", float("nan"), [0.5]):
        with pytest.raises(TypeError, match="at is the number above which an output says yes"):
            accuracy(net(), xor(), at)


def test_a_class_may_be_given_by_any_integer():
    model = MLP(2, [3], seed=0)
    for y in (1, np.int64(1), np.uint8(1)):
        assert nudges(model, [0.0, 1.0], y, cross_entropy).cost == pytest.approx(
            equations(model, [0.0, 1.0], y, cross_entropy).cost, rel=1e-12
        )


def last(activation, weight):
    return MLP.from_arrays([[[weight]]], None, output_activation=activation)


@pytest.mark.parametrize(
    ("model", "x", "message"),
    [
        (last("exp", 1000.0), [[0], [1.0]], "example 1: exp("),
        (last("log", 1.0), [[1], [-1.0]], "example 1: log("),
        (MLP.from_arrays([[[1e200]], [[1.0]]], None, "square"), [[0], [1.0]], "example 1: square("),
        (Neuron.from_arrays([1.0], 0.0, "log"), [[1], [0.0]], "example 1: log("),
    ],
)
def test_a_result_that_is_not_finite_is_refused_with_the_example(model, x, message):
    with np.errstate(all="raise"), pytest.raises((ArithmeticError, ValueError), match=message[:11]):
        predict_outputs(model, x)
    with pytest.raises((ArithmeticError, ValueError), match=re.escape(message)):
        predict_outputs(model, x)


def test_the_callers_settings_of_numpy_change_nothing():
    model = MLP.from_arrays([[[1e-300]], [[1e-300]]], None, "sigmoid")
    with np.errstate(all="raise"):
        assert predict_outputs(model, [[1e-300], [-1e305]]).tolist() == [[5e-301], [0.0]]
