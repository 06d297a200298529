"""Spellings that people use, replaced by the one that the grammar reads.

Replacements have the same length, so that every position in the line stays the same.
"""

from __future__ import annotations

import re
from html import unescape
from unicodedata import normalize

from ..late_pattern import compile_late

_SAME_SIGNS = str.maketrans(
    dict(zip("⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠", "[  ;;][  ;;]", strict=True))
    | dict(zip("、。　´\u20d7", ",. ′ ", strict=True))  # the last one is the arrow of a vector
    | {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}  # the wide forms of ASCII
    # the italic and bold letters of formulas, as in 𝒘𝟏, which people copy from slides
    | {chr(code): normalize("NFKC", chr(code)) for code in (0x210E, *range(0x1D400, 0x1D800))}
)
NEW = "new|nuevo|neu|nouveau|novo|nuovo|updated|next"
_ADDEND = (
    r"(?!.*[d∂]\s?(?:t|n|k|i|j)\b)[^=≈(]{0,20}(?:[d∂]\w+/[d∂]|\bd|∇)[^=≈()]{1,20}"
    r"\(\s*(?:at\s)?(?:t|n|k|i|j|step|time|example|sample|path)\s*=?\s*\d+\s*\)"
)
_AFTER = r"after (?:(?:the|one|an?|this) )?(?:\w{1,8} )?(?:step|update|updating)"
_SUBSCRIPT = r"(?:[^\W\d_](?:_\{?|(?=[\d₀-₉])))[\w₀-₉]{1,3}(?!\w)"
_NUMBER = r"[-−]?\d+(?:[.,]\d+)?"
_SECOND = r"([d∂])(?<![\w}\\][d∂])2"
_DIGITS = "0123456789₀₁₂₃₄₅₆₇₈₉"
# Each pattern has a set of characters and a replacement, which is padded with spaces. A line
# without any of the characters is not searched.
_SPELLINGS = tuple(
    (frozenset(needed), compile_late(pattern), template)
    for needed, pattern, template in (
        # out h₁
        (_DIGITS + "_", rf"(?<![\w}}\\])([Oo]ut|[Nn]et|[Dd]elta) ({_SUBSCRIPT})", r"\1_\2"),
        # w (new) = …
        ("=:←≈", rf"(?<![\w}}])(\w{{1,6}})[ (]({NEW})\)?(?=\s*[=:←≈])", r"\1_\2"),
        # w5 .40, bias 0.5
        (
            "0123456789",
            r"(^\s*|[:;,]\s*)([A-Za-z]_?[\d₀-₉]{1,2}|[wbh]|bias) "
            r"(?=[-−+]?(?:\d*\.\d+|(?<=[\d₀-₉] )\d+)\s*(?:[;,]|$))",
            r"\1\2=",
        ),
        # dL/dw (t = 2) is what one time step adds to dL/dw
        ("(", rf"^{_ADDEND}\s*[=≈]", ""),
        # dy/dt (t = 2) is the slope at t = 2
        (
            "(",
            r"([d∂]\w{1,9}/[d∂](\w{1,9})) \(\s*\2\s*=\s*([-−]?[\d.]+)\s*\)\s+(?=[=≈])",
            r"\1|_{\2=\3}",
        ),
        # L after one step = …
        ("=:←≈", rf"(?<![\w}}])(\w{{1,6}}) {_AFTER}(?=\s*[=:←≈])", r"\1_new"),
        ("(", r"([fgh])(?<!\w[fgh]) ?(′?)\s?\( ?(\w+) ?\)(?=\s?=)", r"\1\2(\3)"),  # f (x ) = …
        ("(", r"\((?<=\w\()(?:old|current|alt|antiguo|antigo)\)", ""),  # w5(old) is w5
        # the dash of a sentence, which is no minus
        ("—", r"([^\W\d_]{3}\**\s+|[\])\d]\s+(?=—\s[^\W\d_]{3,}\s[^\W\d_]{3,}))—(?=\s)", r"\1;"),
        ("~", r"~(?<=[^\W\d_]~)(?=\s*[=·*+)−-])", "\u0303"),  # h~ = …
        ("±", rf"\(\s*({_NUMBER})\s*±\s*{_NUMBER}\s*\)", r"(\1)"),  # (9.80 ± 0.05) m
        # the vector <12, -9>
        ("<", r"<(\s*[-−]?[\d./]+(?:\s*,\s*[-−]?[\d./]+)+\s*)>", r"⟨\1⟩"),
        ("₀₁₂₃₄₅₆₇₈₉", r"(?<=[^\W\d])([₀-₉]),([₀-₉])", r"\1\2"),  # w₁,₂ is w12
        ("^", r"(?<=[\w}])\^\(([ijnk])\)", r"_{\1}"),  # x^(i) of all examples
        ("^", r"(?<=[\w}])\^\{\s*\(([ijnk])\)\s*\}", r"_{ \1 }"),
        # W^{(2)\top}
        ("^", r"\^\{\s*(\([\w ]+\)|\[[\w ]+\]|\w)\s*(?:\\top|\\intercal|T)\s*\}", r"^{\1}ᵀ"),
        (">", r"(?<=[\s\w)\]])[-–—=]{2,}>", "->"),  # w x ---> 6
        (":", r"(?<=\w )::(?=\s)", ":"),  # x :: 1.5
        ("(", r"\b(?:tape\.gradient|torch\.autograd\.grad)\(", "grad("),
        # d2y/dxdz is d²y/dxdz, and d2y/dx2 is d²y/dx²
        ("/", rf"{_SECOND}(?=\s?[^\W\d]\w*\s?/\s?\(?[d∂]\s?[^\W\d]\w*?(?:\s?[d∂]|\^|²))", r"\1²"),
        ("/", rf"{_SECOND}(\s?[^\W\d]\w*\s?/\s?[d∂]\s?[^\W\d]\w*?)2(?!\w)", r"\1²\2²"),
    )
)
_DIFFERENTIALS = compile_late(r"\(\s?(([d∂])\s?\w{1,12})\s?\)\s?/\s?\(\s?(\2\s?\w{1,12})\s?\)")
_NAMED_D = compile_late(r"(?m)(?:^|[\s,;|$(])d\s*(?:[=≈←]|<-|:\s)")
# After a word, this counts how often a line is worked: repeat 3 times w = …
_COUNT = compile_late(r"[^\W\d_]{2,}\s+\w+ times [^\W\d]\w*['′]?\s*[=:←≈]")
# Words in the place of signs, and of accents: 2 times 3, bar v_3.
_WORDS = {
    **{
        f" {word} ": (
            re.compile(
                rf"((?<!\w)[^\W\d][\w₀-₉]?|[\d)²]) {word} "
                r"(?=[-−]?[\d.(]|[^\W\d][\w₀-₉]?(?!\w))"
            ),
            rf"\1 {sign} ",
        )
        for word, sign in (("times", "*"), ("plus", "+"), ("minus", "-"), ("divided by", "/"))
    },
    **{
        f"{word} ": (
            re.compile(
                rf"(?<![\w\\}}]){word} ([^\W\d])(_?\d{{1,3}}|_\w|_\{{[^{{}}]{{1,9}}\}}|)(?!\w)"
            ),
            rf"\1{accent}\2",
        )
        for word, accent in (("bar", "\u0304"), ("hat", "\u0302"))
    },
}
_TEXT = r"\\(?:text|mathrm|rm|mathit)\s?\{\s?(\w+)\s?\}"
_NO_OVER = r"(?:[^{}\\]|\\(?!over\b))*"
_LATEX_SPELLINGS = tuple(
    (compile_late(pattern), template)
    for pattern, template in (
        (rf"([\^_]\{{[\w,]*){_TEXT}\}}", r"\1\2}"),  # w_{\text{new}}
        (
            r"\{\s*((?:d|\\partial)\s?\w+)\s*\\over\s*((?:d|\\partial)\s?\w+)\s*\}",
            r" \1/\2",
        ),  # {dV \over dt}
        # {d \over dx} x²
        (r"(?<!\w)\{\s*(d|\\partial)\s*\\over\s*((?:d|\\partial)\s?\w+)\s*\}", r"\1/\2"),
        # {d^2 y \over dx^2}
        (
            r"\{\s*(d|\\partial)\s?\^2\s*(?:(\w+)\s*)?\\over\s*((?:d|\\partial)\s?\w+)\^2\s*\}",
            r"\1²\2/\3²",
        ),
        (rf"\{{({_NO_OVER})\\over\b({_NO_OVER})\}}", r"((\1)/(\2))"),
        (r"\\left\s?[\[(]\s?\\begin\{array\}\{[^{}]*\}", r"\\begin{bmatrix}"),
        (r"\\end\{array\}\s?\\right\s?[\])]", r"\\end{bmatrix}"),
        (r"_\{(\w+)_\{(\w+)\}\s*\}", r"_{\1_\2}"),  # w_{1_{new}}
        (r"\^\{\s*(?:<|\\langle)\s*([\w+-]+)\s*(?:>|\\rangle)\s*\}", r"_{\1}"),  # x^{<t>}
    )
)
_FONT = compile_late(
    r"\\(?:mathbf|boldsymbol|bm|mathit|mathsf|vec)\s?\{\s?(\\?[^\W_]+)\s?\}"
    r"|\\(?:mathbf|textbf|boldsymbol|mathrm|text|underline)\s?\{\s?([-−]?[\d.,]+|\[[^\[\]{}]*\])\s?\}"
)


_ENTITY = compile_late(r"&(?!amp;)(?:[A-Za-z]{2,8}|#\d{1,5});")
_RAISED_TAG = compile_late(r"<(su[bp])>([^<>]{1,20})</\1>")
_TAG = compile_late(
    r"</?(?:b|i|em|strong|p|div|span|br|li|ul|ol|code|pre|td|tr|th|u|h\d)\b[^<>=]*/?>"
)
_BOLD_DIGITS = compile_late("[\U0001d7ce-\U0001d7ff]")
_CUT_NUMBER = compile_late(r"(\d)\. (\d+)")
_QUOTED_CALL = compile_late(r"(\w+)\(\s*[\"“](\w+)[\"”](?:\s*(?:→|->|,)\s*[\"“](\w+)[\"”])?\s*\)")
_QUOTED_LABEL = compile_late(r"^\s*[\"“][^\"“”]*[\"”]\s*:")


def _without_html(line: str) -> str:
    """Return w<sub>1</sub>&middot;x as w_{1}·x, with spaces for what is left over."""
    line = _ENTITY.sub(lambda found: unescape(found[0]).ljust(len(found[0])), line)
    line = _RAISED_TAG.sub(
        lambda found: f"{'^' if found[1] == 'sup' else '_'}{{{found[2]}}}".ljust(len(found[0])),
        line,
    )
    return _TAG.sub(lambda found: " " * len(found[0]), line)


def _respell_quotes(line: str) -> str:
    """Return Score("ate", "cat") as Score_ate_cat, and a line without the label "cat":."""
    line = _QUOTED_LABEL.sub(lambda found: " " * len(found[0]), line)
    return _QUOTED_CALL.sub(
        lambda found: "_".join(filter(None, found.groups())).ljust(len(found[0])), line
    )


def respell(line: str) -> str:
    """Return a line in the spelling of the grammar.

    >>> respell("out h₁ = 𝒘𝟏 + w5(old)")
    'out_h₁ = w1 + w5     '
    """
    is_from_slides = _BOLD_DIGITS.search(line)
    line = line.translate(_SAME_SIGNS)
    if is_from_slides:  # which may have a space in a number, as in 𝟎. 𝟓
        line = _CUT_NUMBER.sub(lambda found: f"{found[1]}.{found[2]} ", line)
    if "<" in line or "&" in line:
        line = _without_html(line)
    if '"' in line or "“" in line:
        line = _respell_quotes(line)
    characters = set(line)
    for needed, pattern, template in _SPELLINGS:
        if not needed.isdisjoint(characters):
            line = _replace(pattern, template, line)
    for word, (pattern, template) in _WORDS.items():
        if word in line and not (word == " times " and _COUNT.search(line)):
            line = _replace(pattern, template, line)
    if "\\] \\[" in line:  # two formulas on a line
        line = line.replace("\\] \\[", "  ;  ")
    if "{" in line:
        for pattern, template in _LATEX_SPELLINGS:
            line = _replace(pattern, template, line)
        line = _FONT.sub(lambda found: (found[1] or found[2]).rjust(len(found[0])), line)
    return line


def join_differentials(lines: list[str]) -> list[str]:
    """Return the lines with dr/dt for (dr)/(dt), unless d is a quantity of the sheet.

    >>> join_differentials(["(dr)/(dt) = 2"]), join_differentials(["d = 2", "(d a)/(d b)"])
    (['dr/dt     = 2'], ['d = 2', '(d a)/(d b)'])
    """
    if not any(")" in line and _DIFFERENTIALS.search(line) for line in lines):
        return lines
    if _NAMED_D.search("\n".join(lines)):
        return lines
    return [_replace(_DIFFERENTIALS, r"\1/\3", line) for line in lines]


def _replace(pattern: re.Pattern[str], template: str, line: str) -> str:
    if not pattern.search(line):
        return line
    return pattern.sub(lambda found: found.expand(template).ljust(len(found[0])), line)
