"""The canonical spelling of signs and names, which the grammar reads."""

from __future__ import annotations

import unicodedata

from ..late_pattern import compile_late

LOWERED_DIGITS = "₀₁₂₃₄₅₆₇₈₉"
LOWERED_LETTERS = dict(zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "aehijklmnoprstuvx", strict=True))
RAISED_SIGNS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "+-0123456789()")
RAISED_LETTERS = dict(zip("ᵒʰⁱˡⁿᵗ", "ohilnt", strict=True))
FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125, "⅕": 0.2}
PRIMES = "'′’ʹ"

JOINERS = {
    **dict.fromkeys(("=", "==", "≡"), "="),
    **dict.fromkeys(
        ("≈", "≃", "≅", "≐", "∼", "~=", "=~", "≈=", r"\approx", r"\simeq", r"\cong", r"\sim"), "≈"
    ),
    **dict.fromkeys(("->", "→", "↦", "⟶", r"\to", r"\rightarrow", r"\longrightarrow"), "->"),
    **dict.fromkeys(("<-", "←", "⟵", ":=", "≔", r"\leftarrow", r"\gets"), "←"),
    **dict.fromkeys(("=>", "⇒", "⟹", "∴", r"\Rightarrow", r"\implies", r"\therefore"), "⇒"),
    "+=": "+=",
    "-=": "-=",
}
SIGNS = {
    **JOINERS,
    **dict.fromkeys("−–—‒", "-"),
    **dict.fromkeys(("·", "⋅", "∙", "•", r"\cdot"), "·"),
    **dict.fromkeys(("×", "∗", "⨯", r"\times", r"\ast"), "*"),
    **dict.fromkeys(("⊙", "∘", r"\odot", r"\circ"), "⊙"),
    **dict.fromkeys(("⊗", r"\otimes"), "⊗"),
    **dict.fromkeys(("÷", "⁄", "∕", r"\div"), "/"),
    **dict.fromkeys(("**", r"\wedge"), "^"),
    **dict.fromkeys(("∂", r"\partial"), "∂"),
    **dict.fromkeys(("∇", r"\nabla"), "∇"),
    **dict.fromkeys(("∑", "Σ", r"\sum"), "Σ"),
    **dict.fromkeys((r"\pdv", r"\dv", r"\odv"), r"\pdv"),
    **dict.fromkeys(("√", r"\sqrt"), "√"),
    **dict.fromkeys((r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"), r"\frac"),
    **dict.fromkeys(("||", "‖", r"\|", r"\Vert", r"\lVert", r"\rVert"), "‖"),
    **dict.fromkeys((r"\vert", r"\lvert", r"\rvert", r"\mid"), "|"),
    **dict.fromkeys((r"\{", r"\lbrace"), "{"),
    **dict.fromkeys((r"\}", r"\rbrace"), "}"),
    **dict.fromkeys((r"\langle", "⟨"), "⟨"),
    **dict.fromkeys((r"\rangle", "⟩"), "⟩"),
    **dict.fromkeys((r"\lbrack",), "["),
    **dict.fromkeys((r"\rbrack",), "]"),
    **dict.fromkeys(("<", r"\lt"), "<"),
    **dict.fromkeys((">", r"\gt"), ">"),
    **dict.fromkeys(("<=", "≤", "⩽", r"\le", r"\leq", r"\leqslant"), "≤"),
    **dict.fromkeys((">=", "≥", "⩾", r"\ge", r"\geq", r"\geqslant"), "≥"),
    **dict.fromkeys((r"\top", r"\intercal", "ᵀ", "⊤"), ".T"),
    r"\prime": "'",
    r"\overbrace": r"\underbrace",
    r"\underbrace": r"\underbrace",
    r"\bullet": "·",
    r"\&": "&",
}
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Gamma": "Γ",
    "Theta": "Θ", "Lambda": "Λ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "Sigma": "Σ", "ell": "ℓ",
}  # fmt: skip
_FUNCTIONS = "exp ln log lg sin cos tan tanh sinh cosh arctan max min sgn det"
NAMES = {
    **{"\\" + command: letter for command, letter in _GREEK.items()},
    **{"\\" + name: name for name in _FUNCTIONS.split()},
}
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
    "tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307",
}  # fmt: skip
# LaTeX commands that only change the look of the name or the words in their braces.
_FONTS = """
text mathrm mathbf mathit mathsf mathtt mathcal boldsymbol operatorname textbf textit vec bm mathbb
textrm
"""
FONTS = frozenset(_FONTS.split())
# LaTeX commands that only change the position or the size of what follows.
_SPACES = """
quad qquad left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
boxed cancel bcancel
displaystyle textstyle limits nolimits nonumber notag hline hspace vspace small large mathstrut
"""
SPACES = frozenset(_SPACES.split())

_SAME_LETTERS = str.maketrans("ϵϕϑµ∆ϱ", "εφθμΔρ")
_LOWER = str.maketrans(LOWERED_DIGITS, "0123456789")
_LOWERED_RUN = compile_late(f"[{''.join(LOWERED_LETTERS)}]+")
_INDEX = compile_late(r"_(?=\d)")


def canonical_name(text: str) -> str:
    """Return the canonical spelling of a name, which is w1 for w₁, w_1, w_{1} and w1.

    >>> [canonical_name(text) for text in ("w₁", "w_{1}", "W_{xh}", "wᵢ", "w′", "w_{1,2}")]
    ['w1', 'w1', 'W_xh', 'w_i', "w'", 'w1,2']
    """
    if text.isascii() and text.isalnum():
        return text
    text = text.translate(_SAME_LETTERS).translate(_LOWER)
    text = _LOWERED_RUN.sub(lambda run: "_" + "".join(LOWERED_LETTERS[c] for c in run[0]), text)
    for prime in PRIMES[1:]:
        text = text.replace(prime, "'")
    text = (
        text.replace("₋", "_-")
        .replace("{", "")
        .replace("}", "")
        .replace(" ", "")
        .replace("__", "_")
    )
    return unicodedata.normalize("NFC", _INDEX.sub("", text, count=1))


_NAMED_LETTERS = compile_late("|".join(sorted(_GREEK, key=len, reverse=True)))
_LETTER_NAMES = {letter: name for name, letter in reversed(_GREEK.items())}


def twin_of(name: str) -> str:
    """Return gamma1 for γ1, and γ1 for gamma1, or "" for a name without a Greek letter.

    >>> twin_of("β1"), twin_of("beta1"), twin_of("w")
    ('beta1', 'β1', '')
    """
    if name[:1] in _LETTER_NAMES:
        return _LETTER_NAMES[name[0]] + name[1:]
    found = _NAMED_LETTERS.match(name)
    return _GREEK[found[0]] + name[found.end() :] if found else ""
