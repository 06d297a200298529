"""Removal of comments, bullets, emphasis and other signs that are no calculation."""

from __future__ import annotations

from ..late_pattern import compile_late

# Each pattern has a set of characters. A line without any of them is not searched. Most patterns
# begin with a sign and look behind it afterward, because Python finds a sign faster than it tries
# a pattern at every position.
_ADORNMENTS = tuple(
    (frozenset(needed), compile_late(pattern))
    for needed, pattern in (
        # comments of Python, LaTeX, C and HTML
        ("#", r"#(?<!\\#).*"),
        ("%", r"%(?<!\S%)\s*(?=[^\W\d]).*"),
        ("/", r"//(?<!\S//)\s.*"),
        ("<", r"<!--.*?(?:-->|$)"),
        # the points of a part of an exam, such as [2 pts]
        (
            "[(",
            r"(?i)[\[(]\s*\d{1,3}(?:[.,]5)?\s*(?:p|pts?|points?|marks?|punkte?|P)\.?\s*[\])]",
        ),
        (">", r"^\s*(?:>\s*)+"),  # the > of a quotation
        (">", r"^\s*[-=]{2,}>\s*"),  # the arrow before a result
        # the lines of a drawn graph, as in x = 2 ---\\
        ("\\/", r"-{2,}[\\/>]?|[\\/](?<=-[\\/])(?=\s|$)|\([*+·×]\)(?=.*-{2}|\s*$)"),
        ("sSéÉpP", r"(?i)^\s*(?:step|schritt|étape|paso|passo)\s\d+\s+(?=[^\W\d]|[∂\\])"),
        ("-=~", r"^\s*[-=~]{2,}\s+(?=\w)"),  # the rule before a heading
        ("-=~", r"\s(?<=[^\s|]\s)\s*[-=~]{2,}\s*$"),  # the rule behind it
        # the bullet of a list item
        ("-*+•◦‣–—", r"^\s*[-*+•◦‣–—]\s+(?=[^\W\d_]|[∂\\*_`$∇Δ])"),
        # the number of a list item, such as 1. or a)
        (".)", r"^\s*(?:(?:\d{1,2}\.)+|(?:\d{1,2}\.)*\d{1,2}\)|[a-h]\))\s+(?=\S)"),
        ("|", r"^\s*\d{1,3}\s*\|(?=[^|]*=)"),  # the number of a row without outer |
        # the number in brackets of a part, such as 5(e) or **(e)**
        ("(", r"^\s*[*_]{0,3}\d{0,2}\((?:\d{1,2}|[a-h])\)[*_]{0,3}\s+(?=[^\W\d]|[\\∂∇$])"),
        ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿", r"^\s*[①-⑳❶-❿]\s+(?=[^\W\d]|[\\∂∇$])"),
        # the ** around bold text
        ("*", r"\*\*(?:(?<![^\s(]\*\*)(?=[^\s*])|(?<=[^\s*]\*\*)(?![^\s.,:;)]))"),
        # the stars around a label, as in *Answer:*
        (
            ":",
            r"[*_](?:(?<!\S[*_])(?=[^\W\d][\w ]{0,40}(?::[*_]|[*_]:)(?:\s|$))"
            r"|(?<=:[*_])(?=\s|$)|(?<=[^\W_][*_])(?=:\s))",
        ),
        # the __ around a number, as in __0.5__
        ("_", r"__(?:(?<!\w__)(?=[-−.\w][^_]*__(?!\w))|(?<=[\d.]__)(?!\w))"),
        # the time before a calculation, as in **t = 2:** h = 0.5
        (":", r"^\s*[*_(]*[tknij]\s*=\s*\d{1,3}\s*(?::[)*_]*|[)*_]+:)\s+(?=\S)"),
        ("\\", r"\\(?:[\[\]()]|(?:display|text|script)style\b)"),
        ("$", r"^\s*\$\$\s*$"),
        ("\\", r"\\longrightarrow(?=[\s$]*$)"),  # to the next formula
        # the $ of $= 0.5$, which goes on with the line before
        ("$", r"^\s*\$\$?(?=\s*&?\s*[=≈])"),
        # a heading behind $$…$$
        ("$", r"(?<=\$\$)(?<=\S\$\$|\s\$\$)[^$=≈]*[^\W\d]{2}[^$=≈]*$"),
        ("\\", r"\\(?:begin|end)\{(?!\w*matrix|cases)[^{}]*\}(?:\{[^{}]*\})?"),
        ("\\", r"\\(?:tag|label|eqref|ref|cite)\{[^{}]*\}"),
        ("\\", r"\\(?<!\\\\)\s*$"),
        ("\\", r"\\(?:color|textcolor)\{[^{}]*\}"),
        # the number of an equation behind a gap, as in z = 0.5    (3)
        (")", r"(?:\t(?<=\S\t)|[ \t](?<=\S[ \t])[ \t])\s*\(\d{1,2}(?:\.\d{1,2})?[a-h]?\)\s*$"),
        ("✓✔✗✘☑", r"[✓✔✗✘☑]"),
        ("!", r"!(?<=[^\W\d_]{3}!)!*(?=\s|$)"),
    )
)


def without_adornment(line: str) -> str:
    """Return a line with spaces in place of comments, bullets, stars around words and the like.

    >>> without_adornment("- **z** = 0.4  # the input")
    '    z   = 0.4             '
    """
    characters = set(line)
    for needed, pattern in _ADORNMENTS:
        if not needed.isdisjoint(characters) and pattern.search(line):
            line = pattern.sub(lambda match: " " * len(match[0]), line)
    return line
