"""Papers with the parts of larger networks: gates, attention, normalization, skips, embeddings."""

import math

from machine import Line, Paper, line, pick, plus, scalars, sigma, size, times, turned


def lstm(rng):
    """A cell with the sums of its gates given, forward and back to three of these sums."""
    given = {"ai": pick(rng), "af": pick(rng), "ao": pick(rng), "ag": pick(rng),
             "c0": pick(rng), "t": pick(rng)}  # fmt: skip
    gates = [
        line(f"{g} = sigmoid(a{g})", lambda e, g=g: sigma(e[f"a{g}"]),
             another_function=lambda e, g=g: math.tanh(e[f"a{g}"]),
             exponent_sign=lambda e, g=g: sigma(-e[f"a{g}"]))
        for g in "ifo"
    ]  # fmt: skip
    th = lambda e: math.tanh(e["c"])  # noqa: E731
    return scalars(
        "lstm", given, *gates,
        line("g = tanh(ag)", lambda e: math.tanh(e["ag"]), function_forgotten=lambda e: e["ag"],
             another_function=lambda e: sigma(e["ag"])),
        line("c = f*c0 + i*g", lambda e: e["f"] * e["c0"] + e["i"] * e["g"],
             velocity_forgotten=lambda e: e["i"] * e["g"],
             operands_exchanged=lambda e: e["i"] * e["c0"] + e["f"] * e["g"]),
        line("h = o*tanh(c)", lambda e: e["o"] * th(e), factor_forgotten=th,
             function_forgotten=lambda e: e["o"] * e["c"]),
        line("C = ½(h - t)²", lambda e: (e["h"] - e["t"]) ** 2 / 2),
        line("dC/dh", lambda e: e["h"] - e["t"], sign=lambda e: e["t"] - e["h"]),
        line("dC/dc", lambda e: e["dC/dh"] * e["o"] * (1 - th(e) ** 2),
             f_prime_forgotten=lambda e: e["dC/dh"] * e["o"],
             weight_dropped=lambda e: e["dC/dh"] * (1 - th(e) ** 2),
             f_prime_formula_at_z=lambda e: e["dC/dh"] * e["o"] * (1 - e["c"] ** 2)),
        line("dC/do", lambda e: e["dC/dh"] * th(e), factor_forgotten=lambda e: e["dC/dh"],
             function_forgotten=lambda e: e["dC/dh"] * e["c"]),
        line("dC/dao", lambda e: e["dC/do"] * e["o"] * (1 - e["o"]),
             slope_cut=lambda e: e["dC/do"] * (1 - e["o"]),
             slope_of_another=lambda e: e["dC/do"] * (1 - e["o"] ** 2)),
        line("dC/daf", lambda e: e["dC/dc"] * e["c0"] * e["f"] * (1 - e["f"]),
             f_prime_forgotten=lambda e: e["dC/dc"] * e["c0"],
             weight_dropped=lambda e: e["dC/dc"] * e["f"] * (1 - e["f"]),
             wrong_number=lambda e: e["dC/dc"] * e["c"] * e["f"] * (1 - e["f"])),
        line("dC/dag", lambda e: e["dC/dc"] * e["i"] * (1 - e["g"] ** 2),
             slope_of_another=lambda e: e["dC/dc"] * e["i"] * e["g"] * (1 - e["g"]),
             wrong_number=lambda e: e["dC/dc"] * e["f"] * (1 - e["g"] ** 2)),
        line("dC/dc0", lambda e: e["dC/dc"] * e["f"], input_dropped=lambda e: e["dC/dc"],
             wrong_number=lambda e: e["dC/dc"] * e["i"]),
    )  # fmt: skip


def attention(rng):
    """One query and two tokens, with keys and values of one number each."""
    given = {"q": pick(rng), "k1": pick(rng), "k2": pick(rng), "v1": pick(rng), "v2": pick(rng),
             "d": 4, "t": pick(rng)}  # fmt: skip
    e1, e2 = (lambda e: math.exp(e["s1"])), (lambda e: math.exp(e["s2"]))
    share = lambda e: e1(e) / (e1(e) + e2(e))  # noqa: E731
    back = lambda e: e["p1"] * (e["dC/dp1"] - (e["p1"] * e["dC/dp1"] + e["p2"] * e["dC/dp2"]))  # noqa: E731
    return scalars(
        "attention", given,
        line("s1 = q*k1/sqrt(d)", lambda e: e["q"] * e["k1"] / 2,
             divisor_lost=lambda e: e["q"] * e["k1"],
             function_forgotten=lambda e: e["q"] * e["k1"] / 4),
        line("s2 = q*k2/sqrt(d)", lambda e: e["q"] * e["k2"] / 2,
             wrong_number=lambda e: e["q"] * e["k1"] / 2),
        line("p1 = exp(s1)/(exp(s1) + exp(s2))", share, softmax_unnormalized=e1),
        line("p2 = exp(s2)/(exp(s1) + exp(s2))", lambda e: 1 - share(e),
             wrong_number=share, operands_exchanged=share, softmax_unnormalized=e2),
        line("y = p1*v1 + p2*v2", lambda e: e["p1"] * e["v1"] + e["p2"] * e["v2"],
             operands_exchanged=lambda e: e["p1"] * e["v2"] + e["p2"] * e["v1"],
             term_forgotten=lambda e: e["p1"] * e["v1"]),
        line("C = (y - t)²", lambda e: (e["y"] - e["t"]) ** 2),
        line("dC/dy", lambda e: 2 * (e["y"] - e["t"]), two_lost=lambda e: e["y"] - e["t"]),
        line("dC/dp1", lambda e: e["dC/dy"] * e["v1"], wrong_number=lambda e: e["dC/dy"] * e["v2"]),
        line("dC/dp2", lambda e: e["dC/dy"] * e["v2"], weight_dropped=lambda e: e["dC/dy"]),
        line("dC/ds1", back,
             softmax_slope_alone=lambda e: e["dC/dp1"] * e["p1"] * (1 - e["p1"]),
             one_path=lambda e: e["p1"] * e["dC/dp1"]),
        line("dC/dk1", lambda e: e["dC/ds1"] * e["q"] / 2,
             divisor_lost=lambda e: e["dC/ds1"] * e["q"],
             input_dropped=lambda e: e["dC/ds1"] / 2),
        line("dC/dv1", lambda e: e["dC/dy"] * e["p1"], wrong_number=lambda e: e["dC/dy"] * e["p2"],
             input_dropped=lambda e: e["dC/dy"]),
    )  # fmt: skip


def batch_norm(rng):
    """A batch of three numbers; the cost is a product with fixed numbers."""
    given = {f"x{k}": pick(rng) for k in (1, 2, 3)} | {"gamma": pick(rng), "beta": pick(rng)}
    given |= {"g1": pick(rng), "g2": pick(rng), "g3": pick(rng)}
    x = lambda e, k: e[f"x{k}"]  # noqa: E731
    every = (1, 2, 3)

    def back(e, keeps_mean=True, keeps_spread=True):
        up = {k: e["gamma"] * e[f"g{k}"] / e["s"] for k in every}
        mean = sum(up.values()) / 3 * keeps_mean
        spread = e["n1"] * sum(up[k] * e[f"n{k}"] for k in every) / 3 * keeps_spread
        return up[1] - mean - spread

    normal = [
        line(f"n{k} = (x{k} - mu)/s", lambda e, k=k: (x(e, k) - e["mu"]) / e["s"],
             divisor_lost=lambda e, k=k: x(e, k) - e["mu"],
             wrong_number=lambda e, k=k: (x(e, k) - e["mu"]) / e["v"])
        for k in every
    ]  # fmt: skip
    return scalars(
        "batch norm", given,
        line("mu = (x1 + x2 + x3)/3", lambda e: sum(x(e, k) for k in every) / 3,
             mean_forgotten=lambda e: sum(x(e, k) for k in every)),
        line("v = ((x1 - mu)² + (x2 - mu)² + (x3 - mu)²)/3",
             lambda e: sum((x(e, k) - e["mu"]) ** 2 for k in every) / 3,
             sample_mean=lambda e: sum((x(e, k) - e["mu"]) ** 2 for k in every) / 2),
        line("s = sqrt(v + 0.001)", lambda e: math.sqrt(e["v"] + 0.001),
             function_forgotten=lambda e: e["v"] + 0.001),
        *normal,
        line("C = g1*(gamma*n1 + beta) + g2*(gamma*n2 + beta) + g3*(gamma*n3 + beta)",
             lambda e: sum(e[f"g{k}"] * (e["gamma"] * e[f"n{k}"] + e["beta"]) for k in every)),
        line("dC/dgamma", lambda e: sum(e[f"g{k}"] * e[f"n{k}"] for k in every),
             one_path=lambda e: e["g1"] * e["n1"],
             path_left_out=lambda e: e["g1"] * e["n1"] + e["g2"] * e["n2"]),
        line("dC/dbeta", lambda e: e["g1"] + e["g2"] + e["g3"], one_path=lambda e: e["g1"],
             mean_for_sum=lambda e: (e["g1"] + e["g2"] + e["g3"]) / 3),
        line("dC/dx1", back, held_constant=lambda e: back(e, True, False),
             path_left_out=lambda e: back(e, True, False),
             one_path=lambda e: back(e, False, False)),
    )  # fmt: skip


def embedding(rng):
    """A sentence of three words, two of which are the same."""
    given = {"a": pick(rng), "b": pick(rng), "u1": pick(rng), "u2": pick(rng), "u3": pick(rng),
             "t": pick(rng)}  # fmt: skip
    two = lambda e: e["u1"] * e["a"] + e["u2"] * e["b"]  # noqa: E731
    return scalars(
        "embedding", given,
        line("s = u1*a + u2*b + u3*a", lambda e: two(e) + e["u3"] * e["a"], term_forgotten=two,
             wrong_number=lambda e: two(e) + e["u3"] * e["b"]),
        line("h = tanh(s)", lambda e: math.tanh(e["s"])),
        line("C = ½(h - t)²", lambda e: (e["h"] - e["t"]) ** 2 / 2),
        line("dC/dh", lambda e: e["h"] - e["t"]),
        line("dC/ds", lambda e: e["dC/dh"] * (1 - e["h"] ** 2),
             f_prime_at_a=lambda e: e["dC/dh"] * (1 - math.tanh(e["h"]) ** 2)),
        line("dC/da", lambda e: e["dC/ds"] * (e["u1"] + e["u3"]),
             one_path=lambda e: e["dC/ds"] * e["u1"], one_path_last=lambda e: e["dC/ds"] * e["u3"],
             paths_multiplied=lambda e: e["dC/ds"] ** 2 * e["u1"] * e["u3"]),
        line("dC/db", lambda e: e["dC/ds"] * e["u2"], input_dropped=lambda e: e["dC/ds"]),
    )  # fmt: skip


def skip(rng):
    """A residual block: y = x + tanh(w*x + b)."""
    given = {"x": pick(rng), "w": pick(rng), "b": pick(rng), "t": pick(rng)}
    return scalars(
        "skip", given,
        line("z = w*x + b", lambda e: e["w"] * e["x"] + e["b"]),
        line("f = tanh(z)", lambda e: math.tanh(e["z"])),
        line("y = x + f", lambda e: e["x"] + e["f"], term_forgotten=lambda e: e["f"],
             wrong_number=lambda e: e["x"] + e["z"]),
        line("C = ½(y - t)²", lambda e: (e["y"] - e["t"]) ** 2 / 2),
        line("dC/dy", lambda e: e["y"] - e["t"], two_doubled=lambda e: 2 * (e["y"] - e["t"])),
        line("dC/df", lambda e: e["dC/dy"]),
        line("dC/dz", lambda e: e["dC/df"] * (1 - e["f"] ** 2),
             f_prime_forgotten=lambda e: e["dC/df"],
             slope_of_another=lambda e: e["dC/df"] * e["f"] * (1 - e["f"])),
        line("dC/dw", lambda e: e["dC/dz"] * e["x"], input_dropped=lambda e: e["dC/dz"]),
        line("dC/dx", lambda e: e["dC/dy"] + e["dC/dz"] * e["w"],
             one_path=lambda e: e["dC/dz"] * e["w"], one_path_last=lambda e: e["dC/dy"],
             input_dropped=lambda e: e["dC/dy"] + e["dC/dz"],
             paths_multiplied=lambda e: e["dC/dy"] * e["dC/dz"] * e["w"]),
    )  # fmt: skip


def temperature(rng):
    given = {"z1": pick(rng), "z2": pick(rng), "T": size(rng, 1.2, 2.9)}
    u = lambda e, k: math.exp(e[f"z{k}"] / e["T"])  # noqa: E731
    plain = lambda e, k: math.exp(e[f"z{k}"])  # noqa: E731
    share = lambda e, f: f(e, 1) / (f(e, 1) + f(e, 2))  # noqa: E731
    return scalars(
        "temperature", given,
        line("p1 = exp(z1/T)/(exp(z1/T) + exp(z2/T))", lambda e: share(e, u),
             divisor_lost=lambda e: share(e, plain), softmax_unnormalized=lambda e: u(e, 1),
             product_for_quotient=lambda e: share(e, lambda e, k: math.exp(e[f"z{k}"] * e["T"]))),
        line("L = -ln(p1)", lambda e: -math.log(e["p1"]), log10=lambda e: -math.log10(e["p1"]),
             minus=lambda e: math.log(e["p1"])),
        line("dL/dz1", lambda e: (e["p1"] - 1) / e["T"], divisor_lost=lambda e: e["p1"] - 1,
             one_hot=lambda e: e["p1"] / e["T"], sign=lambda e: (1 - e["p1"]) / e["T"],
             product_for_quotient=lambda e: (e["p1"] - 1) * e["T"],
             softmax_slope_alone=lambda e: e["p1"] * (1 - e["p1"]) / e["T"]),
        line("dL/dz2", lambda e: (1 - e["p1"]) / e["T"], sign=lambda e: (e["p1"] - 1) / e["T"]),
    )  # fmt: skip


def leaky(rng):
    given = {"x": -size(rng), "w": size(rng), "v": pick(rng), "t": pick(rng)}
    return scalars(
        "leaky", given,
        line("z = w*x", lambda e: e["w"] * e["x"]),
        line("a = leaky_relu(z)", lambda e: 0.01 * e["z"], function_forgotten=lambda e: e["z"],
             another_function=lambda e: 0.0),
        line("y = v*a", lambda e: e["v"] * e["a"]),
        line("C = ½(y - t)²", lambda e: (e["y"] - e["t"]) ** 2 / 2),
        line("dC/dy", lambda e: e["y"] - e["t"], sign=lambda e: e["t"] - e["y"]),
        line("dC/da", lambda e: e["dC/dy"] * e["v"], weight_dropped=lambda e: e["dC/dy"]),
        line("dC/dz", lambda e: 0.01 * e["dC/da"], f_prime_forgotten=lambda e: e["dC/da"],
             f_for_f_prime=lambda e: e["dC/da"] * e["a"]),
        line("dC/dw", lambda e: e["dC/dz"] * e["x"], input_dropped=lambda e: e["dC/dz"],
             wrong_number=lambda e: e["dC/dz"] * e["v"]),
    )  # fmt: skip


def gelu(rng):
    """The approximation of GELU with tanh, step by step."""
    given = {"x": pick(rng), "k": 0.7979, "v": pick(rng)}
    return scalars(
        "gelu", given,
        line("u = k*(x + 0.0447*x^3)", lambda e: e["k"] * (e["x"] + 0.0447 * e["x"] ** 3),
             factor_forgotten=lambda e: e["x"] + 0.0447 * e["x"] ** 3,
             term_forgotten=lambda e: e["k"] * e["x"]),
        line("h = tanh(u)", lambda e: math.tanh(e["u"]), another_function=lambda e: sigma(e["u"])),
        line("a = ½*x*(1 + h)", lambda e: e["x"] * (1 + e["h"]) / 2,
             mean_forgotten=lambda e: e["x"] * (1 + e["h"]),
             brackets_ignored=lambda e: e["x"] / 2 + e["h"],
             sign_of_term=lambda e: e["x"] * (1 - e["h"]) / 2),
        line("y = v*a", lambda e: e["v"] * e["a"]),
        line("du/dx", lambda e: e["k"] * (1 + 3 * 0.0447 * e["x"] ** 2),
             power_factor=lambda e: e["k"] * (1 + 0.0447 * e["x"] ** 2),
             power_rule=lambda e: e["k"] * (1 + 3 * 0.0447 * e["x"] ** 3)),
        line("dy/dx", lambda e: e["v"] / 2 * (1 + e["h"] + e["x"] * (1 - e["h"] ** 2) * e["du/dx"]),
             product_rule=lambda e: e["v"] / 2 * (1 + e["h"]),
             one_layer=lambda e: e["v"] / 2 * e["x"] * (1 - e["h"] ** 2) * e["du/dx"],
             f_prime_forgotten=lambda e: e["v"] / 2 * (1 + e["h"] + e["x"] * e["du/dx"]),
             weight_dropped=lambda e: (1 + e["h"] + e["x"] * (1 - e["h"] ** 2) * e["du/dx"]) / 2),
    )  # fmt: skip


def tied(rng):
    """One weight in two layers, and two examples."""
    given = {"x1": pick(rng), "x2": pick(rng), "w": pick(rng), "b": pick(rng), "t1": pick(rng),
             "t2": pick(rng)}  # fmt: skip
    hidden = [
        line(f"h{k} = tanh(w*x{k} + b)", lambda e, k=k: math.tanh(e["w"] * e[f"x{k}"] + e["b"]),
             bias_forgotten=lambda e, k=k: math.tanh(e["w"] * e[f"x{k}"]))
        for k in (1, 2)
    ]  # fmt: skip
    outputs = [line(f"y{k} = w*h{k}", lambda e, k=k: e["w"] * e[f"h{k}"]) for k in (1, 2)]
    errors = [line(f"dC/dy{k}", lambda e, k=k: e[f"y{k}"] - e[f"t{k}"],
                   sign=lambda e, k=k: e[f"t{k}"] - e[f"y{k}"]) for k in (1, 2)]  # fmt: skip
    z = lambda e, k: e[f"dC/dy{k}"] * e["w"] * (1 - e[f"h{k}"] ** 2)  # noqa: E731
    out = lambda e: sum(e[f"dC/dy{k}"] * e[f"h{k}"] for k in (1, 2))  # noqa: E731
    return scalars(
        "tied", given, *hidden, *outputs,
        line("C = ½(y1 - t1)² + ½(y2 - t2)²",
             lambda e: sum((e[f"y{k}"] - e[f"t{k}"]) ** 2 for k in (1, 2)) / 2,
             term_forgotten=lambda e: (e["y1"] - e["t1"]) ** 2 / 2),
        *errors,
        line("dC/db", lambda e: z(e, 1) + z(e, 2), one_path=lambda e: z(e, 1),
             mean_for_sum=lambda e: (z(e, 1) + z(e, 2)) / 2,
             bias_times_input=lambda e: z(e, 1) * e["x1"] + z(e, 2) * e["x2"],
             f_prime_forgotten=lambda e: sum(e[f"dC/dy{k}"] * e["w"] for k in (1, 2))),
        line("dC/dw", lambda e: out(e) + sum(z(e, k) * e[f"x{k}"] for k in (1, 2)),
             one_layer=rng.choice((out, lambda e: sum(z(e, k) * e[f"x{k}"] for k in (1, 2)))),
             path_left_out=lambda e: out(e) + z(e, 1) * e["x1"]),
    )  # fmt: skip


def batch(rng):
    """Two examples, the rows of a matrix, in one layer."""
    pair = lambda: [pick(rng), pick(rng)]  # noqa: E731
    given = {"X": [pair(), pair()], "W": [pair(), pair()], "b": pair()}
    y = lambda e: [plus(times(turned(e["W"]), x), e["b"]) for x in e["X"]]  # noqa: E731
    columns = lambda e: [sum(column) for column in turned(e["Y"])]  # noqa: E731
    lines = [
        Line("Y = X @ W + b", "Y", y, {}),
        line("L = sum(Y²)/2", lambda e: sum(a * a for row in e["Y"] for a in row) / 2),
        Line("dL/db", "dL/db", columns,
             {"wrong-axis": lambda e: [sum(row) for row in e["Y"]],
              "one-path": lambda e: list(e["Y"][0])}),
    ]  # fmt: skip
    return Paper("batch", given, lines)
