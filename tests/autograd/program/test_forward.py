"""The instructions of the forward pass: products, sums, and what the way back needs again."""

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    exp,
    sigmoid,
    tanh,
    total,
)


def instructions(program, name):
    return getattr(program._runner.planner.plan("gradients", grouped=True), name)


def leaves(count, name):
    return [Value(0.1 * (k + 1), f"{name}{k}") for k in range(count)]


def test_work_shared_by_value_and_slope_is_done_once():
    x, w = Value(0.5, "x"), Value(0.5, "w")
    program = compile(sigmoid(x * w) * w, inputs=[x])

    functions = [i.function for i in instructions(program, "forward")]
    assert functions.count("exp") == 1  # the slope takes none of its own
    assert "exp" not in [i.function for i in instructions(program, "backward")]


def test_neurons_of_the_same_inputs_are_one_product_and_their_biases_one_addition():
    w, x, b = leaves(6, "w"), leaves(3, "x"), leaves(2, "b")
    neurons = [dot(w[3 * k : 3 * k + 3], x, b[k]) for k in range(2)]
    program = compile(total([tanh(z) for z in neurons]), inputs=x)

    product, addition, *_ = instructions(program, "forward")
    assert (product.function, addition.function) == ("matmul", "add")
    assert product.operands[0].columns == 2
    assert product.operands[0].transposed
    assert product.out == addition.out
    assert product.out.height == 2


def test_what_all_examples_share_is_computed_once_before_them():
    w, x = Value(0.5, "w"), Value(1.0, "x")
    program = compile(exp(w) * x, inputs=[x])

    assert [i.function for i in instructions(program, "prepare")] == ["exp"]
    assert "exp" not in [i.function for i in instructions(program, "forward")]


def test_sums_side_by_side_are_one_sum_over_the_rows_of_blocks():
    x = leaves(12, "x")
    sums = [total(x[4 * k : 4 * k + 4]) for k in range(3)]
    program = compile(total([tanh(s) for s in sums]) * Value(1.0, "w"), inputs=x)

    (first, *_) = instructions(program, "forward")
    assert first.function == "sum_rows"
    assert (first.operands[0].blocks, first.out.height) == (3, 3)


def test_a_weight_that_stands_alone_is_read_in_place():
    w, x = Value(0.5, "w"), Value(1.0, "x")
    program = compile(w * x, inputs=[x])

    assert [i.function for i in instructions(program, "forward")] == ["multiply"]
    assert not instructions(program, "prepare")
