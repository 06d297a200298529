"""Saving and loading: bit for bit, whole or not at all, and damage refused by name."""

import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    CheckpointError,
    Dropout,
    Momentum,
    Nesterov,
    fit,
    load,
    moons,
    save,
)

DATA = moons(60, seed=0)


def bits(model):
    return [p.data.hex() for p in model.parameters()]


def trained(optimizer=None, epochs=2, **options):
    model = MLP(2, [5, 1], "leaky_relu(0.2)", "tanh", seed=0)
    options = {"batch_size": 7, "seed": 1, **options}
    rule = replace(optimizer) if optimizer else Adam(0.01)
    return model, fit(model, DATA, optimizer=rule, epochs=epochs, progress=False, **options)


@pytest.fixture
def saved(tmp_path):
    model, history = trained()
    save(tmp_path / "net.npz", model, history)
    return tmp_path / "net.npz"


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.05), Nesterov(0.05), Adam(0.01)])
def test_training_goes_on_from_a_file_as_if_it_had_never_paused(tmp_path, optimizer):
    whole, straight = trained(optimizer, epochs=5)
    save(tmp_path / "a.npz", *trained(optimizer, epochs=2))
    model, history = load(tmp_path / "a.npz")
    assert history.optimizer == optimizer
    more = fit(model, DATA, epochs=3, batch_size=7, resume=history, progress=False)
    assert bits(model) == bits(whole)
    assert [e[:3] for e in more] == [e[:3] for e in straight]
    assert more.random == straight.random


def test_the_network_comes_back_with_its_activations(saved):
    model, history = load(saved)
    assert bits(model) == bits(trained()[0])
    assert [layer.activation for layer in model.layers] == ["leaky_relu(0.2)", "tanh"]
    assert len(history) == 2
    assert model([0.5, 1.0])[0].data == trained()[0]([0.5, 1.0])[0].data


def test_a_model_alone_has_no_history(tmp_path):
    save(tmp_path / "a.npz", MLP(2, [1], seed=0))
    assert load(tmp_path / "a.npz")[1] is None


def test_a_model_of_another_shape_is_refused_and_not_changed(saved):
    model = MLP(2, [4, 1], seed=3)
    with pytest.raises(
        CheckpointError, match=re.escape("W1 has shape (5, 2) in the file, shape (4, 2)")
    ):
        load(saved, model)
    assert bits(model) == bits(MLP(2, [4, 1], seed=3))


def refused(path, content):
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=re.escape(str(path))) as caught:
        load(path)
    return str(caught.value)


def test_every_truncation_is_refused_by_name(saved):
    whole = saved.read_bytes()
    for length in [*range(0, len(whole), 13), len(whole) - 1]:
        refused(saved, whole[:length])


def test_flipped_bits_are_refused_or_change_nothing(saved):
    whole, expected, refusals = saved.read_bytes(), bits(load(saved)[0]), 0
    generator = random.Random(0)
    for _ in range(300):
        broken = bytearray(whole)
        broken[generator.randrange(len(broken))] ^= 1 << generator.randrange(8)
        saved.write_bytes(broken)
        try:
            model, _ = load(saved)
        except CheckpointError as error:
            assert str(saved) in str(error)  # noqa: PT017 - both outcomes are counted
            refusals += 1
        else:  # a bit of a zip header that means nothing, such as a date
            assert bits(model) == expected
    assert refusals > 200


def rewritten(path, change):
    """Return the file's content, changed with a proper tool: every zip checksum is right."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    change(arrays)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def edited(**entries):
    def change(arrays):
        about = json.loads(arrays["about"].tobytes())
        arrays["about"] = np.frombuffer(json.dumps(about | entries).encode(), np.uint8)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a["parameters/W1"].__setitem__((0, 0), 9.0), "the checksum differs"),
        (lambda a: a.pop("parameters/b1"), "the checksum differs"),
        (lambda a: a.update(more=np.zeros(3)), "the checksum differs"),
        (edited(gradtrace=99), "format 99; this version reads 1 and 2"),
        (edited(model={"kind": "MLP", "activations": ["exec"]}), "the checksum differs"),
        (lambda a: a.pop("about"), "about"),
    ],
)
def test_a_tampered_file_is_refused_by_name(saved, change, message):
    assert message in refused(saved, rewritten(saved, change))


def test_pickled_objects_are_never_loaded(saved):
    file = io.BytesIO()
    np.savez(file, about=np.array([print], dtype=object))
    assert "allow_pickle=False" in refused(saved, file.getvalue())


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04K\x01.", b"PK\x03\x04"])
def test_other_files_are_refused(tmp_path, content):
    refused(tmp_path / "other", content)


def test_a_lone_array_and_an_empty_zip_are_refused(tmp_path):
    file = io.BytesIO()
    np.save(file, np.ones(3))
    refused(tmp_path / "lone", file.getvalue())
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    refused(tmp_path / "empty", file.getvalue())


def test_a_missing_file_is_an_os_error_and_a_missing_folder_is_created(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")
    save(tmp_path / "no folder" / "a.npz", MLP(2, [1], seed=0))
    assert load(tmp_path / "no folder" / "a.npz")[0].sizes == [2, 1]


def test_only_the_usual_generator_can_be_saved(tmp_path):
    other = np.random.Generator(np.random.Philox(1))
    with pytest.raises(ValueError, match="were shuffled by Philox"):
        save(tmp_path / "a.npz", *trained(seed=other))


posix = pytest.mark.skipif(os.name != "posix", reason="kills a process with SIGKILL")

SAVER = """
import sys
from nn import MLP, save
path = sys.argv[1]
models = [MLP(40, [50, 10], seed=seed) for seed in (0, 1)]
save(path, models[0])
print("ready", flush=True)
while True:
    for model in models:
        save(path, model)
"""


@posix
def test_killing_the_process_while_it_saves_never_leaves_a_broken_file(tmp_path):
    path = tmp_path / "net.npz"
    wanted = [bits(MLP(40, [50, 10], seed=seed)) for seed in (0, 1)]
    generator = random.Random(0)
    for _ in range(8):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert saver.stdout.readline() == "ready\n"
        time.sleep(generator.uniform(0.0, 0.05))
        saver.send_signal(signal.SIGKILL)
        saver.communicate()
        assert bits(load(path)[0]) in wanted


KILLED = """
import os, signal, sys
from nn import MLP, save
path, step = sys.argv[1:]
setattr(os, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
save(path, MLP(2, [1], seed=1))
"""


@posix
@pytest.mark.parametrize("step", ["fdopen", "fsync", "chmod", "replace"])
def test_killing_before_each_step_of_the_writing_leaves_the_old_file(tmp_path, step):
    path = tmp_path / "net.npz"
    save(path, MLP(2, [1], seed=0))
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, path, step], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert path.read_bytes() == before


def with_dropout():
    model = MLP(2, [2, 1], seed=0)
    model.layers.insert(1, Dropout(0.5))
    return model


@pytest.mark.parametrize(
    "make",
    [lambda: MLP(2, [2, 1], lambda z: z * z, seed=0), with_dropout],
    ids=["lambda", "dropout"],
)
def test_a_network_with_parts_that_a_file_cannot_name_is_loaded_into_a_model(tmp_path, make):
    path, model, other = tmp_path / "own.npz", make(), make()
    other.parameters()[0].data = 7.0
    save(path, model)
    with pytest.raises(
        CheckpointError,
        match=r"npz: it holds a model of the kind MLP with layers or activations of its own",
    ):
        load(path)
    assert load(path, other)[0] is other
    assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]
