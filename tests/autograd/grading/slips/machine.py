"""A slip machine: it writes hand calculations, makes one chosen slip, and carries it forward.

Nothing here uses the engine or the grader. Every line of a `Paper` is computed in plain Python from
the numbers that were written before it, rounded as the writer rounds. `slip(paper, key, rng)`
returns the sheet of a writer who makes that slip once and is careful everywhere else.
"""

import itertools
import math
import random
from dataclasses import dataclass, field


@dataclass
class Line:
    """One line: what is written left of ->, its name, how to compute it, and its possible slips."""

    left: str
    name: str
    right: object
    slips: dict = field(default_factory=dict)


@dataclass
class Paper:
    """A calculation: given numbers, and lines that are computed from what was written before."""

    shape: str
    given: dict
    lines: list

    def places(self, key):
        """Return where a slip can be made."""
        return [k for k, line in enumerate(self.lines) if line and key in line.slips]

    @property
    def keys(self):
        return list(dict.fromkeys(key for line in self.lines if line for key in line.slips))


@dataclass
class Made:
    """A sheet with one slip: its text, the name and number of the line, and what fits equally."""

    text: str
    key: str
    name: str
    line: int
    alike: set


def mapped(function, *numbers):
    """Apply a function number by number to nested lists of one shape."""
    if isinstance(numbers[0], list):
        return [mapped(function, *row) for row in zip(*numbers, strict=True)]
    return function(*numbers)


def flat(numbers):
    if not isinstance(numbers, list):
        return [numbers]
    return [x for part in numbers for x in flat(part)]


def text_of(numbers, digits):
    if isinstance(numbers, list):
        return f"[{', '.join(text_of(x, digits) for x in numbers)}]"
    return f"{numbers:#.{digits}g}" if numbers else "0"


def differ(one, other, digits):
    """Whether two results are written differently, by more than rounding on the way explains."""
    pairs = list(zip(flat(one), flat(other), strict=True))
    return any(
        abs(a - b) > max(5 * 10.0 ** (1 - digits), 0.003) * max(abs(a), abs(b), 1e-4)
        for a, b in pairs
    )


def write(paper, digits=6, at=-1, key=""):
    """Return the sheet, with one slip made at a line; None where it changes nothing there."""
    env, text, alike = dict(paper.given), [f"{n} = {v}" for n, v in paper.given.items()], set()
    place = 0
    for k, line in enumerate(paper.lines):
        if line is None:
            text.append("---")
            env["before"] = dict(env)
            env |= {name[:-1]: env.pop(name) for name in [*env] if name.endswith("'")}
            continue
        right = numbers = line.right(env)
        if k == at:
            numbers, place = line.slips[key](env), len(text) + 1
            if not all(map(math.isfinite, flat(numbers))) or not differ(numbers, right, digits):
                return None
            alike = {
                other
                for other, wrong in line.slips.items()
                if not differ(wrong(env), numbers, digits)
            }
        shown = text_of(numbers, digits)
        env[line.name] = mapped(float, eval(shown))
        text.append(f"{line.left} -> {shown}")
    name = paper.lines[at].name if at >= 0 else ""
    key, alike = key.partition(" ")[0], {other.partition(" ")[0] for other in alike}
    return Made("\n".join(text), key, name, place, alike)


def slip(paper, key, rng, digits=6):
    """Return the paper with this slip made at one of its lines, None where it shows nowhere."""
    places = paper.places(key)
    rng.shuffle(places)
    for place in places:
        try:
            made = write(paper, digits, place, key)
        except (ArithmeticError, ValueError):
            continue
        if made:
            return made
    return None


# --- small arithmetic -----------------------------------------------------------------------------


def sigma(z):
    return 1 / (1 + math.exp(-z))


F = {
    "sigmoid": (sigma, lambda z, a: a * (1 - a)),
    "tanh": (math.tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(z, 0.0), lambda z, a: float(z > 0)),
}


def times(w, x):
    return [sum(p * q for p, q in zip(row, x, strict=True)) for row in w]


def turned(w):
    return [list(column) for column in zip(*w, strict=True)]


def outer(a, b):
    return [[p * q for q in b] for p in a]


def plus(a, b):
    return mapped(lambda p, q: p + q, a, b)


def minus(a, b):
    return mapped(lambda p, q: p - q, a, b)


def scaled(k, a):
    return mapped(lambda p: k * p, a)


def first_changed(numbers, change):
    """Return the numbers with only the first changed."""
    return [change(numbers[0]), *numbers[1:]]


def pen(right):
    """Slips of the pen at any line of single numbers."""

    def exchange(env):
        digits = list(f"{right(env):.5e}")
        k = 0 if digits[0] != "-" else 1
        digits[k], digits[k + 2] = digits[k + 2], digits[k]
        return float("".join(digits))

    return {"digits": exchange, "point": lambda e: 10 * right(e)}


# --- dense networks -------------------------------------------------------------------------------


def weighted_line(k, w, b, x, z):
    right = lambda e: plus(times(e[w], e[x]), e[b])  # noqa: E731
    slips = {
        "bias-forgotten": lambda e: times(e[w], e[x]),
        "sign-of-term": lambda e: minus(times(e[w], e[x]), e[b]),
        "transposed": lambda e: plus(times(turned(e[w]), e[x]), e[b]) if square(e[w]) else right(e),
        "term-forgotten": lambda e: first_changed(right(e), lambda s: s - e[w][0][-1] * e[x][-1]),
        "wrong-number": lambda e: first_changed(
            right(e), lambda s: s - e[w][0][0] * e[x][0] + e[w][-1][0] * e[x][0]
        ),
    }
    return Line(f"{z} = {w} @ {x} + {b}", z, right, slips)


def square(w):
    return len(w) == len(w[0])


def activation_line(f, z, a):
    value, slope = F[f]
    slips = {
        "activation-forgotten": lambda e: list(e[z]),
        "slope-for-value": lambda e: [slope(u, value(u)) for u in e[z]],
        "another-activation": lambda e: mapped(F["tanh" if f == "sigmoid" else "sigmoid"][0], e[z]),
    }
    if f != "relu":
        slips["activation-twice"] = lambda e: [value(value(u)) for u in e[z]]
    if f == "sigmoid":
        slips["exponent-sign"] = lambda e: [sigma(-u) for u in e[z]]
    return Line(f"{a} = {f}({z})", a, lambda e: mapped(value, e[z]), slips)


def slope_line(f, up, z, a, name):
    value, slope = F[f]

    def at(g):
        return lambda e: [d * g(u, v) for d, u, v in zip(e[up], e[z], e[a], strict=True)]

    slips = {
        "f-prime-forgotten": at(lambda u, v: 1.0),
        "f-for-f-prime": at(lambda u, v: v),
        "f-prime-twice": at(lambda u, v: slope(u, v) ** 2),
    }
    if f == "relu":
        slips["dead-relu"] = at(lambda u, v: 1.0)
        slips["relu-on-gradient"] = lambda e: [max(d, 0.0) for d in e[up]]
    else:
        slips["f-prime-at-a"] = at(lambda u, v: slope(v, value(v)))
        slips["f-prime-formula-at-z"] = at(lambda u, v: slope(u, u))
        slips["slope-of-another"] = at(F["tanh" if f == "sigmoid" else "sigmoid"][1])
        slips["squashed-twice"] = at(lambda u, v: slope(u, slope(u, v)))
    return Line(name, name, at(slope), slips)


def weight_gradient_line(delta, x, z, name):
    slips = {
        "input-dropped": lambda e: outer(e[delta], [1.0] * len(e[x])),
        "transposed-gradient": lambda e: (
            outer(e[x], e[delta]) if len(e[x]) == len(e[delta]) else outer(e[delta], e[x])
        ),
        "upstream-dropped": lambda e: outer([1.0] * len(e[delta]), e[x]),
    }
    if z:
        slips["other-number"] = lambda e: outer(e[delta], e[z])
    return Line(name, name, lambda e: outer(e[delta], e[x]), slips)


def update_line(w, gradient, rate):
    step = lambda k: lambda e: minus(e[w], scaled(k, e[gradient]))  # noqa: E731
    slips = {
        "ascent": step(-rate),
        "rate-forgotten": step(1.0),
        "rate-twice": step(rate * rate),
        "step-alone": lambda e: scaled(rate, e[gradient]),
        "point-moved": step(10 * rate),
    }
    return Line(f"{w}' = {w} - {rate}*{gradient}", f"{w}'", step(rate), slips)


def dense(rng, sizes, kinds, loss="half", steps=1, updates_first=False):
    """A network of dense layers, all of its gradients, and its updates."""

    def numbers(*shape):
        if not shape:
            return round(rng.choice((-1, 1)) * rng.uniform(0.15, 1.2), 2)
        return [numbers(*shape[1:]) for _ in range(shape[0])]

    last, given = len(kinds), {"a0": numbers(sizes[0]), "t": numbers(sizes[-1])}
    if loss == "softmax":
        given["t"] = [float(k == 0) for k in range(sizes[-1])]
    for k, (n, m) in enumerate(itertools.pairwise(sizes), start=1):
        given |= {f"W{k}": numbers(m, n), f"b{k}": numbers(m)}
    lines = []
    for k in range(1, last + 1):
        lines.append(weighted_line(k, f"W{k}", f"b{k}", f"a{k - 1}", f"z{k}"))
        if kinds[k - 1] != "linear":
            lines.append(activation_line(kinds[k - 1], f"z{k}", f"a{k}"))
    lines += loss_lines(loss, last, kinds[-1])
    for k in range(last, 0, -1):
        lines += layer_back(k, kinds, updates_first)
    if not updates_first:
        lines += [
            update_line(f"{p}{k}", f"dC/d{p}{k}", 0.1) for k in range(1, last + 1) for p in "Wb"
        ]
    lines += [None, *map(recalled, lines)] if steps == 2 else []
    return Paper(f"dense {sizes} {kinds} {loss} {steps} {updates_first}", given, lines)


def recalled(line):
    """Return a line of the first step as it stands in the second one."""
    if "'" in line.name:
        return line
    if not line.name.startswith("dC/dW"):
        weights = {"old-value": lambda e: line.right(e | {"W1": e["before"]["W1"]})}
        return Line(line.name, line.name, line.right, weights if line.name == "z1" else {})
    slips = {
        "stale": lambda e: e["before"][line.name],
        "accumulated": lambda e: plus(e["before"][line.name], line.right(e)),
    }
    return Line(line.name, line.name, line.right, slips)


def loss_lines(loss, last, kind):
    a = f"a{last}" if kind != "linear" else f"z{last}"
    if loss == "softmax":
        z = f"z{last}"
        exps = lambda e: mapped(math.exp, e[z])  # noqa: E731

        def cost(f):
            return lambda e: -sum(t * f(p) for t, p in zip(e["t"], e["p"], strict=True) if t)

        back = lambda e: minus(e["p"], e["t"])  # noqa: E731
        return [
            Line(f"p = softmax({z})", "p", lambda e: scaled(1 / sum(exps(e)), exps(e)),
                 {"softmax-unnormalized": exps}),
            Line("C = -sum(t*ln(p))", "C", cost(math.log),
                 {"log10": cost(math.log10), "minus": lambda e: -cost(math.log)(e)}),
            Line(f"dC/dz{last}", f"dC/dz{last}", back, {
                "one-hot": lambda e: list(e["p"]),
                "sign": lambda e: scaled(-1, back(e)),
                "slope-after-cross-entropy": lambda e: [
                    d * p * (1 - p) for d, p in zip(back(e), e["p"], strict=True)
                ],
            }),
        ]  # fmt: skip
    errors = lambda e: minus(e[a], e["t"])  # noqa: E731
    cost = lambda e: 0.5 * sum(d * d for d in errors(e))  # noqa: E731
    return [
        Line(f"C = sum(½*({a} - t)²)", "C", cost, {
            "two-doubled": lambda e: 2 * cost(e), "two-lost": lambda e: cost(e) / 2,
            **pen(cost),
        }),
        Line(f"dC/d{a}", f"dC/d{a}", errors, {
            "sign": lambda e: scaled(-1, errors(e)), "two-doubled": lambda e: scaled(2, errors(e)),
            "two-lost": lambda e: scaled(0.5, errors(e)),
        }),
    ]  # fmt: skip


def layer_back(k, kinds, updates_first):
    delta, below = f"dC/dz{k}", f"a{k - 1}"
    lines = []
    if kinds[k - 1] != "linear":
        lines.append(slope_line(kinds[k - 1], f"dC/da{k}", f"z{k}", f"a{k}", delta))
    z = f"z{k - 1}" if k > 1 and kinds[k - 2] != "linear" else ""
    lines.append(weight_gradient_line(delta, below, z, f"dC/dW{k}"))
    lines.append(
        Line(f"dC/db{k}", f"dC/db{k}", lambda e: list(e[delta]), {
            "bias-times-input": lambda e: scaled(e[below][0], e[delta]),
        })
    )  # fmt: skip
    w = f"W{k}"
    if updates_first:
        lines.append(update_line(w, f"dC/dW{k}", 0.5))
    if k > 1:
        back = lambda e, w=w: times(turned(e[w]), e[delta])  # noqa: E731
        slips = {
            "weight-dropped": lambda e: [sum(e[delta])] * len(e[below]),
            "transposed": lambda e: times(e[w], e[delta]) if square(e[w]) else back(e),
            "one-path last": lambda e: [e[w][-1][j] * e[delta][-1] for j in range(len(e[below]))],
            "one-path": lambda e: [e[w][0][j] * e[delta][0] for j in range(len(e[below]))],
        }
        if updates_first:
            slips["updated-weight"] = lambda e: back(e, w + "'")
        lines.append(Line(f"dC/d{below}", f"dC/d{below}", back, slips))
    return lines


# --- calculations with single numbers -------------------------------------------------------------


def scalars(shape, given, *lines):
    """Return a paper of single numbers; every line also has the slips of the pen."""
    for one in lines:
        one.slips = pen(one.right) | one.slips
    return Paper(shape, given, list(lines))


def line(left, right, **slips):
    """Return a line; its name stands before the first =. In a key, _ stands for -."""
    name = left.partition(" = ")[0]
    return Line(
        left,
        name,
        right,
        {
            key.replace("_", "-").replace("path-last", "path last"): wrong
            for key, wrong in slips.items()
        },
    )


def pick(rng, low=0.2, high=1.9):
    return round(rng.choice((-1, 1)) * rng.uniform(low, high), 2)


def size(rng, low=0.2, high=1.9):
    return round(rng.uniform(low, high), 2)


def neuron(rng, f="sigmoid"):
    value, slope = F[f]
    given = {"x": pick(rng), "w": pick(rng), "b": pick(rng), "v": pick(rng), "t": pick(rng)}
    return scalars(
        f"neuron {f}", given,
        line("z = w*x + b", lambda e: e["w"] * e["x"] + e["b"],
             term_forgotten=lambda e: e["w"] * e["x"], factor_forgotten=lambda e: e["w"] + e["b"],
             sign_of_term=lambda e: e["w"] * e["x"] - e["b"],
             sum_for_product=lambda e: e["w"] + e["x"] + e["b"]),
        line(f"a = {f}(z)", lambda e: value(e["z"]), activation_forgotten=lambda e: e["z"]),
        line("y = v*a", lambda e: e["v"] * e["a"], other_number=lambda e: e["v"] * e["z"]),
        line("C = ½(y - t)²", lambda e: (e["y"] - e["t"]) ** 2 / 2,
             two_doubled=lambda e: (e["y"] - e["t"]) ** 2, square=lambda e: (e["y"] - e["t"]) / 2,
             brackets_ignored=lambda e: (e["y"] - e["t"] ** 2) / 2),
        line("dC/dy", lambda e: e["y"] - e["t"], sign=lambda e: e["t"] - e["y"],
             two_doubled=lambda e: 2 * (e["y"] - e["t"])),
        line("dC/dv", lambda e: e["dC/dy"] * e["a"], input_dropped=lambda e: e["dC/dy"],
             upstream_dropped=lambda e: e["a"], other_number=lambda e: e["dC/dy"] * e["z"]),
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
        line("dC/dw", slope, two_lost=lambda e: slope(e) / 2, sign=lambda e: -slope(e)),
        line("v1 = 0.9*v0 + dC/dw", lambda e: 0.9 * e["v0"] + e["dC/dw"],
             velocity_forgotten=lambda e: e["dC/dw"],
             share_added=lambda e: 0.9 * e["v0"] + 0.1 * e["dC/dw"],
             factor_forgotten=lambda e: e["v0"] + e["dC/dw"]),
        line("w' = w - 0.1*v1", lambda e: e["w"] - 0.1 * e["v1"],
             sign_of_term=lambda e: e["w"] + 0.1 * e["v1"],
             factor_forgotten=lambda e: e["w"] - e["v1"],
             other_number=lambda e: e["w"] - 0.1 * e["v0"]),
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
             root_forgotten=lambda e: e["w"] - 0.1 * e["mh"] / e["vh"],
             sign_of_term=lambda e: e["w"] + 0.1 * e["mh"] / math.sqrt(e["vh"]),
             other_number=lambda e: e["w"] - 0.1 * e["m1"] / math.sqrt(e["vh"])),
    )  # fmt: skip


def adam_in_one_line(rng):
    given = {"w": pick(rng), "m1": pick(rng), "v1": size(rng), "b1": 0.9, "b2": 0.99}
    step = lambda m, v: lambda e: e["w"] - 0.1 * e["m1"] / m / math.sqrt(e["v1"] / v)  # noqa: E731
    return scalars(
        "adam in one line", given,
        line("w' = w - 0.1*(m1/(1 - b1^2))/sqrt(v1/(1 - b2^2))", step(1 - 0.81, 1 - 0.9801),
             correction_forgotten=rng.choice((step(1, 1), step(1, 1 - 0.9801), step(0.19, 1))),
             correction_power=step(0.1, 0.01)),
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
             wave_slope=lambda e: e["k"] * math.sin(e["u"]),
             degrees=lambda e: e["k"] * math.cos(math.radians(e["u"])),
             input_dropped=lambda e: math.cos(e["u"])),
        line("dq/dx", lambda e: 3 * e["u"] ** 2 * e["k"],
             power_rule=lambda e: 3 * e["u"] ** 3 * e["k"],
             input_dropped=lambda e: 3 * e["u"] ** 2),
        line("dr/dx", lambda e: -e["k"] * e["r"], minus=lambda e: e["k"] * e["r"],
             exp_power_rule=lambda e: e["k"] * e["u"] * math.exp(-e["u"] - 1)),
        line("ds/dx", lambda e: e["k"] / e["u"], log10=lambda e: e["k"] / e["u"] / math.log(10),
             log_slope=lambda e: e["k"] * e["s"]),
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
             one_path=lambda e: e["w"] * math.exp(e["v"]),
             one_path_last=lambda e: e["u"] * e["k"] * math.exp(e["v"]),
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
             activation_forgotten=lambda e, k=k: z(e, k, k),
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
             activation_twice=lambda e: sigma(sigma(e["z"]))),
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
        line("a = sigmoid(w*x)", a, activation_forgotten=lambda e: e["w"] * e["x"]),
        line("C = ½(a - t)²", lambda e: (e["a"] - e["t"]) ** 2 / 2),
        line("w' = w - 0.5*dC/dw", lambda e: e["w"] - 0.5 * g(e),
             f_prime_forgotten=lambda e: e["w"] - 0.5 * (a(e) - e["t"]) * e["x"],
             two_doubled=lambda e: e["w"] - g(e), ascent=lambda e: e["w"] + 0.5 * g(e),
             input_dropped=lambda e: e["w"] - 0.5 * g(e) / e["x"]),
    )  # fmt: skip


SHAPES = {
    "two-two-one": lambda rng: dense(rng, [2, 2, 1], ["relu", "linear"]),
    "two-two-two": lambda rng: dense(rng, [2, 2, 2], ["sigmoid", "sigmoid"]),
    "tanh deep": lambda rng: dense(rng, [2, 2, 2, 1], ["tanh", "tanh", "linear"]),
    "one layer": lambda rng: dense(rng, [3, 2], ["sigmoid"]),
    "linear": lambda rng: dense(rng, [2, 2], ["linear"]),
    "wide": lambda rng: dense(rng, [3, 4, 2], ["relu", "tanh"]),
    "narrow": lambda rng: dense(rng, [1, 2, 1], ["tanh", "sigmoid"]),
    "softmax": lambda rng: dense(rng, [2, 3], ["linear"], "softmax"),
    "hidden softmax": lambda rng: dense(rng, [2, 2, 2], ["tanh", "linear"], "softmax"),
    "relu softmax": lambda rng: dense(rng, [3, 3, 3], ["relu", "linear"], "softmax"),
    "two steps": lambda rng: dense(rng, [2, 2], ["sigmoid"], steps=2),
    "two steps deep": lambda rng: dense(rng, [1, 2, 1], ["tanh", "linear"], steps=2),
    "updates on the way": lambda rng: dense(
        rng, [2, 2, 1], ["sigmoid", "sigmoid"], updates_first=True
    ),
    "sigmoid neuron": neuron,
    "tanh neuron": lambda rng: neuron(rng, "tanh"),
    "regression": regression,
    "regression in the update": lambda rng: regression(rng, 3, inside_update=True),
    "momentum": momentum,
    "adam": adam,
    "adam in one line": adam_in_one_line,
    "functions": functions,
    "quotients": quotients,
    "paths": paths,
    "penalty": penalty,
    "recurrent": recurrent,
    "logistic": logistic,
    "update only": update_only,
}  # fmt: skip


def papers(seed):
    """Yield a paper of every shape, with random numbers."""
    rng = random.Random(seed)
    for shape, make in SHAPES.items():
        yield shape, make(rng)
