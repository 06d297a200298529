"""Papers with single numbers, as in textbooks and exams."""

import math

from machine import F, line, pick, scalars, sigma, size


def neuron(rng, f="sigmoid"):
    value, slope = F[f]
    given = {"x": pick(rng), "w": pick(rng), "b": pick(rng), "v": pick(rng), "t": pick(rng)}
    return scalars(
        f"neuron {f}", given,
        line("z = w*x + b", lambda e: e["w"] * e["x"] + e["b"],
             bias_forgotten=lambda e: e["w"] * e["x"], factor_forgotten=lambda e: e["w"] + e["b"],
             sign_of_term=lambda e: e["w"] * e["x"] - e["b"],
             sum_for_product=lambda e: e["w"] + e["x"] + e["b"]),
        line(f"a = {f}(z)", lambda e: value(e["z"]), function_forgotten=lambda e: e["z"]),
        line("y = v*a", lambda e: e["v"] * e["a"], wrong_number=lambda e: e["v"] * e["z"]),
        line("C = ½(y - t)²", lambda e: (e["y"] - e["t"]) ** 2 / 2,
             two_doubled=lambda e: (e["y"] - e["t"]) ** 2, square=lambda e: (e["y"] - e["t"]) / 2,
             brackets_ignored=lambda e: (e["y"] - e["t"] ** 2) / 2),
        line("dC/dy", lambda e: e["y"] - e["t"], sign=lambda e: e["t"] - e["y"],
             two_doubled=lambda e: 2 * (e["y"] - e["t"])),
        line("dC/dv", lambda e: e["dC/dy"] * e["a"], input_dropped=lambda e: e["dC/dy"],
             upstream_dropped=lambda e: e["a"], wrong_number=lambda e: e["dC/dy"] * e["z"]),
        line("dC/dz", lambda e: e["dC/dy"] * e["v"] * slope(e["z"], e["a"]),
             f_prime_forgotten=lambda e: e["dC/dy"] * e["v"],
             weight_dropped=lambda e: e["dC/dy"] * slope(e["z"], e["a"]),
             f_for_f_prime=lambda e: e["dC/dy"] * e["v"] * e["a"]),
        line("dC/dw", lambda e: e["dC/dz"] * e["x"], input_dropped=lambda e: e["dC/dz"],
             wrong_number=lambda e: e["dC/dz"] * e["v"]),
        line("dC/db", lambda e: e["dC/dz"], bias_times_input=lambda e: e["dC/dz"] * e["x"]),
        line("w' = w - 0.1*dC/dw", lambda e: e["w"] - 0.1 * e["dC/dw"],
             ascent=lambda e: e["w"] + 0.1 * e["dC/dw"],
             rate_forgotten=lambda e: e["w"] - e["dC/dw"],
             rate_twice=lambda e: e["w"] - 0.01 * e["dC/dw"], step_alone=lambda e: 0.1 * e["dC/dw"],
             point_moved=lambda e: e["w"] - 0.01 * e["dC/dw"]),
    )  # fmt: skip


def regression(rng, m=4, inside_update=False):
    xs, ts = ([pick(rng) for _ in range(m)] for _ in "xt")
    errors = lambda e: [e["w"] * x + e["b"] - t for x, t in zip(xs, ts, strict=True)]  # noqa: E731
    slope = lambda e: 2 / m * sum(d * x for d, x in zip(errors(e), xs, strict=True))  # noqa: E731
    lines = [
        line("C = mean((w*x + b - t)²)", lambda e: sum(d * d for d in errors(e)) / m,
             mean_forgotten=lambda e: sum(d * d for d in errors(e)),
             sample_mean=lambda e: sum(d * d for d in errors(e)) / (m - 1),
             two_lost=lambda e: sum(d * d for d in errors(e)) / m / 2),
    ]  # fmt: skip
    if not inside_update:
        lines += [
            line("dC/dw", slope,
                 mean_forgotten=lambda e: m * slope(e), two_lost=lambda e: slope(e) / 2,
                 input_dropped=lambda e: 2 / m * sum(errors(e)), sign=lambda e: -slope(e),
                 mean_twice=lambda e: slope(e) / m),
            line("dC/db", lambda e: 2 / m * sum(errors(e)),
                 mean_forgotten=lambda e: 2 * sum(errors(e)), bias_times_input=slope),
        ]  # fmt: skip
    g = slope if inside_update else lambda e: e["dC/dw"]
    inner = {"mean_forgotten": lambda e: e["w"] - 0.05 * m * g(e),
             "two_lost": lambda e: e["w"] - 0.05 * g(e) / 2} if inside_update else {}  # fmt: skip
    lines.append(
        line("w' = w - 0.05*dC/dw", lambda e: e["w"] - 0.05 * g(e),
             ascent=lambda e: e["w"] + 0.05 * g(e), rate_forgotten=lambda e: e["w"] - g(e),
             step_alone=lambda e: 0.05 * g(e), **inner)
    )  # fmt: skip
    given = {"x": xs, "t": ts, "w": pick(rng), "b": pick(rng)}
    return scalars(f"regression {m} {inside_update}", given, *lines)


def momentum(rng):
    given = {"x": pick(rng), "w": pick(rng), "t": pick(rng), "v0": pick(rng)}
    slope = lambda e: 2 * (e["w"] * e["x"] - e["t"]) * e["x"]  # noqa: E731
    return scalars(
        "momentum", given,
        line("C = (w*x - t)²", lambda e: (e["w"] * e["x"] - e["t"]) ** 2),
        line("dC/dw", slope, two_lost=lambda e: slope(e) / 2, sign=lambda e: -slope(e),
             two_twice=lambda e: 2 * slope(e)),
        line("v1 = 0.9*v0 + dC/dw", lambda e: 0.9 * e["v0"] + e["dC/dw"],
             velocity_forgotten=lambda e: e["dC/dw"],
             share_added=lambda e: 0.9 * e["v0"] + 0.1 * e["dC/dw"],
             factor_forgotten=lambda e: e["v0"] + e["dC/dw"]),
        line("w' = w - 0.1*v1", lambda e: e["w"] - 0.1 * e["v1"],
             sign_of_term=lambda e: e["w"] + 0.1 * e["v1"],
             factor_forgotten=lambda e: e["w"] - e["v1"],
             wrong_number=lambda e: e["w"] - 0.1 * e["v0"]),
    )  # fmt: skip


def adam(rng):
    given = {"w": pick(rng), "g": pick(rng), "m": pick(rng), "v": size(rng), "b1": 0.9, "b2": 0.99}
    m1, v1 = (lambda e: e["m1"] / (1 - 0.9**3)), (lambda e: e["v1"] / (1 - 0.99**3))
    return scalars(
        "adam", given,
        line("m1 = b1*m + (1 - b1)*g", lambda e: 0.9 * e["m"] + 0.1 * e["g"],
             share_forgotten=lambda e: 0.9 * e["m"] + e["g"],
             shares_exchanged=lambda e: 0.1 * e["m"] + 0.9 * e["g"],
             velocity_forgotten=lambda e: 0.1 * e["g"]),
        line("v1 = b2*v + (1 - b2)*g^2", lambda e: 0.99 * e["v"] + 0.01 * e["g"] ** 2,
             share_forgotten=lambda e: 0.99 * e["v"] + e["g"] ** 2,
             square=lambda e: 0.99 * e["v"] + 0.01 * e["g"]),
        line("mh = m1/(1 - b1^3)", m1, correction_forgotten=lambda e: e["m1"],
             correction_power=lambda e: e["m1"] / 0.1,
             correction_step=lambda e: e["m1"] / (1 - 0.9**2)),
        line("vh = v1/(1 - b2^3)", v1, correction_forgotten=lambda e: e["v1"],
             correction_power=lambda e: e["v1"] / 0.01),
        line("w' = w - 0.1*mh/sqrt(vh)", lambda e: e["w"] - 0.1 * e["mh"] / math.sqrt(e["vh"]),
             function_forgotten=lambda e: e["w"] - 0.1 * e["mh"] / e["vh"],
             sign_of_term=lambda e: e["w"] + 0.1 * e["mh"] / math.sqrt(e["vh"]),
             wrong_number=lambda e: e["w"] - 0.1 * e["m1"] / math.sqrt(e["vh"])),
    )  # fmt: skip


def adam_in_one_line(rng):
    given = {"w": pick(rng), "m1": pick(rng), "v1": size(rng), "b1": 0.9, "b2": 0.999}
    step = lambda m, v: lambda e: e["w"] - 0.1 * e["m1"] / m / math.sqrt(e["v1"] / v)  # noqa: E731
    return scalars(
        "adam in one line", given,
        line("w' = w - 0.1*(m1/(1 - b1^2))/sqrt(v1/(1 - b2^2))", step(1 - 0.81, 1 - 0.998001),
             correction_forgotten=rng.choice((step(1, 1), step(1, 1 - 0.998001), step(0.19, 1))),
             correction_power=step(0.1, 0.001)),
    )  # fmt: skip


def functions(rng):
    given = {"x": size(rng), "k": size(rng, 1.2, 2.5)}
    inner = lambda e: e["k"] * e["x"]  # noqa: E731
    return scalars(
        "functions", given,
        line("u = k*x", inner, sum_for_product=lambda e: e["k"] + e["x"]),
        line("p = sin(u)", lambda e: math.sin(e["u"]),
             degrees=lambda e: math.sin(math.radians(e["u"]))),
        line("q = u^3", lambda e: e["u"] ** 3),
        line("r = exp(-u)", lambda e: math.exp(-e["u"]), exponent_sign=lambda e: math.exp(e["u"])),
        line("s = ln(u)", lambda e: math.log(e["u"]), log10=lambda e: math.log10(e["u"])),
        line("dp/dx", lambda e: e["k"] * math.cos(e["u"]),
             f_for_f_prime=lambda e: e["k"] * math.sin(e["u"]),
             degrees=lambda e: e["k"] * math.cos(math.radians(e["u"])),
             input_dropped=lambda e: math.cos(e["u"])),
        line("dq/dx", lambda e: 3 * e["u"] ** 2 * e["k"],
             power_rule=lambda e: 3 * e["u"] ** 3 * e["k"],
             input_dropped=lambda e: 3 * e["u"] ** 2),
        line("dr/dx", lambda e: -e["k"] * e["r"], minus=lambda e: e["k"] * e["r"],
             exp_power_rule=lambda e: e["k"] * e["u"] * math.exp(-e["u"] - 1)),
        line("ds/dx", lambda e: e["k"] / e["u"], log10=lambda e: e["k"] / e["u"] / math.log(10),
             f_for_f_prime=lambda e: e["k"] * e["s"]),
    )  # fmt: skip


def quotients(rng):
    given = {"a": pick(rng), "b": size(rng, 1.2, 2.9), "c": pick(rng)}
    return scalars(
        "quotients", given,
        line("q = (a + c)/b", lambda e: (e["a"] + e["c"]) / e["b"],
             brackets_ignored=lambda e: e["a"] + e["c"] / e["b"],
             divisor_lost=lambda e: e["a"] + e["c"],
             quotient_turned=lambda e: e["b"] / (e["a"] + e["c"])),
        line("r = 1/b", lambda e: 1 / e["b"]),
        line("dq/db", lambda e: -e["q"] / e["b"], quotient_sign=lambda e: e["q"] / e["b"],
             reciprocal_slope=lambda e: -e["q"]),
        line("dq/da", lambda e: 1 / e["b"], divisor_lost=lambda e: 1.0),
        line("dr/db", lambda e: -1 / e["b"] ** 2, reciprocal_slope=lambda e: -1 / e["b"],
             quotient_sign=lambda e: 1 / e["b"] ** 2),
    )  # fmt: skip


def paths(rng):
    given = {"x": size(rng), "w": size(rng), "k": size(rng, 1.2, 2.5)}
    return scalars(
        "paths", given,
        line("u = w*x", lambda e: e["w"] * e["x"]),
        line("v = k*x", lambda e: e["k"] * e["x"]),
        line("y = u*exp(v)", lambda e: e["u"] * math.exp(e["v"])),
        line("g = max(u, v)", lambda e: max(e["u"], e["v"])),
        line("dy/dx", lambda e: (e["w"] + e["u"] * e["k"]) * math.exp(e["v"]),
             product_rule=lambda e: e["w"] * math.exp(e["v"]),
             paths_multiplied=lambda e: e["w"] * e["u"] * e["k"] * math.exp(e["v"]) ** 2),
        line("dg/dx", lambda e: e["w"] if e["u"] >= e["v"] else e["k"],
             gate_both=lambda e: e["w"] + e["k"],
             gate_other=lambda e: e["k"] if e["u"] >= e["v"] else e["w"]),
    )  # fmt: skip


def penalty(rng):
    given = {"x": pick(rng), "w": pick(rng), "t": pick(rng)}
    error = lambda e: e["w"] * e["x"] - e["t"]  # noqa: E731
    return scalars(
        "penalty", given,
        line("C = ½(w*x - t)² + 0.3*½*w²", lambda e: error(e) ** 2 / 2 + 0.15 * e["w"] ** 2,
             term_forgotten=lambda e: error(e) ** 2 / 2),
        line("D = ½(w*x - t)² + 0.7*abs(w)", lambda e: error(e) ** 2 / 2 + 0.7 * abs(e["w"])),
        line("dC/dw", lambda e: error(e) * e["x"] + 0.3 * e["w"],
             two_doubled=lambda e: error(e) * e["x"] + 0.6 * e["w"],
             two_lost=lambda e: error(e) * e["x"] + 0.15 * e["w"],
             one_path=lambda e: error(e) * e["x"]),
        line("dD/dw", lambda e: error(e) * e["x"] + math.copysign(0.7, e["w"]),
             abs_slope=lambda e: error(e) * e["x"] + 1.4 * e["w"]),
    )  # fmt: skip


def recurrent(rng, steps=3):
    given = {"w": pick(rng, 0.3, 0.9), "r": pick(rng, 0.3, 0.9), "t": pick(rng), "h0": pick(rng)}
    given |= {f"x{k}": pick(rng) for k in range(1, steps + 1)}
    z = lambda e, k, x: e["w"] * e[f"x{x}"] + e["r"] * e[f"h{k - 1}"]  # noqa: E731
    lines = [
        line(f"h{k} = tanh(w*x{k} + r*h{k - 1})", lambda e, k=k: math.tanh(z(e, k, k)),
             function_forgotten=lambda e, k=k: z(e, k, k),
             wrong_number=lambda e, k=k: math.tanh(z(e, k, k % steps + 1)))
        for k in range(1, steps + 1)
    ]  # fmt: skip
    last = f"h{steps}"
    lines.append(line(f"C = ½({last} - t)²", lambda e: (e[last] - e["t"]) ** 2 / 2))
    lines.append(line(f"dC/d{last}", lambda e: e[last] - e["t"], sign=lambda e: e["t"] - e[last]))
    for k in range(steps - 1, 0, -1):
        back = lambda e, k=k: e[f"dC/dh{k + 1}"] * (1 - e[f"h{k + 1}"] ** 2) * e["r"]  # noqa: E731
        lines.append(
            line(f"dC/dh{k}", back, weight_dropped=lambda e, back=back: back(e) / e["r"],
                 f_prime_forgotten=lambda e, k=k: e[f"dC/dh{k + 1}"] * e["r"])
        )  # fmt: skip
    part = lambda e, k: e[f"dC/dh{k}"] * (1 - e[f"h{k}"] ** 2) * e[f"x{k}"]  # noqa: E731
    every = range(1, steps + 1)
    lines.append(
        line("dC/dw", lambda e: sum(part(e, k) for k in every),
             one_path_last=lambda e: part(e, steps), one_path=lambda e: part(e, 1),
             path_left_out=lambda e: sum(part(e, k) for k in every if k != 2))
    )  # fmt: skip
    return scalars(f"recurrent {steps}", given, *lines)


def logistic(rng):
    given = {"x1": pick(rng), "x2": pick(rng), "w1": pick(rng), "w2": pick(rng), "t": 1}
    return scalars(
        "logistic", given,
        line("z = w1*x1 + w2*x2", lambda e: e["w1"] * e["x1"] + e["w2"] * e["x2"],
             operands_exchanged=lambda e: e["w1"] * e["x2"] + e["w2"] * e["x1"],
             wrong_number=lambda e: e["w1"] * e["x1"] + e["w2"] * e["x1"]),
        line("p = sigmoid(z)", lambda e: sigma(e["z"]), exponent_sign=lambda e: sigma(-e["z"]),
             function_twice=lambda e: sigma(sigma(e["z"]))),
        line("C = -(t*ln(p) + (1 - t)*ln(1 - p))", lambda e: -math.log(e["p"]),
             minus=lambda e: math.log(e["p"]), log10=lambda e: -math.log10(e["p"])),
        line("dC/dz", lambda e: e["p"] - e["t"],
             one_hot=lambda e: e["p"], sign=lambda e: e["t"] - e["p"],
             slope_after_cross_entropy=lambda e: (e["p"] - e["t"]) * e["p"] * (1 - e["p"])),
        line("dC/dw1", lambda e: e["dC/dz"] * e["x1"], input_dropped=lambda e: e["dC/dz"],
             wrong_number=lambda e: e["dC/dz"] * e["x2"]),
    )  # fmt: skip


def update_only(rng):
    """Everything inside one update line: the gradient is written nowhere."""
    given = {"x": pick(rng), "w": pick(rng), "t": pick(rng)}
    a = lambda e: sigma(e["w"] * e["x"])  # noqa: E731
    g = lambda e: (a(e) - e["t"]) * a(e) * (1 - a(e)) * e["x"]  # noqa: E731
    return scalars(
        "update only", given,
        line("a = sigmoid(w*x)", a, function_forgotten=lambda e: e["w"] * e["x"]),
        line("C = ½(a - t)²", lambda e: (e["a"] - e["t"]) ** 2 / 2),
        line("w' = w - 0.5*dC/dw", lambda e: e["w"] - 0.5 * g(e),
             f_prime_forgotten=lambda e: e["w"] - 0.5 * (a(e) - e["t"]) * e["x"],
             two_doubled=lambda e: e["w"] - g(e), ascent=lambda e: e["w"] + 0.5 * g(e),
             input_dropped=lambda e: e["w"] - 0.5 * g(e) / e["x"]),
    )  # fmt: skip
