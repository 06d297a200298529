"""Cells, norms, penalties and optimizers, computed in NumPy and written down in unusual ways.

A line is what the writer writes, and behind | how they compute it. Without |, the writer computes
what they write.
"""

import random
from decimal import ROUND_DOWN, Decimal

import numpy as np
import pytest

from autograd import Worksheet

NETWORKS = {
    "LSTM cell": (
        "x h0 c0 wf uf bf wi ui bi wg ug wo uo t",
        """f = sigmoid(wf*x + uf*h0 + bf)
        i = sigmoid(wi*x + ui*h0 + bi)
        g = tanh(wg*x + ug*h0)
        o = sigmoid(wo*x + uo*h0)
        c = f*c0 + i*g
        h = o*tanh(c)
        L = 1/2*(h - t)^2
        dL/dh | h - t
        dL/do | dL_dh*tanh(c)
        dL/dc | dL_dh*o*(1 - tanh(c)^2)
        dL/df | dL_dc*c0
        dL/dg | dL_dc*i
        dL/dwf | dL_df*f*(1 - f)*x
        dL/dug | dL_dg*(1 - g^2)*h0""",
    ),
    "batch norm": (
        "x:4 gamma beta t:4",
        """m = mean(x)
        v = mean((x - m)^2)
        s = sqrt(v + 0.001)
        n = (x - m)/s
        y = gamma*n + beta
        L = 1/2*sum((y - t)^2)
        dL/dy | y - t
        dL/dgamma | sum(dL_dy*n)
        dL/dbeta | sum(dL_dy)
        dL/dn | dL_dy*gamma
        dL/ds | -sum(dL_dn*(x - m))/s^2
        dL/dv | dL_ds/(2*s)""",
    ),
    "attention": (
        "q:2 k:2 j:2 v1 v2 t",
        """s1 = sum(q*k)/sqrt(2)
        s2 = sum(q*j)/sqrt(2)
        e1 = exp(s1)
        e2 = exp(s2)
        a1 = e1/(e1 + e2)
        a2 = e2/(e1 + e2)
        y = a1*v1 + a2*v2
        L = (y - t)^2
        dL/dy | 2*(y - t)
        dL/da1 | dL_dy*v1
        dL/da2 | dL_dy*v2
        dL/ds1 | a1*a2*(dL_da1 - dL_da2)
        dL/ds2 | a1*a2*(dL_da2 - dL_da1)
        dL/dq | (dL_ds1*k + dL_ds2*j)/sqrt(2)""",
    ),
    "residual block": (
        "x:2 W:2,2 b:2 v:2 t",
        """z = W @ x + b
        a = tanh(z)
        h = x + a
        y = v @ h
        C = 1/2*(y - t)^2
        dC/dh | (y - t)*v
        dC/dz | dC_dh*(1 - a^2)
        dC/dW | outer(dC_dz, x)
        dC/dx | dC_dh + W.T @ dC_dz""",
    ),
    "softmax and cross-entropy": (
        "W:3,2 x:2 b:3",
        """z = W @ x + b
        p = softmax(z)
        L = -log(p[2])
        dL/dz | p - array([0, 1, 0])
        dL/dW | outer(dL_dz, x)
        dL/dx | W.T @ dL_dz""",
    ),
    "Huber loss": (
        "w x b t",
        """r = w*x + b - t
        L = where(abs(r) < 0.5, 1/2*r^2, 0.5*(abs(r) - 0.25))
        dL/dr | where(abs(r) < 0.5, r, 0.5*sign(r))
        dL/dw | dL_dr*x
        w' = w - 0.1*dL/dw | w - 0.1*dL_dw""",
    ),
    "dropout": (
        "x:3 w:3 v:3 t",
        """z = w*x
        a = relu(z)
        d = a*[1, 0, 1]/0.8 | a*array([1, 0, 1])/0.8
        y = sum(v*d)
        L = 1/2*(y - t)^2
        dL/dd | (y - t)*v
        dL/da | dL_dd*array([1, 0, 1])/0.8
        dL/dz | dL_da*(z > 0)
        dL/dw | dL_dz*x""",
    ),
    "residuals that are gradients too": (
        "a b x z t u",
        """r = a*x^2 + b*x - t
        s = a*z^2 + b*z - u
        E = 1/2*(r^2 + s^2)
        dE/dr | r
        dE/ds | s
        dE/da | r*x^2 + s*z^2
        dE/db | r*x + s*z""",
    ),
    "slopes written on their own": (
        "x w b",
        """z = w*x + b
        p = sigmoid(z)
        L = p^3
        dL/dp | 3*p^2
        dp/dz | p*(1 - p)
        dp/dw | dp_dz*x
        dL/dw | dL_dp*dp_dw
        dL/db | dL_dp*dp_dz""",
    ),
    "a delta with a name of its own": (
        "i j u v b t",
        """net = u*i + v*j + b
        out = tanh(net)
        E = 1/2*(out - t)^2
        slope = 1 - out^2
        error = t - out
        delta = error*slope
        dE/du | -delta*i
        dE/dv | -delta*j
        u' = u + 0.1*delta*i""",
    ),
    "a cost beside its penalty": (
        "w v x z t",
        """y = w*x + v*z
        C = 1/2*(y - t)^2
        J = C + 0.05*(w^2 + v^2)
        dC/dy | y - t
        dJ/dw | dC_dy*x + 0.1*w
        dJ/dv | dC_dy*z + 0.1*v""",
    ),
    "Adam": (
        "w t",
        """g1 = 2*(w - t)
        m1 = (1 - 0.9)*g1
        v1 = (1 - 0.999)*g1^2
        w1 = w - 0.1*(m1/(1 - 0.9))/(sqrt(v1/(1 - 0.999)) + 1e-8)
        g2 = 2*(w1 - t)
        m2 = 0.9*m1 + (1 - 0.9)*g2
        v2 = 0.999*v1 + (1 - 0.999)*g2^2
        w2 = w1 - 0.1*(m2/(1 - 0.9^2))/(sqrt(v2/(1 - 0.999^2)) + 1e-8)""",
    ),
    "two penalties": (
        "w:2 x:2 t",
        """y = sum(w*x)
        C = (y - t)^2 + 0.3*sum(abs(w)) + 0.05*sum(w^2)
        dC/dy | 2*(y - t)
        dC/dw | dC_dy*x + 0.3*sign(w) + 0.1*w""",
    ),
}
FUNCTIONS = {name: getattr(np, name) for name in (
    "tanh", "exp", "log", "sqrt", "sum", "mean", "where", "abs", "sign", "outer", "array",
)} | {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
}  # fmt: skip


def cut(x):
    return f"{Decimal(f'{x:.12f}').quantize(Decimal('0.00001'), ROUND_DOWN):f}"


# How a number is printed, and the type in which the writer computes.
WRITERS = {
    "all digits": (lambda rng: lambda x: repr(float(x)), float),
    "five decimals": (lambda rng: lambda x: f"{x:.5f}", float),
    "truncated": (lambda rng: cut, float),
    "scientific": (lambda rng: lambda x: f"{x:.4e}", float),
    "now 4, now 6 digits": (lambda rng: lambda x: f"{x:.{rng.choice((4, 5, 6))}g}", float),
    "float32": (lambda rng: lambda x: str(np.float32(x)), np.float32),
}


def given_numbers(names, rng):
    """Return random numbers by name: x is a number, x:2 a vector of two, W:3,2 a 3×2 matrix."""
    found = {}
    for name, _, sizes in (one.partition(":") for one in names.split()):
        shape = tuple(map(int, filter(None, sizes.split(","))))
        numbers = [
            rng.choice((-1, 1)) * rng.uniform(0.2, 1.9) for _ in range(np.prod(shape, dtype=int))
        ]
        found[name] = np.array(numbers).round(2).reshape(shape)
    return found


def calculation(network, writer, seed, at=None):
    """Return a sheet and the number of the line `at`, whose first number is made wrong."""
    names, lines = NETWORKS[network]
    rng = random.Random(seed)
    given = given_numbers(names, rng)
    make, kind = WRITERS[writer]
    show = make(rng)
    text = [f"{name} = {numbers.tolist()}" for name, numbers in given.items()]
    known = {name: numbers.astype(kind) for name, numbers in given.items()}
    place = 0
    for k, line in enumerate(lines.split("\n")):
        left, _, formula = (part.strip() for part in line.partition("|"))
        name, _, own = left.partition(" = ")
        source = (formula or own).replace("^", "**").replace("p[2]", "p[1]")
        result = np.array(eval(source, FUNCTIONS | known), dtype=kind)
        if k == at:
            place = len(text) + 1
            result.flat[0] = 1.2 * result.flat[0] + 0.05
        texts = [show(number) for number in result.astype(kind).ravel()]
        shown = np.array(texts).reshape(result.shape).tolist()
        text.append(f"{left} -> {str(shown).replace(chr(39), '')}")
        kept = result if kind is np.float32 else np.array(shown, float)  # a program keeps all bits
        known[name.replace("/", "_").replace("'", "_new")] = kept
    return "\n".join(text), place


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("network", NETWORKS)
def test_right_numbers_are_right_in_any_writing(network, writer):
    for seed in range(4):
        text, _ = calculation(network, writer, seed)
        report = Worksheet.parse(text).check()
        assert report.ok, f"{text}\n{report}"


@pytest.mark.parametrize("network", NETWORKS)
def test_only_the_line_with_the_mistake_is_blamed(network):
    count = NETWORKS[network][1].count("\n") + 1
    for at in range(count):
        text, place = calculation(network, "five decimals", 1, at)
        report = Worksheet.parse(text).check()
        assert {one.line for one in report.lines if one.verdict.blamed} == {place}, (
            f"{text}\n{report}"
        )


def test_a_gradient_that_follows_from_a_rounded_number_is_no_name_of_the_writer():
    text = "x = 0.3; t = 1\nz = 1.7 x = 0.51\na = tanh(z) = 0.4699\nL = (a − t)² = 0.281\n"
    text += "da = 2(a − t) = -1.0602\ndz = da (1 − a²) = -0.8261\ndx = 1.7 dz = -1.4044"
    report = Worksheet.parse(text).check()
    assert report.ok and any(line.verdict.value == "carried on" for line in report.lines)
    assert "name of your own" not in str(report)
