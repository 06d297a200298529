"""More papers with single numbers: steps, sums over examples, softmax, gates, shared weights."""

import math

from machine import line, pick, scalars, sigma, size


def descent(rng, is_short=False):
    """Two steps of gradient descent; a short one writes the gradients in the updates only."""
    given = {"x": pick(rng), "t": pick(rng), "w": pick(rng), "b": pick(rng)}
    error = lambda e, w="w": e[w] * e["x"] + e["b"] - e["t"]  # noqa: E731
    slope = lambda e: 2 * error(e) * e["x"]  # noqa: E731
    step = lambda g: lambda e: e["w"] - 0.1 * g(e)  # noqa: E731
    before = lambda e: slope(e["before"])  # noqa: E731
    first = [
        line("y = w*x + b", lambda e: e["w"] * e["x"] + e["b"]),
        line("C = (y - t)²", lambda e: (e["y"] - e["t"]) ** 2),
        line("w' = w - 0.1*dC/dw", step(slope), not_updated=lambda e: e["w"]),
        line("dC/db", lambda e: 2 * error(e), after_update=lambda e: 2 * error(e, "w'")),
        line("b' = b - 0.1*dC/db", lambda e: e["b"] - 0.1 * e["dC/db"]),
    ]
    second = [
        line("y", lambda e: e["w"] * e["x"] + e["b"],
             old_value=lambda e: e["before"]["w"] * e["x"] + e["b"]),
        line("C", lambda e: (e["y"] - e["t"]) ** 2),
        line("w'", step(slope), stale_step=step(before),
             accumulated_step=step(lambda e: slope(e) + before(e))),
    ]  # fmt: skip
    if not is_short:
        first.insert(2, line("dC/dw", slope))
        second.insert(2, line("dC/dw", slope, stale=before,
                              accumulated=lambda e: slope(e) + before(e)))  # fmt: skip
    paper = scalars(f"descent {is_short}", given, *first, *second)
    paper.lines.insert(len(first), None)
    return paper


def dropout(rng):
    given = {"x": pick(rng), "w": pick(rng), "m": 1, "keep": 0.8, "v": pick(rng), "t": pick(rng)}
    return scalars(
        "dropout", given,
        line("h = tanh(w*x)", lambda e: math.tanh(e["w"] * e["x"])),
        line("d = m*h/keep", lambda e: e["h"] / 0.8, divisor_lost=lambda e: e["h"],
             product_for_quotient=lambda e: e["h"] * 0.8),
        line("y = v*d", lambda e: e["v"] * e["d"], wrong_number=lambda e: e["v"] * e["h"]),
        line("C = ½(y - t)²", lambda e: (e["y"] - e["t"]) ** 2 / 2),
        line("dC/dd", lambda e: (e["y"] - e["t"]) * e["v"]),
        line("dC/dh", lambda e: e["dC/dd"] / 0.8, divisor_lost=lambda e: e["dC/dd"],
             product_for_quotient=lambda e: e["dC/dd"] * 0.8),
    )  # fmt: skip


def softmax_by_hand(rng):
    given = {"z1": pick(rng), "z2": pick(rng), "z3": pick(rng)}
    exps = lambda e: [math.exp(e[f"z{k}"]) for k in (1, 2, 3)]  # noqa: E731
    p = lambda e, k: e[f"p{k}"]  # noqa: E731
    shares = [
        line(f"p{k} = exp(z{k})/s", lambda e, k=k: exps(e)[k - 1] / e["s"],
             softmax_unnormalized=lambda e, k=k: exps(e)[k - 1])
        for k in (1, 2, 3)
    ]  # fmt: skip
    return scalars(
        "softmax by hand", given,
        line("s = exp(z1) + exp(z2) + exp(z3)", lambda e: sum(exps(e)),
             term_forgotten=lambda e: sum(exps(e)[:2])),
        *shares,
        line("L = -ln(p2)", lambda e: -math.log(e["p2"]), log10=lambda e: -math.log10(e["p2"])),
        line("dL/dz1", lambda e: p(e, 1),
             softmax_slope_alone=lambda e: p(e, 1) * (1 - p(e, 1)),
             slope_after_cross_entropy=lambda e: p(e, 1) ** 2 * (1 - p(e, 1))),
        line("dL/dz2", lambda e: p(e, 2) - 1, one_hot=lambda e: p(e, 2),
             softmax_slope_alone=lambda e: p(e, 2) * (1 - p(e, 2))),
    )  # fmt: skip


def squares_of_softmax(rng):
    """Half the squared error of softmax, whose slopes every p contributes to."""
    given = {"z": [pick(rng) for _ in range(3)], "t": [0, 1, 0]}

    def shares(e):
        exps = [math.exp(z) for z in e["z"]]
        return [x / sum(exps) for x in exps]

    def back(e):
        p, errors = shares(e), [p - t for p, t in zip(shares(e), e["t"], strict=True)]
        mean = sum(d * q for d, q in zip(errors, p, strict=True))
        return [q * (d - mean) for d, q in zip(errors, p, strict=True)]

    def alone(e):
        return [(p - t) * p * (1 - p) for p, t in zip(shares(e), e["t"], strict=True)]

    lines = [
        line("p = softmax(z)", shares),
        line("C = sum(½(p - t)²)",
             lambda e: sum((p - t) ** 2 for p, t in zip(e["p"], e["t"], strict=True)) / 2),
        line("dC/dz", back, softmax_slope_alone=alone),
    ]  # fmt: skip
    paper = scalars("squares of softmax", given, *lines)
    for one in (lines[0], lines[2]):  # vectors, for which there are no slips of the pen
        one.slips = {key: made for key, made in one.slips.items() if key == "softmax-slope-alone"}
    return paper


def summed_loss(rng, m=3):
    xs, ts = ([pick(rng) for _ in range(m)] for _ in "xt")
    errors = lambda e: [e["w"] * x - t for x, t in zip(xs, ts, strict=True)]  # noqa: E731
    cost = lambda e: sum(d * d for d in errors(e))  # noqa: E731
    slope = lambda e: 2 * sum(d * x for d, x in zip(errors(e), xs, strict=True))  # noqa: E731
    return scalars(
        f"summed loss {m}", {"x": xs, "t": ts, "w": pick(rng)},
        line("C = sum((w*x - t)²)", cost, mean_for_sum=lambda e: cost(e) / m),
        line("dC/dw", slope, mean_for_sum=lambda e: slope(e) / m, two_lost=lambda e: slope(e) / 2,
             one_path=lambda e: 2 * errors(e)[0] * xs[0]),
    )  # fmt: skip


def products(rng):
    given = {"x": size(rng)}
    return scalars(
        "products", given,
        line("y = x^2*exp(x)", lambda e: e["x"] ** 2 * math.exp(e["x"])),
        line("q = sin(x)/x", lambda e: math.sin(e["x"]) / e["x"],
             degrees=lambda e: math.sin(math.radians(e["x"])) / e["x"]),
        line("c = x^4", lambda e: e["x"] ** 4),
        line("r = sqrt(3*x)", lambda e: math.sqrt(3 * e["x"])),
        line("dr/dx", lambda e: 1.5 / e["r"], power_factor=lambda e: 3 / e["r"],
             input_dropped=lambda e: 0.5 / e["r"]),
        line("dc/dx", lambda e: 4 * e["x"] ** 3, power_factor=lambda e: e["x"] ** 3,
             power_rule=lambda e: 4 * e["x"] ** 4),
        line("dy/dx", lambda e: (2 * e["x"] + e["x"] ** 2) * math.exp(e["x"]),
             product_rule=lambda e: 2 * e["x"] * math.exp(e["x"]),
             paths_multiplied=lambda e: 2 * e["x"] ** 3 * math.exp(2 * e["x"])),
        line("dq/dx", lambda e: math.cos(e["x"]) / e["x"] - math.sin(e["x"]) / e["x"] ** 2,
             product_rule=lambda e: math.cos(e["x"]) / e["x"],
             divisor_square=lambda e: math.cos(e["x"]) - math.sin(e["x"]) / e["x"],
             quotient_sign=lambda e: math.cos(e["x"]) / e["x"] + math.sin(e["x"]) / e["x"] ** 2),
    )  # fmt: skip


def two_examples(rng):
    given = {"x1": pick(rng), "x2": pick(rng), "t1": pick(rng), "t2": pick(rng), "w": pick(rng)}
    error = lambda e, k: e[f"y{k}"] - e[f"t{k}"]  # noqa: E731
    return scalars(
        "two examples", given,
        line("y1 = w*x1", lambda e: e["w"] * e["x1"]),
        line("y2 = w*x2", lambda e: e["w"] * e["x2"], wrong_number=lambda e: e["w"] * e["x1"]),
        line("d1 = y1 - t1", lambda e: error(e, 1), difference_turned=lambda e: -error(e, 1)),
        line("d2 = y2 - t2", lambda e: error(e, 2),
             wrong_number=lambda e: e["y2"] - e["t1"], sign_of_term=lambda e: e["y2"] + e["t2"]),
        line("L = ½(d1² + d2²)", lambda e: (e["d1"] ** 2 + e["d2"] ** 2) / 2,
             two_doubled=lambda e: e["d1"] ** 2 + e["d2"] ** 2,
             term_forgotten=lambda e: e["d1"] ** 2 / 2),
        line("dL/dw", lambda e: e["d1"] * e["x1"] + e["d2"] * e["x2"],
             path_sign=lambda e: e["d1"] * e["x1"] - e["d2"] * e["x2"],
             one_path=lambda e: e["d1"] * e["x1"], one_path_last=lambda e: e["d2"] * e["x2"],
             wrong_number=lambda e: e["d1"] * e["x1"] + e["d2"] * e["x1"],
             mean_for_sum=lambda e: (e["d1"] * e["x1"] + e["d2"] * e["x2"]) / 2,
             two_lost=lambda e: (e["d1"] * e["x1"] + e["d2"] * e["x2"]) / 2),
    )  # fmt: skip


def convolution(rng):
    given = {f"x{k}": pick(rng) for k in (1, 2, 3)} | {"k1": pick(rng), "k2": pick(rng)}
    return scalars(
        "convolution", given,
        line("y1 = k1*x1 + k2*x2", lambda e: e["k1"] * e["x1"] + e["k2"] * e["x2"],
             operands_exchanged=lambda e: e["k1"] * e["x2"] + e["k2"] * e["x1"]),
        line("y2 = k1*x2 + k2*x3", lambda e: e["k1"] * e["x2"] + e["k2"] * e["x3"],
             wrong_number=lambda e: e["k1"] * e["x1"] + e["k2"] * e["x3"]),
        line("C = ½y1² + ½y2²", lambda e: (e["y1"] ** 2 + e["y2"] ** 2) / 2),
        line("dC/dk1", lambda e: e["y1"] * e["x1"] + e["y2"] * e["x2"],
             one_path=lambda e: e["y1"] * e["x1"], one_path_last=lambda e: e["y2"] * e["x2"]),
        line("dC/dx2", lambda e: e["y1"] * e["k2"] + e["y2"] * e["k1"],
             one_path=lambda e: e["y1"] * e["k2"],
             operands_exchanged=lambda e: e["y1"] * e["k1"] + e["y2"] * e["k2"]),
    )  # fmt: skip


def gated(rng):
    """A gate as of a GRU: h = (1 − z)·h0 + z·n."""
    given = {"a": pick(rng), "c": pick(rng), "h0": pick(rng), "t": pick(rng)}
    return scalars(
        "gated", given,
        line("z = sigmoid(a)", lambda e: sigma(e["a"]), exponent_sign=lambda e: sigma(-e["a"])),
        line("n = tanh(c)", lambda e: math.tanh(e["c"]),
             another_function=lambda e: sigma(e["c"])),
        line("h = (1 - z)*h0 + z*n", lambda e: (1 - e["z"]) * e["h0"] + e["z"] * e["n"],
             operands_exchanged=lambda e: e["z"] * e["h0"] + (1 - e["z"]) * e["n"],
             brackets_ignored=lambda e: 1 - e["z"] * e["h0"] + e["z"] * e["n"]),
        line("C = (h - t)²", lambda e: (e["h"] - e["t"]) ** 2),
        line("dC/dh", lambda e: 2 * (e["h"] - e["t"]), two_lost=lambda e: e["h"] - e["t"]),
        line("dC/dz", lambda e: e["dC/dh"] * (e["n"] - e["h0"]),
             path_sign=lambda e: e["dC/dh"] * (e["n"] + e["h0"]),
             minus=lambda e: e["dC/dh"] * (e["n"] + e["h0"]),
             one_path=lambda e: e["dC/dh"] * e["n"], one_path_last=lambda e: -e["dC/dh"] * e["h0"]),
        line("dC/da", lambda e: e["dC/dz"] * e["z"] * (1 - e["z"]),
             f_prime_formula_at_z=lambda e: e["dC/dz"] * e["a"] * (1 - e["a"]),
             slope_of_another=lambda e: e["dC/dz"] * (1 - e["z"] ** 2)),
    )  # fmt: skip


def normalization(rng):
    xs = [pick(rng) for _ in range(4)]
    return scalars(
        "normalization", {"x": xs},
        line("mu = mean(x)", lambda e: sum(xs) / 4, mean_forgotten=lambda e: sum(xs)),
        line("v = mean((x - mu)²)", lambda e: sum((x - e["mu"]) ** 2 for x in xs) / 4,
             mean_forgotten=lambda e: sum((x - e["mu"]) ** 2 for x in xs),
             sample_mean=lambda e: sum((x - e["mu"]) ** 2 for x in xs) / 3),
        line("s = sqrt(v + 0.01)", lambda e: math.sqrt(e["v"] + 0.01),
             function_forgotten=lambda e: e["v"] + 0.01,
             term_forgotten=lambda e: math.sqrt(e["v"])),
        line("n = (x[1] - mu)/s", lambda e: (xs[0] - e["mu"]) / e["s"],
             divisor_lost=lambda e: xs[0] - e["mu"],
             brackets_ignored=lambda e: xs[0] - e["mu"] / e["s"],
             wrong_number=lambda e: (xs[0] - e["mu"]) / e["v"]),
        line("dn/dx[2]", lambda e: -(1 + (xs[0] - e["mu"]) * (xs[1] - e["mu"]) / e["s"] ** 2)
             / (4 * e["s"]),
             held_constant=lambda e: -1 / (4 * e["s"]), one_path=lambda e: -1 / (4 * e["s"]),
             product_rule=lambda e: -1 / (4 * e["s"])),
    )  # fmt: skip
