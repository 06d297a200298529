"""Modules of PyTorch as graphs of scalars: their values, gradients, names and lines."""

import inspect
import math
import warnings
from functools import partial

import pytest

from autograd import Graph, Value, explain, from_torch

pytestmark = pytest.mark.optional("torch")


def modules(torch):
    """Return modules with inputs for them, by name."""
    nn, functional = torch.nn, torch.nn.functional
    x, image = torch.randn(2, 4), torch.randn(1, 2, 4, 4)

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(4, 4)

        def forward(self, x):
            return x + torch.tanh(self.inner(x)) * x.mean(1, keepdim=True)

    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.both = nn.Linear(4, 6)

        def forward(self, x):
            a, b = self.both(x).chunk(2, -1)
            return a * torch.sigmoid(b)

    class SelfAttention(nn.Module):
        def __init__(self, causal):
            super().__init__()
            self.qkv, self.causal = nn.Linear(4, 12), causal

        def forward(self, x):
            q, k, v = (part[None, None] for part in self.qkv(x).split(4, -1))
            return functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)

    class Tokens(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.out = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)

        def forward(self, tokens, wanted):
            return functional.cross_entropy(self.out(self.table(tokens)), wanted)

    class Tied(Tokens):
        def __init__(self):
            super().__init__()
            self.out.weight = self.table.weight

    class Recurrent(nn.Module):
        def __init__(self, kind):
            super().__init__()
            self.cell = kind(4, 3)

        def forward(self, x):
            h = torch.zeros(1, 3)
            state = (h, h) if isinstance(self.cell, nn.LSTMCell) else h
            for row in x:
                state = self.cell(row[None], state)
            return state[0] if isinstance(state, tuple) else state

    activations = [
        *(nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.GELU(), nn.GELU(approximate="tanh"), nn.SiLU()),
        *(nn.Softplus(), nn.LeakyReLU(0.1), nn.ELU(), nn.SELU(), nn.CELU(), nn.Mish()),
        *(nn.Hardtanh(), nn.Hardswish(), nn.ReLU6(), nn.LogSigmoid()),
        *(nn.Softsign(), nn.Tanhshrink(), nn.Softmax(1), nn.LogSoftmax(1), nn.Softmin(0)),
        *(nn.GLU(), nn.PReLU()),
    ]
    found = {repr(a): (nn.Sequential(nn.Linear(4, 4), a), x) for a in activations}
    found |= {
        "linear": (nn.Linear(4, 3), x),
        "linear without bias": (nn.Linear(4, 3, bias=False), x),
        "mlp": (nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), x),
        "residual": (Residual(), x),
        "gated": (Gated(), x),
        "layer norm": (nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4)), x),
        "rms norm": (nn.Sequential(nn.Linear(4, 4), nn.RMSNorm(4)), x),
        "batch norm 1d": (nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).eval(), x),
        "batch norm 2d": (nn.Sequential(nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2)).eval(), image),
        "batch norm of the batch": (nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)), x),
        "group norm": (nn.Sequential(nn.Conv2d(2, 4, 1), nn.GroupNorm(2, 4)), image),
        "instance norm": (nn.Sequential(nn.Conv2d(2, 2, 1), nn.InstanceNorm2d(2)), image),
        "conv1d": (nn.Conv1d(2, 3, 2), torch.randn(1, 2, 5)),
        "conv2d": (nn.Conv2d(2, 3, 3, padding=1), image),
        "conv2d with stride": (nn.Conv2d(2, 2, 2, stride=2), image),
        "conv2d with dilation": (nn.Conv2d(2, 1, 2, dilation=2), image),
        "conv2d in groups": (nn.Conv2d(2, 4, 3, groups=2), image),
        "conv3d": (nn.Conv3d(1, 1, 2), torch.randn(1, 1, 3, 3, 3)),
        "transposed conv": (nn.ConvTranspose2d(2, 2, 2, stride=2), torch.randn(1, 2, 2, 2)),
        "transposed conv 1d": (nn.ConvTranspose1d(2, 2, 3, padding=1), torch.randn(1, 2, 4)),
        "max pool": (nn.Sequential(nn.Conv2d(2, 2, 1), nn.MaxPool2d(2)), image),
        "average pool": (nn.Sequential(nn.Conv2d(2, 2, 1), nn.AvgPool2d(2)), image),
        "adaptive pool": (nn.Sequential(nn.Conv2d(2, 2, 1), nn.AdaptiveAvgPool2d(1)), image),
        "padding": (nn.Sequential(nn.ZeroPad2d(1), nn.Conv2d(2, 1, 3)), image),
        "flatten": (nn.Sequential(nn.Conv2d(2, 1, 3), nn.Flatten(), nn.Linear(4, 2)), image),
        "dropout": (nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5)).eval(), x),
        "embedding": (nn.Embedding(5, 3), torch.tensor([0, 3, 3])),
        "embedding with padding": (nn.Embedding(5, 3, padding_idx=3), torch.tensor([0, 3, 3])),
        "tokens": (Tokens(), torch.tensor([0, 1, 4]), torch.tensor([2, 2, 0])),
        "tied weights": (Tied(), torch.tensor([0, 1, 4]), torch.tensor([2, 2, 0])),
        "attention": (SelfAttention(False), torch.randn(3, 4)),
        "causal attention": (SelfAttention(True), torch.randn(3, 4)),
        "rnn cell": (Recurrent(nn.RNNCell), x),
        "gru cell": (Recurrent(nn.GRUCell), x),
        "lstm cell": (Recurrent(nn.LSTMCell), x),
        "encoder layer": (
            nn.TransformerEncoderLayer(4, 2, 6, batch_first=True, dropout=0.0),
            torch.randn(1, 3, 4),
        ),
    }
    losses = [
        *(nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss(), nn.HuberLoss(), nn.BCEWithLogitsLoss()),
        *(nn.KLDivLoss(reduction="batchmean"), nn.HingeEmbeddingLoss(), nn.SoftMarginLoss()),
    ]
    y = torch.rand(2, 4)
    return found | {repr(loss): (loss, x, y) for loss in losses}


def more_modules(torch):
    """Return modules whose operations are chosen, moved by floats, or linear, by name."""
    nn = torch.nn

    def r(*shape):
        return torch.randn(*shape)

    class Of(nn.Module):
        """A function as a module."""

        def __init__(self, function):
            super().__init__()
            self.function = function

        def forward(self, x, *more):
            return self.function(x, *more)

    image, row = r(1, 2, 4, 4), r(1, 2, 6)
    given = {
        **{
            f"{m!r} {tuple(x.shape)}": (m, x)
            for m, x in (
                (nn.LPPool1d(2, 2), row.abs()),
                (nn.LPPool2d(2, 2), image.abs()),
                (nn.LocalResponseNorm(2), image),
                (nn.MaxPool1d(2), row),
                (nn.MaxPool3d(2), image[None]),
                (nn.AvgPool3d(2), image[None]),
                (nn.AdaptiveMaxPool1d(2), row),
                (nn.AdaptiveMaxPool2d(2), image),
                (nn.AvgPool2d(3, ceil_mode=True), image),
                (nn.MaxPool2d(3, ceil_mode=True), image),
                (nn.Fold((3, 3), (2, 2)), r(1, 4, 4)),
                (nn.Upsample(scale_factor=2), image),
                (nn.Upsample(scale_factor=2), row),
                (nn.Upsample(scale_factor=2, mode="bilinear"), image),
                (nn.Upsample(scale_factor=2, mode="bicubic"), image[:, :1, :2, :2]),
                (nn.PixelShuffle(2), r(1, 4, 1, 2)),
                (nn.ReflectionPad1d(1), row),
                (nn.CircularPad1d(1), row),
                (nn.ReplicationPad2d(1), image),
                (nn.RReLU().eval(), r(4)),
                (nn.Hardshrink(), r(6)),
                (nn.Softshrink(), r(6)),
                (nn.Threshold(0.1, -1.0), r(6)),
                (nn.Softmax2d(), image),
                (nn.BatchNorm3d(2), r(2, 2, 1, 2, 2)),
                (nn.ReLU6(), torch.tensor([-2.0, 9.0])),
            )
        },
        **{
            name: (Of(f), x)
            for name, f, x in (
                ("norm", lambda a: a.norm(), r(4)),
                ("norm 3", lambda a: a.norm(3, 0), r(4, 2)),
                ("norm 1", lambda a: a.norm(1), r(4)),
                ("norm inf", lambda a: a.norm(torch.inf), r(4)),
                ("sort", lambda a: a.sort().values[:2], r(4)),
                ("max", lambda a: a.max(), r(4)),
                ("topk", lambda a: a.topk(2).values, r(4)),
                ("median", lambda a: a.median(), r(5)),
                ("max of rows", lambda a: a.max(1).values, r(2, 3)),
                ("min", lambda a: a.min(), r(4)),
                ("min kept", lambda a: a.min(0, keepdim=True).values, r(3, 2)),
                ("cumprod", lambda a: a.cumprod(0), r(4)),
                ("cumsum", lambda a: a.cumsum(0), r(4)),
                ("logarithms", lambda a: a.abs().log2() + a.abs().log10() + a.exp2(), r(3)),
                ("var and mean", lambda a: sum(torch.var_mean(a, 0)), r(3, 2)),
                ("std", lambda a: a.std(), r(4)),
                ("logsumexp", lambda a: a.logsumexp(0), r(4)),
                ("roll", lambda a: a.roll(1), r(3)),
                ("tril", lambda a: a.tril(), r(3, 3)),
                ("detach", lambda a: a * a.detach() + (a.sign() - a).detach(), r(3)),
                ("gather", lambda a: a.gather(0, torch.tensor([1, 0])), r(3)),
                ("fmod", lambda a: a.fmod(0.7), r(4)),
                ("remainder", lambda a: a.remainder(0.7), r(4)),
                ("logcumsumexp", lambda a: a.logcumsumexp(0), r(4)),
                ("mode", lambda a: a.mode().values, r(4)),
                ("bucketize", lambda a: a * torch.bucketize(a, torch.tensor([0.0, 1.0])), r(4)),
                ("scatter a number", lambda a: a.scatter(0, torch.tensor([2, 0]), 3.5), r(3)),
                ("vmap", lambda a: torch.vmap(lambda row: row.sin().prod())(a), r(2, 3)),
                ("einsum of a diagonal", lambda a: torch.einsum("ii->", a @ a), r(2, 2)),
                (
                    "scatter_add",
                    lambda a: a.scatter_add(0, torch.tensor([1, 1]), (a * a)[:2]),
                    r(3),
                ),
                ("repeat", lambda a: a.repeat_interleave(2).unfold(0, 2, 3).prod(1), r(4)),
                ("pad and crop", lambda a: nn.functional.pad(a, (-1, 2, 1, -1)), r(3, 4)),
            )
        },
        **{
            name: (Of(f), x, y)
            for name, f, x, y in (
                (
                    "atan2",
                    torch.atan2,
                    torch.tensor([1.0, -1.0, 0.3, -0.2, 2.0]),
                    torch.tensor([2.0, -3.0, -1.0, 0.1, -0.5]),
                ),
                ("hypot", torch.hypot, r(3), r(3)),
                ("cdist", torch.cdist, r(2, 3), r(2, 3)),
                ("einsum", lambda a, b: torch.einsum("ij,kj->ik", a, b), r(2, 3), r(2, 3)),
                ("kron", torch.kron, r(2), r(2)),
                ("fmod of two", torch.fmod, 3 * r(4), r(4)),
                ("remainder of two", torch.remainder, 3 * r(4), r(4)),
                ("copysign", torch.copysign, r(4), r(4)),
                ("scatter", lambda a, b: a.scatter(0, torch.tensor([2, 0]), b), r(3), r(2)),
                ("addmv", lambda a, b: torch.addmv(b[0], a, b[1]), r(2, 2), r(2, 2)),
            )
        },
        "bilinear": (nn.Bilinear(2, 3, 2), r(2, 2), r(2, 3)),
        "bilinear without bias": (nn.Bilinear(2, 2, 1, bias=False), r(1, 2), r(1, 2)),
        "bag of embeddings": (nn.EmbeddingBag(5, 3, mode="sum"), torch.tensor([[0, 2, 2]])),
        "mean of embeddings": (nn.EmbeddingBag(5, 3), torch.tensor([[0, 2, 2]])),
        "decoder layer": (
            nn.TransformerDecoderLayer(4, 2, 6, batch_first=True, dropout=0.0),
            r(1, 2, 4),
            r(1, 2, 4),
        ),
    }
    given |= {
        f"{module!r} {len(inputs)}": (module, *inputs)
        for module, *inputs in (
            (nn.RNN(3, 2, nonlinearity="relu"), r(3, 3)),
            (nn.GRU(3, 2, 2, bidirectional=True), r(3, 3)),
            (nn.LSTM(3, 2), r(3, 3)),
            (nn.LSTM(3, 4, proj_size=2), r(3, 1, 3), (r(1, 1, 2), r(1, 1, 4))),
            (nn.MultiheadAttention(4, 2), r(2, 4), r(3, 4), r(3, 4)),
            (
                nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True),
                r(2, 4),
                r(3, 3),
                r(3, 5),
            ),
            (nn.Transformer(4, 2, 1, 1, 5, 0.0, batch_first=True), r(1, 2, 4), r(1, 3, 4)),
            (nn.FractionalMaxPool2d(2, 2, _random_samples=torch.rand(1, 2, 2)), image),
        )
    }
    three = torch.tensor([1.0, -1.0, 1.0])
    labels, classes = torch.tensor([0, 2]), r(2, 3)
    for loss, *inputs in (
        (nn.CrossEntropyLoss(label_smoothing=0.1), classes, labels),
        (nn.CrossEntropyLoss(torch.tensor([1.0, 2.0, 3.0])), classes, labels),
        (nn.NLLLoss(ignore_index=1), classes, labels),
        (nn.PoissonNLLLoss(), r(3), r(3).abs()),
        (nn.BCELoss(), r(3).sigmoid(), r(3).sigmoid()),
        (nn.CosineEmbeddingLoss(0.1), r(2, 3), r(2, 3), three[:2]),
        (nn.MultiMarginLoss(), classes, labels),
        (nn.MarginRankingLoss(0.2), r(3), r(3), three),
        (nn.MultiLabelSoftMarginLoss(), classes, (classes > 0).double()),
        (nn.TripletMarginLoss(), r(2, 3), r(2, 3), r(2, 3)),
        (nn.TripletMarginWithDistanceLoss(), r(2, 3), r(2, 3), r(2, 3)),
        (nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0])), r(3), r(3).sigmoid()),
    ):
        given[f"{loss!r} {len(given)}"] = (loss, *inputs)
    return given


@pytest.fixture(scope="module")
def torch():
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(before)


def leaves_of(graph):
    return {n.label: graph.adjoints[n.index] for n in graph.nodes if n.is_leaf and n.label}


def entries(name, tensor):
    """Yield the label and the number of each entry of a tensor, as `from_torch` names them."""
    import numpy as np

    for place, number in np.ndenumerate(tensor.detach().numpy()):
        indices = ",".join(str(k + 1) for k in place)
        yield (f"{name}[{indices}]" if place else name), number


def compare(torch, module, inputs):
    """Compare outputs and all gradients with PyTorch's, and return how many were compared."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = inputs[0].clone()
        inputs = [first.requires_grad_(first.is_floating_point()), *inputs[1:]]
        graph = from_torch(module, *inputs)
        results = torch.utils._pytree.tree_leaves(module(*inputs))
        output = torch.cat([result.ravel() for result in results])
        module.zero_grad()
        output.sum().backward()
    numbers = [graph.nodes[k].data for k in graph.outputs]
    assert numbers == pytest.approx(output.detach().ravel().tolist(), rel=1e-12, abs=1e-12)
    found, count = leaves_of(graph), 0
    first = next(iter(inspect.signature(module.forward).parameters))
    given = {first: inputs[0]} if inputs[0].is_floating_point() else {}
    for name, parameter in {**dict(module.named_parameters()), **given}.items():
        gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        for label, number in entries(name, gradient):
            assert found.get(label, 0.0) == pytest.approx(number, rel=1e-12, abs=1e-12), label
            count += 1
    return count


def changed_gradients(torch):
    """Return modules whose gradients are not those of their values alone, with inputs, by name."""
    nn, net, one = torch.nn, torch.nn.Linear(1, 1), torch.tensor([1.0])
    tied, half = torch.tensor([1.0, 1.0, 0.5]), torch.tensor([0.5])

    class Of(nn.Module):
        def __init__(self, function):
            super().__init__()
            self.function, self.net = function, net

        def forward(self, x, *more):
            return self.function(x, *more)

    def target(x):
        with torch.no_grad():
            wanted = net(x)
        return (2 * net(x) - wanted) ** 2

    def nested(x):
        with torch.no_grad():
            outer = net(x)
            with torch.enable_grad():
                inner = net(3 * x)
        return outer * net(x) * inner

    def switched(x):
        torch.set_grad_enabled(False)
        square = x * x
        torch.set_grad_enabled(True)
        return square * x

    functions = {
        "detach": (lambda x: x * x.detach(), one),
        "straight through": (lambda x: x + (torch.sign(x) - x).detach(), half),
        "rounded": (lambda x: x + (x.round() - x).detach(), half),
        "no_grad": (target, one),
        "no_grad as a decorator": (lambda x: net(x) * torch.no_grad()(net)(x), one),
        "nested": (nested, one),
        "switched": (switched, half),
        "a view": (lambda x: x * x.detach().view(1, 1).sum(), one),
        "a tie of maximum": (lambda x: torch.maximum(x, 2 * x), 0 * one),
        "a tie of minimum": (torch.minimum, tied, torch.tensor([1.0, 2.0, 0.5])),
        "a tie of amax": (lambda x: x.amax(), tied),
        "a tie of amin": (lambda x: x[:2].amin(), tied),
        "a tie of max": (lambda x: x.max(), tied),
        "a tie of max along an axis": (lambda x: x.max(0).values, tied),
        "a tie of the median": (lambda x: x.median(), tied),
        "a tie of the largest size": (lambda x: x.norm(torch.inf), torch.tensor([1.0, -1.0])),
        "clamp at its bounds": (lambda x: x.clamp(0.5, 1), tied),
        "relu6 at its bounds": (nn.functional.relu6, torch.tensor([0.0, 6.0])),
        "relu and abs at 0": (lambda x: torch.relu(x) + x.abs(), 0 * one),
    }
    return {
        **{name: (Of(f), *inputs) for name, (f, *inputs) in functions.items()},
        "padding_idx": (nn.Embedding(5, 3, padding_idx=1), torch.tensor([1, 2])),
        "a negative padding_idx": (nn.Embedding(5, 3, padding_idx=-1), torch.tensor([4, 1])),
        "a padded bag": (nn.EmbeddingBag(5, 2, padding_idx=1), torch.tensor([[0, 1, 2]])),
    }


@pytest.mark.parametrize(
    ("listed", "count"), [(modules, 60), (more_modules, 60), (changed_gradients, 22)]
)
def test_outputs_and_gradients_of_all_modules_are_those_of_pytorch(torch, listed, count):
    torch.manual_seed(0)
    given = listed(torch)
    assert len(given) >= count
    wrong = {}
    for name, (module, *inputs) in given.items():
        try:
            compare(torch, module, inputs)
        except Exception as error:
            wrong[name] = f"{type(error).__name__}: {error}"[:300]
    assert not wrong


def test_a_graph_with_other_gradients_than_pytorch_is_refused(torch):
    nn, one = torch.nn, torch.tensor([1.0])

    class Sevenfold(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            return 7 * gradient

    hooked, reversed_ = nn.Linear(1, 1), nn.Linear(1, 1)
    hooked.weight.register_hook(lambda gradient: 3 * gradient)
    reversed_.register_full_backward_hook(lambda module, inputs, outputs: (-inputs[0],))
    frequent = nn.Embedding(5, 2, scale_grad_by_freq=True)
    for function, x, words in (
        (lambda x: Sevenfold.apply(x), one, "is 1 in the graph and 7 in PyTorch"),
        (lambda x: Sevenfold.apply(x) * x, one, "is 2 in the graph and 8 in PyTorch"),
        (hooked, one, r"weight\[1,1\] is 1 in the graph and 3 in PyTorch"),
        (reversed_, one, "in PyTorch"),
        (frequent, torch.tensor([0, 0, 1]), "in PyTorch, of a weighted sum of the outputs"),
        (lambda x: nn.functional.hardswish(x), -3 * one, "is -0.5 in the graph and 0 in PyTorch"),
    ):
        with pytest.raises(NotImplementedError, match=words):
            from_torch(function, x)
    for function, words in (
        (lambda x: x * x.data, r"Write x\.detach\(\) for x\.data"),
        (lambda x: x * x.item(), r"write x\.detach\(\) for x\.item\(\)"),
        (lambda x: x.masked_select(x > 0), "result of masked_select depends on the numbers"),
    ):
        with pytest.raises(NotImplementedError, match=words):
            from_torch(function, one)


def test_gradients_and_hooks_of_the_module_are_left_alone(torch):
    net = torch.nn.Linear(1, 1)
    net.weight.register_hook(lambda gradient: None)
    net.weight.grad = torch.tensor([[5.0]])
    from_torch(net, torch.tensor([2.0]))
    assert net.weight.grad.item() == 5.0
    assert net.weight.requires_grad
    assert len(net.weight._backward_hooks) == 1
    assert net.bias.grad is None


def test_what_is_called_may_be_a_function_of_pytorch_a_partial_a_method_or_an_object(torch):
    net, x = torch.nn.Linear(1, 1), torch.tensor([-1.0])

    class Wrapped:
        def __init__(self):
            self.net = net

        def __call__(self, x):
            return self.net(x)

    slope = partial(torch.nn.functional.leaky_relu, negative_slope=0.25)
    for function, wanted in ((torch.relu, 0.0), (torch.exp, math.exp(-1)), (slope, 0.25)):
        assert list(leaves_of(from_torch(function, x)).values()) == [pytest.approx(wanted)]
    for function in (net.forward, Wrapped(), partial(lambda f, x: f(x), net)):
        found = leaves_of(from_torch(function, x))
        assert sorted(label.rpartition(".")[2] for label in found)[-1] == "weight[1,1]"


def test_gradients_of_inputs_are_those_of_pytorch(torch):
    x, y = torch.randn(2, 3), torch.randn(2, 3)
    graph = from_torch(torch.nn.MSELoss(), x, y)
    x.requires_grad_()
    torch.nn.functional.mse_loss(x, y).backward()
    found = leaves_of(graph)
    for label, number in entries("input", x.grad):
        assert found[label] == pytest.approx(number, abs=1e-12)


def test_a_loss_is_explained_with_the_names_of_its_modules(torch):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))

    def loss(x, y):
        return ((net(x) - y) ** 2).mean()

    x, y = torch.tensor([[0.5, 0.1]]), torch.tensor([[0.8]])
    graph = from_torch(loss, x, y)
    loss(x, y).backward()
    wanted = graph.index("net.0.weight[2,1]")
    assert graph.adjoints[wanted] == pytest.approx(net[0].weight.grad[1, 0].item(), abs=1e-14)
    assert "∂loss/∂net.0.weight[2,1] = " in str(explain(graph, "net.0.weight[2,1]"))
    blocks = {node.block for node in graph.nodes if node.parents}
    assert ("net Sequential", "0 Linear") in blocks and ("net Sequential", "1 Tanh") in blocks
    assert graph.output.line.text == "return ((net(x) - y) ** 2).mean()"
    assert Graph.from_json(graph.to_json()) == graph


def test_what_is_too_large_is_refused_with_what_to_cut(torch):
    net = torch.nn.Sequential(torch.nn.Linear(2000, 400), torch.nn.ReLU())
    with pytest.raises(ValueError, match="more than 1,000,000 edges: 0 Linear") as caught:
        from_torch(net, torch.randn(1, 2000))
    assert "Give one example" in str(caught.value) and "the submodule" in str(caught.value)


def test_the_slope_of_hardsigmoid_is_a_sixth_which_pytorch_rounds_to_single_precision(torch):
    x = torch.tensor([0.5, -4.0, 7.0], requires_grad=True)
    graph = from_torch(torch.nn.Hardsigmoid(), x)
    torch.nn.functional.hardsigmoid(x).sum().backward()
    found = [leaves_of(graph)[f"input[{k}]"] for k in (1, 2, 3)]
    assert found == [pytest.approx(1 / 6, rel=1e-15), 0.0, 0.0]
    assert found == pytest.approx(x.grad.tolist(), abs=5e-9)


def test_every_kind_of_operation_that_is_too_large_is_refused_before_it_is_recorded(torch):
    nn = torch.nn

    wide = torch.ones(1000)
    attention = nn.functional.scaled_dot_product_attention
    for function, x in (
        (lambda x: x @ x.T, torch.ones(200, 100)),
        (lambda x: torch.einsum("bij,bkj->bik", x, x), torch.ones(10, 100, 10)),
        (lambda x: attention(x, x, x), torch.ones(1, 1, 300, 20)),
        (lambda x: nn.functional.conv2d(x, torch.ones(16, 3, 5, 5)), torch.ones(1, 3, 64, 64)),
        (
            lambda x: nn.functional.conv_transpose2d(x, torch.ones(3, 9, 9, 9)),
            torch.ones(1, 3, 40, 40),
        ),
        (lambda x: x[:, None] + x[None, :], wide),
        (lambda x: x.expand(2000, 1000).sum(), wide),
        (lambda x: torch.softmax(x[:, None] * x[None, :], 1), wide),
        (lambda x: x.repeat(2).cumsum(0), wide),
        (lambda x: torch.cdist(x, x), torch.ones(600, 2)),
    ):
        with pytest.raises(ValueError, match="more than 1,000,000 edges") as caught:
            from_torch(function, x)
        assert "Give one example" in str(caught.value)
    with pytest.raises(ValueError, match="1,000,000 leaves: with weight, of shape"):
        from_torch(nn.Embedding(20_000, 64), torch.tensor([1]))


def decides(x):
    return x * 2 if x.sum() > 0 else x


def counts(x):
    return x[: int(x.sum())]


def leaves(x):
    return x.numpy()


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (decides, "return x * 2 if x.sum() > 0 else x). Write torch.where(condition, a, b)"),
        (counts, "return x[: int(x.sum())]). Write torch.where(condition, a, b)"),
        (leaves, "return x.numpy())"),
    ],
)
def test_what_pytorch_cannot_trace_is_named_with_its_line(torch, capsys, function, line):
    class Outer(torch.nn.Module):
        def forward(self, x):
            return function(x)

    for traced in (function, Outer()):
        with pytest.raises(NotImplementedError, match="PyTorch cannot trace ") as caught:
            from_torch(traced, torch.ones(2))
        assert "(test_torch_graph.py:" in str(caught.value) and line in str(caught.value)
        assert "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")


def test_an_operation_that_cannot_be_rewritten_or_computed_is_named_with_its_line(torch):
    def aligned(x):
        return torch.nn.functional.ctc_loss(x, torch.tensor([[1, 2]]), (4,), (2,))

    def divided(x):
        return torch.nan_to_num(x / (x - 1.0))

    with pytest.raises(NotImplementedError, match=r"\(test_torch_graph.py:.*ctc_loss\(x"):
        from_torch(aligned, torch.zeros(4, 1, 3))
    with pytest.raises(ZeroDivisionError, match=r"divisor.*\(test_torch_graph.py:.*nan_to_num"):
        from_torch(divided, torch.ones(2))


def test_a_trace_that_differs_from_the_module_is_refused(torch):
    """As PyTorch's trace of `MultiLabelMarginLoss` does."""

    class Odd(torch.nn.Module):
        def forward(self, x):
            return x * (2 if torch.compiler.is_compiling() else 3)

    with pytest.raises(NotImplementedError, match="is 2 by the trace and 3 by the module"):
        from_torch(Odd(), torch.ones(1))
    with pytest.raises(NotImplementedError, match=r"0\.1 by the trace.* without x\.float"):
        from_torch(lambda x: x.float().double(), torch.tensor([0.1], dtype=torch.float64))


def test_an_operation_that_is_not_linear_with_its_arguments_is_refused(torch):
    bag = torch.nn.EmbeddingBag(4, 2, mode="max")
    with pytest.raises(NotImplementedError, match=r"_embedding_bag.* is not linear"):
        from_torch(bag, torch.tensor([[0, 1, 2]]))


def test_an_unknown_operation_is_named_with_its_line(torch):
    class Odd(torch.nn.Module):
        def forward(self, x):
            return torch.special.bessel_j0(x)

    with pytest.raises(NotImplementedError, match="operation linalg_inv_ex"):
        from_torch(lambda x: torch.linalg.inv(x), torch.randn(2, 2))
    with pytest.raises(NotImplementedError, match="operation special_bessel_j0") as caught:
        from_torch(torch.nn.Sequential(Odd()), torch.randn(2))
    assert "0 Odd (test_torch_graph.py:" in str(caught.value)
    assert "return torch.special.bessel_j0(x)" in str(caught.value)


def test_dropout_that_drops_is_refused_with_advice(torch):
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout())
    with pytest.raises(NotImplementedError, match=r"call module.eval\(\) first"):
        from_torch(net, torch.randn(1, 2))


def test_a_tensor_is_refused_with_what_to_write(torch):
    with pytest.raises(TypeError, match=r"from_torch\(lambda x, y: loss"):
        from_torch(torch.randn(2).sum())
    with pytest.raises(TypeError, match=r"expected a torch\.nn\.Module"):
        from_torch(Value(1.0))
