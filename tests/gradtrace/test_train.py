"""``gradtrace train``: what it prints, what it keeps, and how it refuses."""

import subprocess
import sys

import numpy as np
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


def test_mnist_is_learned_looked_into_and_kept(few_digits, tmp_path, capsys):
    file = tmp_path / "net.npz"
    assert main(["train", "--mnist", str(few_digits), "--epochs", "2", "--save", str(file)]) == 0
    out, err = capsys.readouterr()
    for text in (
        *("784-16-16-10, 13,002 weights and biases", "270 digits to learn from, 30 to test with"),
        *("Accuracy: ", "class (row), answer (column)", "most sensitive to", "and least"),
        *("× more sensitive to W", "What one example wants, a 2", "nudge −∂C/∂a", "a3[3]"),
        *(f"Saved in {file}", "no MNIST file train-images", "The first nine tenths of the t10k"),
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
def test_the_digits_of_scikit_learn_are_learned(capsys):
    assert main(["train", "--digits", "--epochs", "80", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "64-16-16-10, 1,482 weights and biases" in out
    accuracy = float(out.split("Accuracy: ")[1].split("%")[0])
    assert accuracy >= 93


def write_part(folder, part, count):
    generator = np.random.default_rng(count)
    images = generator.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    write_idx(folder / f"{part}-images-idx3-ubyte", images)
    write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(count, dtype=np.uint8) % 10)


def test_both_parts_are_used_each_for_what_it_is(tmp_path, capsys):
    write_part(tmp_path, "train", 60)
    write_part(tmp_path, "t10k", 20)
    assert main(["train", "--mnist", str(tmp_path), "--epochs", "1", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "60 digits to learn from, 20 to test with" in out
    assert "nine tenths" not in out


@pytest.mark.parametrize("part", ["train", "t10k"])
def test_five_digits_are_too_few(tmp_path, capsys, part):
    write_part(tmp_path, part, 5)
    assert main(["train", "--mnist", str(tmp_path), "--quiet"]) == 2
    out, err = capsys.readouterr()
    assert "there are 5 digits; at least 10 are needed" in err
    assert out == ""


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("t10k-images-idx3-ubyte/net.npz", "Not a directory"),
        (".", "is a folder; write the name of"),
    ],
)
def test_where_to_save_is_checked_before_the_training(tmp_path, capsys, target, message):
    write_part(tmp_path, "t10k", 20)
    save = str(tmp_path / target)
    assert main(["train", "--mnist", str(tmp_path), "--quiet", "--save", save]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"gradtrace: {save}: ")
    assert message in err
    assert not list(tmp_path.glob("*.tmp"))


def test_a_reader_that_has_read_enough_ends_it_quietly(tmp_path):
    write_part(tmp_path, "t10k", 20)
    command = [sys.executable, "-m", "gradtrace", "train", "--mnist", str(tmp_path), "--quiet"]
    process = subprocess.Popen(
        [*command, "--epochs", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().startswith("784-16-16-10")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


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
