"""`GPT`: a language model that is small enough to be read number by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from autograd.engine.block import block
from autograd.engine.functions import dot, logsumexp, total
from autograd.engine.number import check_list, shortened
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value

from ..arrays import check_count
from ..data.batches import Data
from ..initialization import Seed, random_generator
from ..module import Module
from ..outputs import Outputs
from .embedding import Embedding
from .norms import RMSNorm
from .transformer import Block
from .vectors import Vector, add, multiply, parameter_matrix

END = "·"
"""The token before the first letter and after the last one."""


class GPT(Module):
    """A language model, which maps the letters so far to the logits of the next letter.

    It has the architecture of microgpt: embeddings of tokens and of positions, layers of attention
    and MLP with RMSNorm before each, and logits. With the 26 letters, `size` 16, 4 heads and one
    layer it has 4,192 parameters.

    Args:
        letters: the letters that texts are made of. The token `END` is added.
        context: the largest number of tokens. They are END before the text and the letters of the
            text.
        size: the length of the vector of a token.
        heads: the number of heads.
        layers: the number of blocks.
        seed: for the initial numbers, an int or a numpy Generator.
        deviation: the standard deviation of the initial numbers.

    Raises:
        TypeError: a letter is not a string.
        ValueError: a letter occurs twice, is END, or is not a single character; or the heads do not
            divide the size.

    >>> gpt = GPT("abc", context=4, size=4, heads=2, seed=0)
    >>> gpt
    <GPT: 240 parameters>
    >>> gpt.cost("cab").label
    'C'
    """

    equations = (
        "xₜ = norm(E[tokenₜ] + P[t])",
        "x = blockₗ(x) for each layer l",
        "zₜ = L xₜ",
        "p(next token) = softmax(zₜ)",
        "C = −mean over t of ln p(the token that follows)",
    )

    def __init__(
        self,
        letters: Iterable[str] = "abcdefghijklmnopqrstuvwxyz",
        *,
        context: int = 16,
        size: int = 16,
        heads: int = 4,
        layers: int = 1,
        seed: Seed = None,
        deviation: float = 0.08,
    ) -> None:
        check_list("the letters", letters)
        self.letters = (*letters, END)
        for letter in self.letters:
            if not isinstance(letter, str):
                raise TypeError(f"a letter is a string; got {shortened(letter)}")
            if len(letter) != 1:
                raise ValueError(f"a letter is one character; got {shortened(letter)}")
        if len(set(self.letters)) < len(self.letters):
            raise ValueError(f"a letter occurs twice in {shortened(self.letters)}")
        for number, name in ((context, "context"), (size, "size"), (layers, "layers")):
            check_count(number, name)
        self.context = context
        generator = random_generator(seed)
        count = len(self.letters)
        self.tokens = Embedding(count, size, generator, name="E", deviation=deviation)
        self.positions = Embedding(context, size, generator, name="P", deviation=deviation)
        self.L = parameter_matrix("L", count, size, deviation, generator)
        self.blocks = [Block(size, heads, generator, deviation=deviation) for _ in range(layers)]
        self._norm = RMSNorm(size)

    def encode(self, text: str) -> list[int]:
        """Return the numbers of the tokens of a text, with END before and after it.

        Raises:
            TypeError: `text` is not a string.
            ValueError: the text has an unknown letter, or is too long.
        """
        if not isinstance(text, str):
            raise TypeError(f"a text is a string; got {shortened(text)}")
        index = {letter: k for k, letter in enumerate(self.letters)}
        unknown = next((letter for letter in text if letter not in index), None)
        if unknown is not None:
            raise ValueError(f"{text!r} has the letter {unknown!r}, which the model does not know")
        if len(text) >= self.context:
            raise ValueError(
                f"{text!r} has {len(text)} letters; with context={self.context}, a text has at "
                f"most {self.context - 1}"
            )
        end = index[END]
        return [end, *(index[letter] for letter in text), end]

    def logits(self, tokens: Sequence[int | Vector]) -> list[list[Value]]:
        """Return the logits of the token after each of these tokens.

        Args:
            tokens: numbers of tokens, or vectors of 0 and 1, as in `Embedding`.

        Raises:
            ValueError: there are more tokens than the context has.
        """
        if len(tokens) > self.context:
            raise ValueError(
                f"there are {len(tokens)} tokens; with context={self.context}, there are at most "
                f"{self.context}"
            )
        xs = [self._embed(t, token) for t, token in enumerate(tokens)]
        for k, layer in enumerate(self.blocks, start=1):
            with block(f"layer {k}"):
                xs = layer(xs)
        with block("logits"):
            return [self._predict(t, x) for t, x in enumerate(xs, start=1)]

    def _embed(self, t: int, token: int | Vector) -> list[Value]:
        with block("embedding"), block(f"token {t + 1}"):
            return self._norm(add(self.tokens(token), self.positions(t)))

    def _predict(self, t: int, x: Vector) -> list[Value]:
        with block(f"token {t}"):
            return multiply(self.L, x, "z")

    def __call__(self, x: Vector) -> Outputs:
        """Return the logits for all positions, one after the other, as `fit` needs them.

        Args:
            x: the tokens as vectors of 0 and 1, one after the other. `data` returns such rows.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: there is no token, or a token does not have one number for each letter.
        """
        count = len(self.letters)
        if isinstance(x, str) or not isinstance(x, Sequence | np.ndarray):
            raise TypeError(
                f"the input is the numbers of the tokens, as data(texts) returns them; got "
                f"{shortened(x)}: write cost(text) or probabilities(start) for a text"
            )
        if not len(x) or len(x) % count:
            raise ValueError(
                f"the input has {count} numbers for each token, as data(texts) returns them; got "
                f"{len(x)} numbers"
            )
        tokens = [x[k : k + count] for k in range(0, len(x), count)]
        return Outputs(z for logits in self.logits(tokens) for z in logits)

    def cost(self, text: str) -> Value:
        """Return C for one text, the mean of −ln p of the next token over all positions."""
        tokens = self.encode(text)
        logits = self.logits(tokens[:-1])
        costs = [logsumexp(z) - z[wanted] for z, wanted in zip(logits, tokens[1:], strict=True)]
        cost = total(costs) / len(costs)
        cost.label = "C"
        return cost

    def loss(self, outputs: Sequence[Value], targets: Sequence[Value]) -> Value:
        """Return the cost of one example of `data`, for `fit`.

        A position after the end of the text has a target of zeros, and does not count.
        """
        count = len(self.letters)
        starts = range(0, len(outputs), count)
        pairs = [(outputs[k : k + count], targets[k : k + count]) for k in starts]
        counts = [total(y) for _, y in pairs]  # 1 for a position in the text, 0 after its end
        costs = [n * logsumexp(z) - dot(y, z) for n, (z, y) in zip(counts, pairs, strict=True)]
        cost = total(costs) / total(counts)
        cost.label = "C"
        return cost

    def data(self, texts: Iterable[str]) -> Data:
        """Return texts as examples for `fit`: vectors of 0 and 1 for all positions.

        Write ``fit(gpt, gpt.data(texts), loss=gpt.loss, targets="numbers", …)``. With a smaller
        `context` the rows are shorter, and training is faster.

        Raises:
            TypeError: `texts` is not a list of strings.
            ValueError: there are no texts, or one has an unknown letter or is too long.
        """
        check_list("texts", texts)
        encoded = [self.encode(text) for text in texts]
        if not encoded:
            raise ValueError("there are no texts; give at least one")
        x = np.zeros((len(encoded), self.context, len(self.letters)))
        y = np.zeros_like(x)
        x[:, :, -1] = 1.0  # END fills the positions after the end of a text
        for k, tokens in enumerate(encoded):
            positions = np.arange(len(tokens) - 1)
            x[k, positions] = np.eye(len(self.letters))[tokens[:-1]]
            y[k, positions] = np.eye(len(self.letters))[tokens[1:]]
        return Data(x.reshape(len(x), -1), y.reshape(len(y), -1), "numbers")

    def probabilities(self, start: str = "") -> dict[str, float]:
        """Return the probability of each letter, and of END, after the start of a text."""
        z = np.array([value.data for value in self.logits(self.encode(start)[:-1])[-1]])
        p = np.exp(z - z.max())
        return dict(zip(self.letters, (p / p.sum()).tolist(), strict=True))

    def sample(self, seed: Seed = None, *, start: str = "", temperature: float = 1.0) -> str:
        """Return a text that is drawn letter by letter.

        Args:
            seed: an int or a numpy Generator.
            start: how the text begins.
            temperature: below 1, likely letters become even more likely.

        Raises:
            ValueError: the temperature is not above 0.
        """
        if not isinstance(temperature, int | float) or not temperature > 0:
            raise ValueError(f"the temperature is above 0; got {temperature!r}")
        generator = random_generator(seed)
        text = start
        while len(text) < self.context - 1:
            p = np.array(list(self.probabilities(text).values())) ** (1 / temperature)
            letter = self.letters[generator.choice(len(p), p=p / p.sum())]
            if letter == END:
                break
            text += letter
        return text

    def attention(self, text: str) -> dict[str, NDArray[np.float64]]:
        """Return aₜₛ of every head for a text, by names such as "layer 1, head 2".

        The shape is (tokens, tokens). Entries above the diagonal are 0.
        """
        logits = self.logits(self.encode(text)[:-1])
        count = len(logits)
        weights: dict[str, NDArray[np.float64]] = {}
        for node in all_nodes(*(z for row in logits for z in row)):
            if node.label.startswith("a["):
                name = f"{node.block[0]}, {node.block[-2]}"
                t, s = map(int, node.label[2:-1].split(","))
                weights.setdefault(name, np.zeros((count, count)))[t - 1, s - 1] = node.data
        return weights
