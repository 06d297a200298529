"""Whoever rounds every line and goes on with the rounded numbers is never called wrong."""

import itertools
import math
import random

import pytest

from autograd import Worksheet

FUNCTIONS = {
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z, a: a * (1 - a)),
    "tanh": (math.tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(z, 0.0), lambda z, a: float(z > 0)),
}


def vector(numbers):
    return f"[{', '.join(numbers)}]"


def writer(rng, digits, significant):
    """Return how one person rounds: the text, and the number he goes on with."""

    def rounded(x):
        text = f"{x:#.{digits}g}" if significant else f"{x:.{digits}f}"
        return text, float(text)

    return rounded


def hand_calculation(seed):
    """A network computed by hand, every line rounded and carried on from, in plain Python."""
    rng = random.Random(seed)
    rounded = writer(rng, rng.randint(3, 6), rng.random() < 0.5)
    sizes = [rng.randint(1, 3) for _ in range(rng.randint(2, 4))]
    kinds = [rng.choice(list(FUNCTIONS)) for _ in sizes[1:]]

    def fresh(n):
        return [round(rng.uniform(-1, 1), 2) for _ in range(n)]

    lines, zs, acts, weights = [], [], [fresh(sizes[0])], []

    def put(left, numbers):
        texts, values = zip(*map(rounded, numbers), strict=True)
        lines.append(f"{left} -> {vector(texts)}")
        return list(values)

    lines.append(f"a0 = {acts[0]}")
    for k, (n, m) in enumerate(itertools.pairwise(sizes), start=1):
        w, b = [fresh(n) for _ in range(m)], fresh(m)
        weights.append((w, b))
        lines += [f"W{k} = {w}", f"b{k} = {b}"]
        z = [
            sum(p * q for p, q in zip(r, acts[-1], strict=True)) + c
            for r, c in zip(w, b, strict=True)
        ]
        zs.append(put(f"z{k} = W{k} @ a{k - 1} + b{k}", z))
        f = FUNCTIONS[kinds[k - 1]][0]
        acts.append(put(f"a{k} = {kinds[k - 1]}(z{k})", [f(x) for x in zs[-1]]))
    t = fresh(sizes[-1])
    lines += [f"t = {t}"]
    text, _ = rounded(sum((a - y) ** 2 for a, y in zip(acts[-1], t, strict=True)) / 2)
    last = len(weights)
    lines.append(f"C = sum(½*(a{last} - t)²) -> {text}")
    up = put(f"dC/da{last}", [a - y for a, y in zip(acts[-1], t, strict=True)])
    for k in range(last, 0, -1):
        slope = FUNCTIONS[kinds[k - 1]][1]
        delta = [g * slope(z, a) for g, z, a in zip(up, zs[k - 1], acts[k], strict=True)]
        delta = put(f"dC/dz{k}", delta)
        w, b = weights[k - 1]
        for i, d in enumerate(delta, start=1):
            g = put(f"dC/dW{k}[{i}]", [d * a for a in acts[k - 1]])
            new = [rounded(x - 0.1 * y)[0] for x, y in zip(w[i - 1], g, strict=True)]
            lines.append(f"W{k}[{i}] - 0.1*dC/dW{k}[{i}] -> {vector(new)}")
        put(f"b{k}' = b{k} - 0.1*dC/db{k}", [x - 0.1 * d for x, d in zip(b, delta, strict=True)])
        if k > 1:
            up = put(f"dC/da{k - 1}", [
                sum(w[i][j] * delta[i] for i in range(len(delta))) for j in range(len(w[0]))
            ])  # fmt: skip
    return "\n".join(lines)


@pytest.mark.parametrize("part", range(6))
def test_rounding_and_carrying_is_never_called_wrong(seeds, part):
    for seed in seeds(150)[part::6]:
        text = hand_calculation(seed)
        report = Worksheet.parse(text).check()
        assert report.ok, f"seed {seed}\n{text}\n{report}"
        assert not any(line.slips for line in report.lines)


# The formulas of textbooks, applied to a wrong number, give what follows from it.
AFTER_A_MISTAKE = {
    "p − y after a wrong softmax": (
        "z = [1.6, -0.12, 2.2]\ny = [0, 1, 0]\np = softmax(z) -> [0.3700, 0.0603, 0.6125]\n"
        "L = -sum(y*log(p)) -> 2.8084\ndL/dz -> [0.3700, -0.9397, 0.6125]",
        ["p[1]", "p[2]", "p[3]"],
    ),
    "(p − y)/T after a wrong softmax with a temperature": (
        "z = [1.6, -0.12, 2.2]\nT = 2\ny = [0, 1, 0]\n"
        "p = softmax(z/T) -> [0.3606, 0.1526, 0.5100]\n"
        "L = -sum(y*log(p)) -> 1.8799\ndL/dz -> [0.1803, -0.4237, 0.2550]",
        ["p[3]"],
    ),
    "p − y after a wrong quotient": (
        "z1 = 1.84\nz2 = 1.15\nz3 = 0.3\ns = exp(z1) + exp(z2) + exp(z3) -> 10.8045\n"
        "p1 = exp(z1)/s -> 0.6927\np2 = exp(z2)/s -> 0.2923\nL = -ln(p2) -> 1.230\n"
        "dL/dz2 -> -0.7077\ndL/dz1 -> 0.6927",
        ["p1"],
    ),
    "a1·a2·(g1 − g2) after a wrong weight of attention": (
        "s1 = 0.7\ns2 = -0.4\nv1 = 1.3\nv2 = -0.8\ne1 = exp(s1) -> 2.01375\n"
        "e2 = exp(s2) -> 0.670320\na1 = e1/(e1 + e2) -> 0.78\na2 = e2/(e1 + e2) -> 0.249740\n"
        "y = a1*v1 + a2*v2 -> 0.814208\ndy/da1 -> 1.3\ndy/da2 -> -0.8\ndy/ds1 -> 0.409074",
        ["a1"],
    ),
    "the other branch after a wrong residual": (
        "r = 0.4\nd = 0.5\nq = 1.2*r -> 0.62\n"
        "L = where(abs(q) < d, 1/2*q^2, d*(abs(q) - d/2)) -> 0.185\ndL/dq -> 0.5",
        ["q"],
    ),
    "the other class after a wrong sum": (
        "w = 0.4\nx = -0.5\nz = w*x + 0.1 -> 0.30\ny = step(z) -> 1.0\ns = sign(z) -> 1.0\n"
        "m = 2*(z > 0) -> 2.0",
        ["z"],
    ),
}


@pytest.mark.parametrize(("text", "wrong"), AFTER_A_MISTAKE.values(), ids=AFTER_A_MISTAKE)
def test_a_formula_of_the_textbook_carries_a_mistake_on(text, wrong):
    report = Worksheet.parse(text).check()
    assert [one.quantity for one in report.lines if one.verdict.blamed] == wrong
    assert report.lines[-1].verdict.value == "carried on"


def normalized(mean, *, shift=0.0, is_named=False):
    """A normalization with the closed form for its gradient, after a mean that may be wrong."""
    x, g = [1.0, 2.0, 4.5], [0.3, -0.7, 0.5]
    d = [a - mean for a in x]
    v = sum(a * a for a in d) / 3
    s = math.sqrt(v + 0.001)
    n = [a / s for a in d]
    product = sum(a * b for a, b in zip(g, n, strict=True))
    back = [(3 * a - sum(g) - b * product) / (3 * s) + shift for a, b in zip(g, n, strict=True)]
    show = lambda numbers: vector(f"{a:.5f}" for a in numbers)  # noqa: E731
    difference = f"d = x - mu -> {show(d)}\n" if is_named else ""
    return (
        f"x = {x}\ng = {g}\nmu = mean(x) -> {mean:.5f}\n{difference}"
        f"v = {'mean(d²)' if is_named else 'mean((x - mu)²)'} -> {v:.5f}\n"
        f"s = sqrt(v + 0.001) -> {s:.5f}\nn = {'d/s' if is_named else '(x - mu)/s'} -> {show(n)}\n"
        f"L = sum(g*n) -> {product:.5f}\ndL/dx -> {show(back)}"
    )


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize("mean", [2.4, 2.8, 7.5])
def test_the_closed_form_of_a_normalization_carries_a_wrong_mean_on(mean, is_named):
    report = Worksheet.parse(normalized(mean, is_named=is_named)).check()
    assert [one.quantity for one in report.lines if one.verdict.blamed] == ["mu"]
    wrong = Worksheet.parse(normalized(mean, shift=0.02, is_named=is_named)).check()
    assert wrong.counts[wrong.first_wrong.verdict] == 4  # the mean, and three gradients


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("p = w*0.20 = 0.39", False),  # 2 · 0.1966
        ("p = -0.20 w = -0.39", False),
        ("p = w*0.20 = 0.4", False),
        ("p = w*0.20 = 0.38", True),
        ("p = w*0.25 = 0.49", True),  # 0.25 is no result of the sheet
        ("p = w*0.50 = 0.99", True),  # 0.50 is an exact result
    ],
)
def test_the_digits_of_a_rounded_result_stand_for_an_interval_in_a_later_formula(line, is_wrong):
    text = f"w = 2\nf = 1/(1 + e^-1) = 0.73\nr = (1 - f) f = 0.20\nh = w/4 = 0.50\n{line}"
    report = Worksheet.parse(text).check()
    assert report.lines[-1].verdict.blamed == is_wrong, report
