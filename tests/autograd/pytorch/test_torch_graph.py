"""Modules of PyTorch as graphs of scalars: their values, gradients, names and lines."""

import inspect
import warnings

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
        output = module(*inputs)
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


def test_outputs_and_gradients_of_sixty_modules_are_those_of_pytorch(torch):
    torch.manual_seed(0)
    given = modules(torch)
    assert len(given) >= 60
    wrong = {}
    for name, (module, *inputs) in given.items():
        try:
            compare(torch, module, inputs)
        except Exception as error:
            wrong[name] = f"{type(error).__name__}: {error}"[:300]
    assert not wrong


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
    net = torch.nn.Sequential(torch.nn.Linear(1000, 1000), torch.nn.ReLU())
    with pytest.raises(ValueError, match="more than 1,000,000 edges: 0 Linear") as caught:
        from_torch(net, torch.randn(1, 1000))
    assert "Give one example" in str(caught.value) and "the submodule" in str(caught.value)


def test_an_unknown_operation_is_named_with_its_line(torch):
    class Odd(torch.nn.Module):
        def forward(self, x):
            return torch.special.bessel_j0(x)

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
