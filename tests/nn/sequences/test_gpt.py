"""A GPT of Values: its loss against an independent implementation, its blocks, its training."""

from pathlib import Path

import numpy as np
import pytest

from autograd import Graph, Value, dot, grad
from nn import GPT, Adam, Attention, Embedding, LayerNorm, RMSNorm, fit, names

CODE = Path(__file__).parents[2] / "benchmarks" / "microgpt_code.py"


@pytest.fixture(scope="module")
def code(load_module):
    return load_module(CODE)


def in_numpy(arrays, tokens, heads):
    """Return the loss of a GPT, written with arrays and masks instead of scalars and loops."""

    def norm(x):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)

    t = len(tokens) - 1
    x = norm(arrays["tokens.table"][tokens[:-1]] + arrays["positions.table"][:t])
    mask = np.triu(np.full((t, t), -np.inf), 1)
    for k in range(sum(name.endswith(".W1") for name in arrays)):
        part = {n.rpartition(".")[2]: a for n, a in arrays.items() if f"blocks[{k + 1}]" in n}
        q, key, v = ((norm(x) @ part[n].T).reshape(t, heads, -1).transpose(1, 0, 2) for n in "QKV")
        z = q @ key.transpose(0, 2, 1) / np.sqrt(q.shape[-1]) + mask
        a = np.exp(z - z.max(-1, keepdims=True))
        a /= a.sum(-1, keepdims=True)
        x = x + (a @ v).transpose(1, 0, 2).reshape(t, -1) @ part["O"].T
        x = x + np.maximum(norm(x) @ part["W1"].T, 0) @ part["W2"].T
    z = x @ arrays["L"].T
    z = z - z.max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return -log_p[np.arange(t), tokens[1:]].mean()


def test_it_has_as_many_parameters_as_microgpt():
    assert len(GPT(seed=0).parameters()) == 4192


@pytest.mark.parametrize(
    ("text", "size", "heads", "layers"), [("emma", 16, 4, 1), ("", 4, 1, 2), ("abab", 6, 3, 3)]
)
def test_the_loss_is_that_of_an_independent_implementation(text, size, heads, layers):
    gpt = GPT(size=size, heads=heads, layers=layers, seed=1, deviation=0.4)
    loss = in_numpy(gpt.arrays(), gpt.encode(text), heads)
    assert gpt.cost(text).data == pytest.approx(loss, abs=1e-12)


def test_microgpt_as_others_write_it_has_the_same_loss_and_gradients(code):
    gpt = GPT("abcdemn", size=8, heads=2, seed=2, deviation=0.3)
    ours, tokens = gpt.cost("emma"), gpt.encode("emma")
    ours.backward()
    place = {p.label: p.grad for p in gpt.blocks[0].attention.parameters()}
    for make, product in (
        (code.Plain, code.sum_of_products),
        (Value, code.sum_of_products),
        (Value, dot),
    ):
        model = code.model_of(gpt.arrays(), make)
        loss = code.cost(tokens, model, 2, product)
        loss.backward()
        assert loss.data == pytest.approx(ours.data, abs=1e-12)
        q = model["layers"][0]["Q"]
        assert q[2][3].grad == pytest.approx(place["Q[3,4]"], abs=1e-12)


def test_gradients_are_those_of_differences_of_the_independent_implementation():
    gpt = GPT("abc", context=4, size=4, heads=2, seed=3, deviation=0.5)
    tokens = gpt.encode("cab")
    chosen = [gpt.L[0, 1], gpt.tokens.table[2, 0], gpt.blocks[0].attention.V[1, 2]]
    slopes = [g.data for g in grad(gpt.cost("cab"), chosen)]
    for parameter, slope in zip(chosen, slopes, strict=True):
        costs = []
        for step in (1e-6, -2e-6):
            parameter.data += step
            costs.append(in_numpy(gpt.arrays(), tokens, 2))
        parameter.data += 1e-6
        assert (costs[0] - costs[1]) / 2e-6 == pytest.approx(slope, abs=1e-8)


def test_a_graph_opens_into_layers_heads_and_tokens():
    gpt = GPT("abc", context=4, size=4, heads=2, seed=0)
    graph = Graph.of(gpt.cost("ab"))
    blocks = {node.block for node in graph.nodes}
    assert ("embedding", "token 1") in blocks
    assert ("layer 1", "attention", "head 2", "token 3") in blocks
    assert ("layer 1", "MLP", "token 2") in blocks and ("logits", "token 3") in blocks
    weights = [n for n in graph.nodes if n.label.startswith("a[")]
    assert len(weights) == 2 * 6  # two heads, and the lower half of a 3 × 3 table
    sums = {}
    for node in weights:
        sums.setdefault(node.block, []).append(node.data)
    assert all(sum(row) == pytest.approx(1.0) for row in sums.values())


def test_the_attention_of_a_text_as_arrays():
    gpt = GPT("abc", context=4, size=4, heads=2, seed=0)
    found = gpt.attention("ab")
    assert list(found) == ["layer 1, head 1", "layer 1, head 2"]
    for array in found.values():
        assert np.allclose(array.sum(1), 1) and not np.triu(array, 1).any()


def test_fit_trains_it_compiled_and_it_then_spells():
    gpt = GPT("abc", context=5, size=8, heads=2, seed=0)
    texts = ["abc", "abcb", "cab"] * 4
    before = np.mean([gpt.cost(text).data for text in texts])
    history = fit(
        gpt, gpt.data(texts), loss=gpt.loss, targets="numbers", optimizer=Adam(0.03),
        epochs=60, batch_size=6, seed=0, progress=False,
    )  # fmt: skip
    after = np.mean([gpt.cost(text).data for text in texts])
    assert history[0].cost < before + 0.3 and after < 0.5 < 1.2 < before
    assert history[-1].cost == pytest.approx(after, abs=0.15)
    assert {gpt.sample(seed) for seed in range(20)} <= {"abc", "abcb", "cab", "ab", "cabc"}
    assert gpt.sample(0, start="ca", temperature=0.01) == "cab"
    assert sum(gpt.probabilities("a").values()) == pytest.approx(1.0)


def test_the_cost_of_a_row_of_data_is_the_cost_of_its_text():
    gpt = GPT("abc", context=5, size=4, heads=1, seed=4)
    data = gpt.data(["a", "cabb"])
    for k, text in enumerate(("a", "cabb")):
        outputs = gpt([Value(x) for x in data.x[k]])
        cost = gpt.loss(outputs, [Value(y) for y in data.y[k]])
        assert cost.data == pytest.approx(gpt.cost(text).data, abs=1e-12)


def test_what_does_not_fit_is_named():
    gpt = GPT("abc", context=4, size=4, heads=2, seed=0)
    with pytest.raises(ValueError, match="letter 'z', which the model does not know"):
        gpt.cost("az")
    with pytest.raises(ValueError, match="has at most 3"):
        gpt.cost("abca")
    with pytest.raises(ValueError, match="3 heads cannot divide vectors of length 4"):
        Attention(4, 3)
    with pytest.raises(ValueError, match="a letter occurs twice"):
        GPT("aab")
    with pytest.raises(ValueError, match="there is no token 5"):
        Embedding(3, 2, seed=0)(5)
    with pytest.raises(ValueError, match="the temperature is above 0"):
        gpt.sample(temperature=0.0)


@pytest.mark.optional("torch")
def test_the_norms_are_those_of_pytorch(optional):
    torch = optional("torch")
    x = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64)
    for ours, theirs in (
        (LayerNorm(3), torch.nn.LayerNorm(3, dtype=torch.float64)),
        (RMSNorm(3, gain=True), torch.nn.RMSNorm(3, eps=1e-5, dtype=torch.float64)),
    ):
        found = [y.data for y in ours([Value(v) for v in x.tolist()])]
        assert np.allclose(found, theirs(x).detach(), atol=1e-12)
        assert len(ours.parameters()) == sum(p.numel() for p in theirs.parameters())


def test_names_are_words_of_small_letters():
    assert len(names()) == len(set(names())) == 640
    assert all(name.isalpha() and name.islower() and 3 <= len(name) <= 8 for name in names())
