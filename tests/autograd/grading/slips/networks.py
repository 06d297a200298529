"""Papers with networks of dense layers: forward, backward and the updates, in matrices."""

import itertools
import math

from machine import (
    F,
    Line,
    Paper,
    first_changed,
    mapped,
    minus,
    outer,
    pen,
    plus,
    scaled,
    sigma,
    times,
    turned,
)


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
        "function-forgotten": lambda e: list(e[z]),
        "slope-for-value": lambda e: [slope(u, value(u)) for u in e[z]],
        "another-function": lambda e: mapped(F["tanh" if f == "sigmoid" else "sigmoid"][0], e[z]),
    }
    if f != "relu":
        slips["function-twice"] = lambda e: [value(value(u)) for u in e[z]]
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
    if f != "relu":
        slips["slope-cut"] = at(lambda u, v: 1 - v)
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
        slips["wrong-number"] = lambda e: outer(e[delta], e[z])
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
    cost = lambda e: sum(0.5 * (d * d) for d in errors(e))  # noqa: E731
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
            "neighbors-gradient": lambda e: list(reversed(e[delta])),
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
