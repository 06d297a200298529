"""One step of gradient descent on the digits network by others: one small class for each.

All hold the same weights and the same mini-batch. `gradients` is the cost and every gradient in
the order layer by layer, W row by row, then b; `step` is one update. The step in NumPy is written
by hand and as well as we can: in several layouts, of which the fastest counts.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np

HIPS = "HIPS_AUTOGRAD"  # the environment variable that says where it is


@dataclass
class Task:
    """Weights, a mini-batch (X: (pixels, batch), Y: (10, batch)) and the rate."""

    weights: list[Any]
    biases: list[Any]
    x: Any
    y: Any
    rate: float

    @property
    def dtype(self) -> Any:
        return self.x.dtype

    @property
    def batch(self) -> int:
        return int(self.x.shape[1])


def flat(weights: Sequence[Any], biases: Sequence[Any]) -> list[float]:
    """Return gradients layer by layer; biases may be columns or rows."""
    layers = zip(weights, biases, strict=True)
    return [float(v) for w, b in layers for v in (*np.ravel(w), *np.ravel(b))]


# --- NumPy, written by hand -----------------------------------------------------------------------


class HandColumns:
    """One column per example, W of shape (outputs, inputs); nothing is allocated in a step.

    The rate is multiplied into the errors of the last layer, so that the gradients come out as the
    step to take; weights and steps lie in one array each, so that the update is one call.
    """

    name = "NumPy, columns"

    def __init__(self, task: Task) -> None:
        self.task = task
        self.x, self.y = np.ascontiguousarray(task.x), np.ascontiguousarray(task.y)
        count = sum(w.size + b.size for w, b in zip(task.weights, task.biases, strict=True))
        self.all = np.empty(count, task.dtype)
        self.steps = np.empty_like(self.all)
        self.w, self.b = self._views(self.all)
        self.dw, self.db = self._views(self.steps)
        for mine, given in zip((*self.w, *self.b), (*task.weights, *task.biases), strict=True):
            mine[...] = self._laid(given) if given.ndim == 2 else given.reshape(mine.shape)
        shapes = [self._activations(w.shape[0]) for w in task.weights]
        self.a = [np.empty(shape, task.dtype) for shape in shapes]
        self.d = [np.empty(shape, task.dtype) for shape in shapes]
        self.t = [np.empty(shape, task.dtype) for shape in shapes]

    def _laid(self, w: Any) -> Any:
        return w

    def _activations(self, outputs: int) -> tuple[int, int]:
        return outputs, self.task.batch

    def _bias(self, outputs: int) -> tuple[int, int]:
        return outputs, 1

    def _views(self, whole: Any) -> tuple[list[Any], list[Any]]:
        weights, biases, start = [], [], 0
        for w in self.task.weights:
            shape = self._laid(w).shape
            weights.append(whole[start : start + w.size].reshape(shape))
            start += w.size
            biases.append(whole[start : start + w.shape[0]].reshape(self._bias(w.shape[0])))
            start += w.shape[0]
        return weights, biases

    def forward(self) -> float:
        a = self.x
        for w, b, out in zip(self.w, self.b, self.a, strict=True):
            np.matmul(w, a, out)
            self._sigmoid(out, b)
            a = out
        return self._cost()

    def _sigmoid(self, z: Any, b: Any) -> None:
        np.add(z, b, z)
        np.negative(z, z)
        np.exp(z, z)
        np.add(z, 1, z)
        np.reciprocal(z, z)

    def _cost(self) -> float:
        np.subtract(self.a[-1], self.y, self.d[-1])
        return float(np.vdot(self.d[-1], self.d[-1])) / self.task.batch

    def _slope(self, layer: int) -> None:
        a, d, t = self.a[layer], self.d[layer], self.t[layer]
        np.subtract(1, a, t)
        np.multiply(t, a, t)
        np.multiply(d, t, d)

    def backward(self, factor: float) -> None:
        np.multiply(self.d[-1], 2 * factor / self.task.batch, self.d[-1])
        for layer in (2, 1, 0):
            self._slope(layer)
            before = self.a[layer - 1] if layer else self.x
            np.matmul(self.d[layer], before.T, self.dw[layer])
            np.add.reduce(self.d[layer], axis=1, keepdims=True, out=self.db[layer])
            if layer:
                np.matmul(self.w[layer].T, self.d[layer], self.d[layer - 1])

    def step(self) -> None:
        self.cost = self.forward()
        self.backward(self.task.rate)
        np.subtract(self.all, self.steps, self.all)

    def gradients(self) -> list[float]:
        cost = self.forward()
        self.backward(1.0)
        return [cost, *flat([self._laid(dw) for dw in self.dw], self.db)]


class HandRows(HandColumns):
    """One row per example, W turned, of shape (inputs, outputs)."""

    name = "NumPy, rows"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.x, self.y = np.ascontiguousarray(task.x.T), np.ascontiguousarray(task.y.T)

    def _laid(self, w: Any) -> Any:
        return w.T

    def _activations(self, outputs: int) -> tuple[int, int]:
        return self.task.batch, outputs

    def _bias(self, outputs: int) -> tuple[int, int]:
        return 1, outputs

    def forward(self) -> float:
        a = self.x
        for w, b, out in zip(self.w, self.b, self.a, strict=True):
            np.matmul(a, w, out)
            self._sigmoid(out, b)
            a = out
        return self._cost()

    def backward(self, factor: float) -> None:
        np.multiply(self.d[-1], 2 * factor / self.task.batch, self.d[-1])
        for layer in (2, 1, 0):
            self._slope(layer)
            before = self.a[layer - 1] if layer else self.x
            np.matmul(before.T, self.d[layer], self.dw[layer])
            np.add.reduce(self.d[layer], axis=0, keepdims=True, out=self.db[layer])
            if layer:
                np.matmul(self.d[layer], self.w[layer].T, self.d[layer - 1])


class HandTurned(HandRows):
    """One row per example, W of shape (outputs, inputs), turned by BLAS."""

    name = "NumPy, rows and W"

    def _laid(self, w: Any) -> Any:
        return w

    def forward(self) -> float:
        a = self.x
        for w, b, out in zip(self.w, self.b, self.a, strict=True):
            np.matmul(a, w.T, out)
            self._sigmoid(out, b)
            a = out
        return self._cost()

    def backward(self, factor: float) -> None:
        np.multiply(self.d[-1], 2 * factor / self.task.batch, self.d[-1])
        for layer in (2, 1, 0):
            self._slope(layer)
            before = self.a[layer - 1] if layer else self.x
            np.matmul(self.d[layer].T, before, self.dw[layer])
            np.add.reduce(self.d[layer], axis=0, keepdims=True, out=self.db[layer])
            if layer:
                np.matmul(self.d[layer], self.w[layer], self.d[layer - 1])


HAND = (HandColumns, HandRows, HandTurned)


# --- frameworks -----------------------------------------------------------------------------------


class Torch:
    """PyTorch as its tutorials have it: linear, sigmoid, backward; the update is one fused call."""

    name = "PyTorch eager"
    module = "torch"

    def __init__(self, task: Task) -> None:
        self.task = task
        self.torch = torch = importlib.import_module("torch")
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
        self.x, self.y = torch.tensor(task.x.T.copy()), torch.tensor(task.y.T.copy())
        self.w = [torch.tensor(w, requires_grad=True) for w in task.weights]
        self.b = [torch.tensor(b, requires_grad=True) for b in task.biases]
        self.loss = self._loss

    def _loss(self, x: Any, y: Any, w: Any, b: Any) -> Any:
        for weight, bias in zip(w, b, strict=True):
            x = self.torch.sigmoid(self.torch.nn.functional.linear(x, weight, bias))
        return ((x - y) ** 2).sum(1).mean()

    def _sweep(self) -> Any:
        parameters = [*self.w, *self.b]
        loss = self.loss(self.x, self.y, self.w, self.b)
        return loss, self.torch.autograd.grad(loss, parameters)

    def step(self) -> None:
        loss, gradients = self._sweep()
        with self.torch.no_grad():
            self.torch._foreach_add_([*self.w, *self.b], gradients, alpha=-self.task.rate)
        self.cost = loss.item()

    def gradients(self) -> list[float]:
        loss, found = self._sweep()
        count = len(self.w)
        gradients = [g.numpy() for g in found]
        return [loss.item(), *flat(gradients[:count], gradients[count:])]


class TorchCompiled(Torch):
    """The same through torch.compile."""

    name = "torch.compile"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.loss = self.torch.compile(self._loss)


class Jax:
    """JAX: cost, gradient and update in one jitted function that gives its buffers away."""

    name = "JAX jit"
    module = "jax"

    def __init__(self, task: Task) -> None:
        self.jax = jax = importlib.import_module("jax")
        jax.config.update("jax_enable_x64", True)
        jnp = jax.numpy
        self.x, self.y = jnp.asarray(task.x.T), jnp.asarray(task.y.T)
        self.parameters = [*map(jnp.asarray, task.weights), *map(jnp.asarray, task.biases)]
        self.count = len(task.weights)

        def loss(parameters: Any, x: Any, y: Any) -> Any:
            for w, b in zip(parameters[: self.count], parameters[self.count :], strict=True):
                x = jax.nn.sigmoid(x @ w.T + b)
            return ((x - y) ** 2).sum(1).mean()

        self.sweep = jax.jit(jax.value_and_grad(loss))

        def update(parameters: Any, x: Any, y: Any) -> Any:
            cost, gradients = jax.value_and_grad(loss)(parameters, x, y)
            moved = zip(parameters, gradients, strict=True)
            return cost, [p - p.dtype.type(task.rate) * g for p, g in moved]

        self.update = jax.jit(update, donate_argnums=0)

    def step(self) -> None:
        self.cost, self.parameters = self.update(self.parameters, self.x, self.y)
        self.jax.block_until_ready(self.parameters)

    def gradients(self) -> list[float]:
        cost, found = self.sweep(self.parameters, self.x, self.y)
        return [float(cost), *flat(found[: self.count], found[self.count :])]


class Hips:
    """HIPS autograd in a process of its own, since its package is called autograd as well."""

    name = "HIPS autograd"

    def __init__(self, task: Task) -> None:
        self.path = Path(__file__).with_name("hips_digits.py")
        env = {**os.environ, "PYTHONPATH": os.environ[HIPS]}
        command = [sys.executable, str(self.path)]
        self.process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        arrays = {f"w{k}": w for k, w in enumerate(task.weights)}
        arrays |= {f"b{k}": b for k, b in enumerate(task.biases)}
        np.savez(self._in, x=task.x.T, y=task.y.T, rate=task.rate, **arrays)
        self._in.flush()

    @property
    def _in(self) -> Any:
        return self.process.stdin

    def _ask(self, what: str) -> str:
        self._in.write(f"{what}\n".encode())
        self._in.flush()
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode()

    def seconds(self, steps: int) -> float:
        """Take so many steps; return the median of their times, by the process's own clock."""
        return float(self._ask(str(steps)))

    def gradients(self) -> list[float]:
        return [float(v) for v in self._ask("gradients").split()]

    def close(self) -> None:
        self.process.communicate()


def has(rival: type) -> bool:
    """Whether a rival is installed here."""
    if rival is Hips:
        return HIPS in os.environ
    module = getattr(rival, "module", None)
    return module is None or util.find_spec(module) is not None


RIVALS = (*HAND, Torch, TorchCompiled, Jax, Hips)
