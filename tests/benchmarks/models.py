"""Small models written number by number, and the same in NumPy by hand and in PyTorch.

A model has the arrays of its parameters, the arrays of one example's inputs, and a cost of scalars.
`sweep` of a contender returns the mean cost of the batch and the gradient of every parameter.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograd import Value, dot, sigmoid, tanh, total
from nn import squared_error

Array = Any


def values(array: Array) -> Any:
    """Return an array of numbers as nested lists of Values."""
    return Value(float(array)) if np.ndim(array) == 0 else [values(part) for part in array]


def flat(nested: Any) -> list[Value]:
    """Return the Values of nested lists, in order."""
    return [nested] if isinstance(nested, Value) else [v for part in nested for v in flat(part)]


class Model:
    """Parameters and a batch; `record` is the cost of one example, `hand` the step in NumPy."""

    shapes: dict[str, tuple[int, ...]]  # of the parameters
    x_shape: tuple[int, ...]
    y_shape: tuple[int, ...]

    def __init__(self, batch: int) -> None:
        generator = np.random.default_rng(0)
        self.batch = batch
        self.parameters = {
            name: generator.normal(0, 0.5 * shape[-1] ** -0.5, shape)
            for name, shape in self.shapes.items()
        }
        self.x = generator.uniform(-1, 1, (batch, *self.x_shape))
        self.y = self.targets(generator)

    def targets(self, generator: np.random.Generator) -> Array:
        return generator.uniform(-1, 1, (self.batch, *self.y_shape))

    def record(self, p: dict[str, Any], x: Any, y: Any) -> Value:
        raise NotImplementedError

    def hand(self) -> tuple[float, list[Array]]:
        raise NotImplementedError

    def torch(self, torch: Any, p: dict[str, Any], x: Any, y: Any) -> Any:
        """Return the mean cost."""
        raise NotImplementedError


class Dense(Model):
    """A network of sigmoids with the squared error of its outputs."""

    def __init__(self, batch: int, *sizes: int) -> None:
        pairs = list(pairwise(sizes))
        self.depth = len(pairs)
        self.shapes = {f"W{k}": (m, n) for k, (n, m) in enumerate(pairs)}
        self.shapes |= {f"b{k}": (m,) for k, (n, m) in enumerate(pairs)}
        self.x_shape, self.y_shape = sizes[:1], sizes[-1:]
        super().__init__(batch)

    def record(self, p: dict[str, Any], x: Any, y: Any) -> Value:
        for k in range(self.depth):
            rows = zip(p[f"W{k}"], p[f"b{k}"], strict=True)
            x = [sigmoid(dot(w, x, b)) for w, b in rows]
        return squared_error(x, y)

    def torch(self, torch: Any, p: dict[str, Any], x: Any, y: Any) -> Any:
        for k in range(self.depth):
            x = torch.sigmoid(torch.nn.functional.linear(x, p[f"W{k}"], p[f"b{k}"]))
        return ((x - y) ** 2).sum(1).mean()


class Attention(Model):
    """One head over some tokens of 16 numbers; the squared error of what it gives each token."""

    width = 16

    def __init__(self, batch: int, tokens: int) -> None:
        self.shapes = dict.fromkeys(("Q", "K", "V", "O"), (self.width, self.width))
        self.x_shape = self.y_shape = (tokens, self.width)
        super().__init__(batch)

    def record(self, p: dict[str, Any], x: Any, y: Any) -> Value:
        q, k, v = ([[dot(w, token) for w in p[name]] for token in x] for name in "QKV")
        heads = []
        for query in q:
            powers = [(dot(query, key) * self.width**-0.5).exp() for key in k]
            sum_of_powers = total(powers)
            weights = [power / sum_of_powers for power in powers]
            heads.append([dot(weights, column) for column in zip(*v, strict=True)])
        found = [[dot(w, head) for w in p["O"]] for head in heads]
        return squared_error(flat(found), flat(y))

    def hand(self) -> tuple[float, list[Array]]:
        x, p = self.x, self.parameters
        q, k, v = (x @ p[name].T for name in "QKV")
        a = np.exp(q @ k.transpose(0, 2, 1) * self.width**-0.5)
        a /= a.sum(2, keepdims=True)
        h = a @ v
        d = h @ p["O"].T - self.y
        cost = float(np.vdot(d, d)) / self.batch
        d *= 2 / self.batch
        rows = (-1, self.width)
        d_o = d.reshape(rows).T @ h.reshape(rows)
        dh = d @ p["O"]
        da, dv = dh @ v.transpose(0, 2, 1), a.transpose(0, 2, 1) @ dh
        ds = a * (da - (a * da).sum(2, keepdims=True)) * self.width**-0.5
        dq, dk = ds @ k, ds.transpose(0, 2, 1) @ q
        flat_x = x.reshape(rows)
        return cost, [*(g.reshape(rows).T @ flat_x for g in (dq, dk, dv)), d_o]

    def torch(self, torch: Any, p: dict[str, Any], x: Any, y: Any) -> Any:
        q, k, v = (x @ p[name].T for name in "QKV")
        a = torch.softmax(q @ k.transpose(1, 2) * self.width**-0.5, 2)
        return ((a @ v @ p["O"].T - y) ** 2).sum((1, 2)).mean()


class Convolution1D(Model):
    """8 filters of 5 over 64 numbers, tanh, then a linear output."""

    filters, size, length = 8, 5, 64

    def __init__(self, batch: int) -> None:
        self.positions = self.length - self.size + 1
        self.shapes = {
            "F": (self.filters, self.size),
            "c": (self.filters,),
            "w": (self.filters * self.positions,),
            "b": (1,),
        }
        self.x_shape, self.y_shape = (self.length,), (1,)
        super().__init__(batch)

    def patches(self, x: Any) -> list[Any]:
        return [x[k : k + self.size] for k in range(self.positions)]

    def record(self, p: dict[str, Any], x: Any, y: Any) -> Value:
        rows = list(zip(p["F"], p["c"], strict=True))
        h = [[tanh(dot(f, patch, c)) for patch in self.patches(x)] for f, c in rows]
        return squared_error([dot(p["w"], flat(h), p["b"][0])], y)

    def columns(self) -> Array:
        """Return the patches of the batch, shape (batch, size, positions)."""
        view = np.lib.stride_tricks.sliding_window_view(self.x, self.size, 1)
        return np.ascontiguousarray(view.transpose(0, 2, 1))

    def hand(self) -> tuple[float, list[Array]]:
        p, count = self.parameters, self.filters
        x = self.columns()
        x = x.reshape(self.batch, -1, self.positions)
        h = p["F"].reshape(count, -1) @ x
        h += p["c"][:, None]
        np.tanh(h, h)
        rows = h.reshape(self.batch, -1)
        d = rows @ p["w"] + p["b"] - self.y[:, 0]
        cost = float(d @ d) / self.batch
        d *= 2 / self.batch
        dz = (d[:, None] * p["w"]).reshape(h.shape)
        dz *= 1 - h * h
        df = (dz @ x.transpose(0, 2, 1)).sum(0).reshape(p["F"].shape)
        return cost, [df, dz.sum((0, 2)), d @ rows, np.array([d.sum()])]

    def torch(self, torch: Any, p: dict[str, Any], x: Any, y: Any) -> Any:
        convolution = torch.nn.functional.conv1d
        h = torch.tanh(convolution(x[:, None], p["F"][:, None], p["c"]))
        return ((h.flatten(1) @ p["w"] + p["b"] - y[:, 0]) ** 2).mean()


class Convolution2D(Convolution1D):
    """4 filters of 3×3 over 12×12 numbers, tanh, then a linear output."""

    filters, side, window = 4, 12, 3

    def __init__(self, batch: int) -> None:
        self.across = self.side - self.window + 1
        self.positions = self.across**2
        self.shapes = {
            "F": (self.filters, self.window, self.window),
            "c": (self.filters,),
            "w": (self.filters * self.positions,),
            "b": (1,),
        }
        self.x_shape, self.y_shape = (self.side, self.side), (1,)
        Model.__init__(self, batch)

    def patches(self, x: Any) -> list[Any]:
        places = range(self.across)
        return [flat([row[j : j + 3] for row in x[i : i + 3]]) for i in places for j in places]

    def record(self, p: dict[str, Any], x: Any, y: Any) -> Value:
        return super().record({**p, "F": [flat(f) for f in p["F"]]}, x, y)

    def columns(self) -> Array:
        shape = (self.window, self.window)
        view = np.lib.stride_tricks.sliding_window_view(self.x, shape, (1, 2))
        return np.ascontiguousarray(view.transpose(0, 3, 4, 1, 2))

    def torch(self, torch: Any, p: dict[str, Any], x: Any, y: Any) -> Any:
        convolution = torch.nn.functional.conv2d
        h = torch.tanh(convolution(x[:, None], p["F"][:, None], p["c"]))
        return ((h.flatten(1) @ p["w"] + p["b"] - y[:, 0]) ** 2).mean()


class Recurrent(Model):
    """h ← tanh(U x + W h + b), 16 numbers, for some steps; the squared error of a linear output."""

    width, given = 16, 8

    def __init__(self, batch: int, steps: int) -> None:
        self.shapes = {
            "U": (self.width, self.given),
            "W": (self.width, self.width),
            "b": (self.width,),
            "v": (self.width,),
        }
        self.steps = steps
        self.x_shape, self.y_shape = (steps, self.given), (1,)
        super().__init__(batch)

    def record(self, p: dict[str, Any], x: Any, y: Any) -> Value:
        h: list[Value] = []
        for token in x:
            rows = zip(p["U"], p["W"], p["b"], strict=True)
            if h:
                h = [tanh(dot(u, token, b) + dot(w, h)) for u, w, b in rows]
            else:
                h = [tanh(dot(u, token, b)) for u, w, b in rows]
        return squared_error([dot(p["v"], h)], y)

    def hand(self) -> tuple[float, list[Array]]:
        p = self.parameters
        states = []
        for k in range(self.steps):
            z = self.x[:, k] @ p["U"].T
            z += p["b"]
            if states:
                z += states[-1] @ p["W"].T
            states.append(np.tanh(z, z))
        d = states[-1] @ p["v"] - self.y[:, 0]
        cost = float(d @ d) / self.batch
        d *= 2 / self.batch
        dv, dh = d @ states[-1], d[:, None] * p["v"]
        du, dw, db = np.zeros_like(p["U"]), np.zeros_like(p["W"]), np.zeros_like(p["b"])
        for k in reversed(range(self.steps)):
            dz = dh * (1 - states[k] ** 2)
            du += dz.T @ self.x[:, k]
            db += dz.sum(0)
            if k:
                dw += dz.T @ states[k - 1]
                dh = dz @ p["W"]
        return cost, [du, dw, db, dv]

    def torch(self, torch: Any, p: dict[str, Any], x: Any, y: Any) -> Any:
        h = None
        for k in range(self.steps):
            z = torch.nn.functional.linear(x[:, k], p["U"], p["b"])
            h = torch.tanh(z if h is None else z + h @ p["W"].T)
        return ((h @ p["v"] - y[:, 0]) ** 2).mean()


def import_torch() -> Any:
    """Return PyTorch on as many threads as NumPy has, which are told by the environment."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    return torch


def concatenate(cost: float, gradients: Sequence[Array]) -> list[float]:
    """Return the cost and all gradients in one list."""
    return [cost, *(float(g) for each in gradients for g in np.ravel(each))]
