"""``gradtrace train``: what it prints, what it keeps, and how it refuses."""

import pytest

from gradtrace.__main__ import main
from nn import load, mnist, write_idx


@pytest.fixture
def few_digits(tmp_path, mnist_folder):
    """A folder with 300 of MNIST's digits, of whatever classes."""
    data = mnist(mnist_folder, "t10k")[:300]
    folder = tmp_path / "mnist"
    folder.mkdir()
    pixels = (data.x * 255).round().astype("u1").reshape(-1, 28, 28)
    write_idx(folder / "t10k-images-idx3-ubyte.gz", pixels)
    write_idx(folder / "t10k-labels-idx1-ubyte.gz", data.labels.astype("u1"))
    return folder


def test_mnist_is_learnt_looked_into_and_kept(few_digits, tmp_path, capsys):
    file = tmp_path / "net.npz"
    assert main(["train", "--mnist", str(few_digits), "--epochs", "2", "--save", str(file)]) == 0
    out, err = capsys.readouterr()
    for text in (
        *("784-16-16-10, 13,002 weights and biases", "270 digits to learn from, 30 to test with"),
        *("Accuracy: ", "class (row), answer (column)", "most sensitive to", "and least"),
        *("× more sensitive to W", "What one example wants, a 2", "nudge −∂C/∂a", "a3[3]"),
        f"Saved in {file}",
    ):
        assert text in out
    assert err
    model, history = load(file)
    assert model.sizes == [784, 16, 16, 10]
    assert len(history) == 2


def test_quiet_and_seeded(few_digits, tmp_path, capsys):
    def run(seed):
        main(["train", "--mnist", str(few_digits), "--epochs", "1", "--quiet", "--seed", seed])
        return capsys.readouterr()

    first = run("1")
    assert first.err == ""
    assert first == run("1") != run("2")


@pytest.mark.optional("sklearn")
def test_the_digits_of_scikit_learn_are_learnt(capsys):
    assert main(["train", "--digits", "--epochs", "80", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "64-16-16-10, 1,482 weights and biases" in out
    accuracy = float(out.split("Accuracy: ")[1].split("%")[0])
    assert accuracy >= 93


def test_a_folder_without_digits_is_named(tmp_path, capsys):
    assert main(["train", "--mnist", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"no digits")
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"no digits")
    assert main(["train", "--mnist", str(tmp_path)]) == 2
    assert "expected an IDX file" in capsys.readouterr().err


def test_one_of_the_two_is_needed(capsys):
    with pytest.raises(SystemExit):
        main(["train"])
    assert "--mnist" in capsys.readouterr().err
