"""A GPT in scalars as others write it: lists of lists, `sum` of products, no library but a Value.

`Plain` is such a Value, with slots and a topological sort. The functions run with any class that
has its operators, so that only an import changes.
"""

import math
from itertools import pairwise


class Plain:
    """A number that remembers its children and the local gradients, as in a short script."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other):
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Plain(self.data**n, (self,), (n * self.data ** (n - 1),))

    def log(self):
        return Plain(math.log(self.data), (self,), (1 / self.data,))

    def exp(self):
        result = math.exp(self.data)
        return Plain(result, (self,), (result,))

    def relu(self):
        return Plain(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def backward(self):
        order, seen = [], set()
        stack = [(self, False)]
        while stack:
            node, is_ready = stack.pop()
            if is_ready:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((child, False) for child in node._children)
        self.grad = 1
        for node in reversed(order):
            for child, slope in zip(node._children, node._local_grads, strict=True):
                child.grad += slope * node.grad


def sum_of_products(row, x):
    return sum(w * v for w, v in zip(row, x, strict=True))


def linear(x, matrix, dot):
    return [dot(row, x) for row in matrix]


def softmax(logits):
    highest = max(logit.data for logit in logits)
    exps = [(logit - highest).exp() for logit in logits]
    whole = sum(exps)
    return [e / whole for e in exps]


def normalize(x):
    scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
    return [v * scale for v in x]


def attend(x, layer, keys, values, heads, dot):
    q = linear(x, layer["Q"], dot)
    keys.append(linear(x, layer["K"], dot))
    values.append(linear(x, layer["V"], dot))
    part, found = len(q) // heads, []
    for h in range(heads):
        own = slice(h * part, (h + 1) * part)
        fits = [dot(q[own], key[own]) / part**0.5 for key in keys]
        weights = softmax(fits)
        columns = zip(*(value[own] for value in values), strict=True)
        found += [dot(weights, column) for column in columns]
    return linear(found, layer["O"], dot)


def step(token, position, model, cache, heads, dot):
    """Return the logits after one more token."""
    x = [e + p for e, p in zip(model["E"][token], model["P"][position], strict=True)]
    x = normalize(x)
    for layer, (keys, values) in zip(model["layers"], cache, strict=True):
        read = attend(normalize(x), layer, keys, values, heads, dot)
        x = [a + b for a, b in zip(x, read, strict=True)]
        inner = [z.relu() for z in linear(normalize(x), layer["W1"], dot)]
        x = [a + b for a, b in zip(x, linear(inner, layer["W2"], dot), strict=True)]
    return linear(x, model["L"], dot)


def cost(tokens, model, heads, dot=sum_of_products):
    """Return the mean of −ln p of each token after the first."""
    cache = [([], []) for _ in model["layers"]]
    losses = []
    for position, (token, wanted) in enumerate(pairwise(tokens)):
        p = softmax(step(token, position, model, cache, heads, dot))
        losses.append(-p[wanted].log())
    return sum(losses) / len(losses)


def model_of(arrays, make):
    """Return the parameters as lists of what `make` returns for a number.

    Args:
        arrays: the arrays of an `nn.GPT`, by name.
        make: the class of the scalars.
    """

    def matrix(name):
        return [[make(x) for x in row] for row in arrays[name].tolist()]

    layers = []
    while f"blocks[{len(layers) + 1}].W1" in arrays:
        name = f"blocks[{len(layers) + 1}]"
        inside = {part: matrix(f"{name}.attention.{part}") for part in "QKVO"}
        layers.append(inside | {part: matrix(f"{name}.{part}") for part in ("W1", "W2")})
    tables = {"E": matrix("tokens.table"), "P": matrix("positions.table"), "L": matrix("L")}
    return tables | {"layers": layers}


def parameters(model):
    rows = [*model["E"], *model["P"], *model["L"]]
    rows += [row for layer in model["layers"] for matrix in layer.values() for row in matrix]
    return [p for row in rows for p in row]
