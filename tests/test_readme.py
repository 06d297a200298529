"""The README can be read in a minute, every block can be pasted alone, and its commands exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short_and_its_code_fits_the_column():
    assert README.count("\n") <= 140
    blocks = re.findall(r"^```\w+\n(.*?)^```", README, re.M | re.S)
    assert max(len(line) for block in blocks for line in block.splitlines()) <= 100
    assert "BLANKLINE" not in README


def test_micrograd_is_named_where_everybody_reads():
    assert README[: README.index("micrograd")].count("\n") < 60


def test_its_ratios_are_those_of_the_table_of_speeds():
    table = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")

    def ratios(row):
        return [float(x) for x in re.findall(r"([\d.]+) ×", re.search(f"`{row}`.*", table)[0])]

    by_hand, pytorch, *_ = ratios("digits-100")
    text = README.replace("\n", " ")
    assert (
        f"needs {1 / by_hand:.1f} times as long as gradtrace, and PyTorch {1 / pytorch:.1f}" in text
    )
    assert f"gradtrace needs {ratios('attention-16')[0]:.1f} times as long as NumPy" in text


def test_every_command_of_a_virtual_environment_names_its_folder():
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S):
        for line in block.splitlines():
            assert line.startswith((".venv/bin/", "python3 -m venv .venv")), line


def test_every_make_target_the_readme_names_exists():
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"`make (\w+)`", README)
    assert named
    assert set(named) <= {*targets}


def test_every_extra_that_an_option_of_the_readme_needs_is_declared():
    declared = (ROOT / "pyproject.toml").read_text("utf-8")
    for extra in re.findall(r"gradtrace\[(\w+)\]", README):
        assert f"\n{extra} = [" in declared
