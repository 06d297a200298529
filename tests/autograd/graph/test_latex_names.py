"""Labels in LaTeX: every program that sets formulas takes them, and shows the letters of the label.

KaTeX and MathJax 2 and 3 come from npm: ``npm install katex mathjax2@npm:mathjax@2
mathjax3@npm:mathjax@3``, at the top of the repository or where GRADTRACE_NPM says.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from autograd import Value, explain
from autograd.graph.latex_names import name_latex

# Each label, and the text that a reader sees. A caret is a hat over a space, and has no letter.
LABELS = {
    "x^2": "x^2",
    "e^{-x}": "e^{−x}",
    "a ~ b": "a ∼ b",
    "loss_total": "loss_total",
    "50 % off": "50 % off",
    "θ": "θ",
    "σ1": "σ1",
    "α_2": "α2",
    "x₁": "x1",
    "x_": "x_",
    "ŷ": "y^",
    "Å": "A˚",
    "x²": "x2",
    "10⁻³": "10−3",
    "½": "1/2",
    "∂L/∂w": "∂L/∂w",
    "a\u00a0b": "a b",
    "a\u3000b": "a b",
    "学习率": "学习率",
    "a<b": "a<b",
    "R&D": "R&D",
    "<b>": "<b>",
    "$x$": "$x$",
    "\\frac{1}{2}": "\\frac{1}{2}",
    "100%": "100%",
    "#1": "#1",
    "a→b": "a→b",
    "x'": "x′",
    "W[1,2]'": "W1,2′",
    "x" * 60: "x" * 39 + "…",
    "%" * 60: "%" * 39 + "…",
    "θ" * 60: "θ" * 39 + "…",
}
FULL = [label for label in LABELS if len(label) < 20]


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("θ", r"\theta"),
        ("σ1", r"\sigma_{1}"),
        ("beta_1", r"\beta_{1}"),
        ("µ", r"\mathrm{{\mu}}"),  # the sign of micro, which is no Greek letter
        ("x_1", "x_{1}"),
        ("w₂", "w_{2}"),
        ("x1₂", r"\mathrm{x1{}_{2}}"),
        ("x_", r"\mathrm{x\_}"),
        ("ŷ", r"\hat{y}"),
        ("y\u0302", r"\hat{y}"),
        ("naïve", r"\mathrm{na\ddot{i}ve}"),
        ("W[1,2]'", r"W^{\prime}_{1,2}"),
        ("学习 率", r"\mathrm{\text{学习}\ \text{率}}"),
        ("ΔT_max", r"\mathrm{{\Delta}T\_max}"),
    ],
)
def test_latex_of_labels(label, latex):
    assert name_latex(label) == latex


@pytest.mark.parametrize("label", [label for label in LABELS if not label.isascii()])
def test_only_text_keeps_letters_that_latex_has_no_command_for(label):
    outside = "".join(part.split("}", 1)[-1] for part in name_latex(label).split(r"\text{"))
    assert outside.isascii()


def test_nothing_in_a_name_reads_as_html():
    assert not set(name_latex("<b>&amp;</b>").replace("{<}", "").replace(r"\&{}", "")) & {"<", "&"}


def formulas():
    """Return the name of each label, then a whole explanation in which it stands."""
    names = [name_latex(label) for label in LABELS]
    for label in FULL:
        x = Value(0.5, label)
        y = (x * Value(2.0, "w") + x).tanh()
        names.append(explain(y, wrt=x)._repr_latex_().strip("$"))
    return names


@pytest.fixture
def npm():
    """Return a function from the name of an npm package to its folder."""
    top = Path(os.environ.get("GRADTRACE_NPM", Path(__file__).parents[3] / "node_modules"))

    def folder(name):
        if not (top / name).is_dir():
            pytest.skip(f"{name} is not installed: npm install it, or set GRADTRACE_NPM")
        return top / name

    return folder


KATEX = """
const katex = require(process.argv[1]);
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const options = { throwOnError: true, strict: "ignore", output: "mathml" };
const shown = (tex) => katex.renderToString(tex, options);
console.log(JSON.stringify(formulas.map(shown)));
"""


@pytest.mark.optional("node")
def test_katex_shows_the_letters_of_every_label(npm, optional):
    import re
    from html import unescape

    done = subprocess.run(
        [optional("node"), "-e", KATEX, str(npm("katex"))],
        input=json.dumps(formulas()),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    shown = [re.sub(r"<annotation.*?</annotation>", "", html) for html in json.loads(done.stdout)]
    seen = [unescape(re.sub(r"<[^>]*>", "", html)) for html in shown[: len(LABELS)]]
    assert [text.replace("\u00a0", " ").replace(" ^", "^") for text in seen] == [*LABELS.values()]


SCRIPTS = {
    "mathjax2": "MathJax.js?config=TeX-AMS_HTML-full",
    "mathjax3": "es5/tex-mml-chtml.js",
}


@pytest.mark.optional("playwright", "chromium")
@pytest.mark.parametrize("package", SCRIPTS)
def test_mathjax_sets_every_formula(npm, optional, tmp_path, package):
    from html import escape

    from playwright.sync_api import sync_playwright

    rows = "".join(f"<div class=row>\\[{escape(tex)}\\]</div>" for tex in formulas())
    script = (npm(package) / SCRIPTS[package].split("?")[0]).as_uri()
    script += SCRIPTS[package][len(SCRIPTS[package].split("?")[0]) :]
    file = tmp_path / "formulas.html"
    file.write_text(
        f"<!doctype html><meta charset=utf-8><script src='{script}'></script><body>{rows}",
        encoding="utf-8",
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=optional("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = chromium.new_page()
        tab.goto(file.as_uri())
        unset = ".row:not(:has(.MathJax, mjx-container))"
        tab.wait_for_function("(unset) => !document.querySelector(unset)", arg=unset)
        assert tab.locator("mjx-merror, .merror, .noError, [data-mjx-error]").count() == 0
        chromium.close()


@pytest.mark.parametrize(
    ("label", "latex"),
    [("x½", "x1/2"), ("ﬁ", "fi"), ("Ⅷ", "VIII"), ("Ａ", "A"), ("…", r"\text{…}")],
)
def test_a_character_that_stands_for_others_is_written_with_them(label, latex):
    assert name_latex(label) == rf"\mathrm{{{latex}}}"
