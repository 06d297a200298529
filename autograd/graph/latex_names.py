r"""Labels in LaTeX that KaTeX, MathJax 2 and 3 and LaTeX itself can all read.

Three rules make one text fit all of them. Greek letters, accents and signs are written as commands,
because LaTeX without a Unicode font refuses the characters. Letters of other scripts are put into
``\text{…}``. A character with a meaning in HTML is put next to a brace, because exported notebooks
insert the text unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ..late_pattern import compile_late
from .characters import printable

_LONGEST = 40  # the most characters of a label that are shown, so that a formula fits a page

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi",
    "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

_ASCII = {c: "\\" + c for c in "#$%_{}"} | {
    " ": "\\ ",
    "&": r"\&{}",
    "<": "{<}",
    ">": "{>}",
    "\\": r"{\backslash}",
    "~": r"{\sim}",
    "^": r"\hat{\ }",
    "-": "{-}",
    "'": "{}'",
}
_SIGNS = {
    c: f"{{{command}}}"
    for c, command in {
        "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "ℓ": r"\ell", "ħ": r"\hbar",
        "·": r"\cdot", "×": r"\times", "÷": r"\div", "±": r"\pm", "−": "-", "√": r"\surd",
        "→": r"\to", "←": r"\leftarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow",
        "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "∝": r"\propto",
        "∈": r"\in", "∑": r"\Sigma", "∏": r"\Pi", "∫": r"\int", "⊙": r"\odot", "⊗": r"\otimes",
        "⊕": r"\oplus", "∘": r"\circ", "°": r"^{\circ}", "†": r"\dagger"
    }.items()
} | {"…": r"\text{…}", "′": "{}'"}  # fmt: skip
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring", "\u030c": "check",
}  # fmt: skip

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋"

# A label that is one symbol with an index: W1[1,2], x2, alpha_1, σ₁, x′.
_SYMBOL = compile_late(
    rf"([A-Za-z]+|[{''.join(_GREEK)}])(?:_(?=\d))?(\d*|[{_LOWERED[:10]}]+)(?:\[(\d+(?:,\d+)*)\])?(['′]*)"
)
_RUNS = compile_late(f"[{_RAISED}]+|[{_LOWERED}]+|.[\u0300-\u036f]*", re.DOTALL)


def name_latex(label: str) -> str:
    """Write a label in LaTeX, with indices as subscripts and the layer as a superscript.

    A label of more than 40 characters is cut and ends in "…".

    >>> print(name_latex("W1[1,2]"), name_latex("x2"), name_latex("loss"), name_latex("50 % off"))
    W^{(1)}_{1,2} x_{2} \\mathrm{loss} \\mathrm{50\\ \\%\\ off}
    >>> print(name_latex("θ"), name_latex("σ1"), name_latex("ŷ"), name_latex("学习率"))
    \\theta \\sigma_{1} \\hat{y} \\mathrm{\\text{学习率}}
    """
    shown = printable(label)
    shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
    match = _SYMBOL.fullmatch(shown)
    return _write_symbol(*match.groups()) if match else _write_words(shown)


def _write_symbol(letters: str, digits: str, indices: str | None, primes: str) -> str:
    """Write the parts of a symbol: W1[1,2]′ has the letters W, the digits 1 and the indices 1,2."""
    digits = unicodedata.normalize("NFKC", digits)
    name = _GREEK.get(letters, letters)
    if name in _GREEK.values():
        base = rf"\{name}"
    else:
        base = name if len(name) == 1 else rf"\mathrm{{{name}}}"
    if not indices:
        return base + (f"_{{{digits}}}" if digits else "") + "'" * len(primes)
    above = (f"({digits})" if digits else "") + r"\prime" * len(primes)
    return f"{base}{f'^{{{above}}}' if above else ''}_{{{indices}}}"


def _write_words(text: str) -> str:
    """Write a label that is not one symbol: a letter with accents, or words in upright letters."""
    text = unicodedata.normalize("NFC", text)
    accented = _write_accents(unicodedata.normalize("NFD", text))
    return accented or rf"\mathrm{{{''.join(_write_runs(text))}}}"


def _write_runs(text: str) -> Iterator[str]:
    """Yield the LaTeX of each run, such as several raised digits or a letter with its accents."""
    foreign = ""
    for run in _RUNS.findall(text):
        piece = _write_run(run)
        if piece is None:
            foreign += run
            continue
        if foreign:
            yield rf"\text{{{foreign}}}"
            foreign = ""
        yield piece
    if foreign:
        yield rf"\text{{{foreign}}}"


def _write_run(run: str) -> str | None:
    """Return the LaTeX of a run, or None if the run can only be written inside ``\\text{…}``."""
    if run[0] in _RAISED:
        return f"{{}}^{{{unicodedata.normalize('NFKC', run).replace('−', '-')}}}"
    if run[0] in _LOWERED:
        return f"{{}}_{{{unicodedata.normalize('NFKC', run).replace('−', '-')}}}"
    if len(run) == 1 and (found := _write_character(run)) is not None:
        return found
    return _write_accents(unicodedata.normalize("NFD", run))


def _write_character(character: str) -> str | None:
    if character in _ASCII:
        return _ASCII[character]
    if character in _GREEK:
        return rf"{{\{_GREEK[character]}}}"
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isascii():
        return character
    if unicodedata.category(character) == "Zs":
        return "\\ "
    plain = unicodedata.normalize("NFKC", character).replace("\u2044", "/")
    if plain != character and all(c.isascii() or c in _GREEK for c in plain):
        return "".join(_write_character(c) or "" for c in plain)
    return None


def _write_accents(letters: str) -> str | None:
    """Return a letter with its accents in LaTeX, as ``\\hat{y}`` for ŷ, or None for other text."""
    base, accents = letters[0], letters[1:]
    written = _write_character(base) if base.isalpha() else None
    if written is None or not accents or not all(accent in _ACCENTS for accent in accents):
        return None
    for accent in accents:
        written = rf"\{_ACCENTS[accent]}{{{written}}}"
    return written
