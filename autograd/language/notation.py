"""Facts about a whole sheet: its notation, and the names to which it assigns a value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from ..late_pattern import compile_late
from .layout import Line
from .matlab import is_matlab
from .scripts import plain_letters, plain_words, raised_names
from .sheet_source import Source
from .spelling import SPACES, canonical_name
from .suggestion import WORDS
from .token import Notation
from .vocabulary import function_name

_TARGET = compile_late(
    r"(?!(?<=\d )(?:\\pi\b|π))"  # because 64 π = … gives π no value
    r"((?:\\|(?<![^\W\d]))[^\W\d][\w\u0300-\u036f]{0,60}(?:_?\{[^{}\n]{0,40}\})?['′]{0,3})"
    r"\s{0,60}&?\s{0,60}(?:=(?!=)|≈|:=|←|\\approx)"
)
_COMMA_NUMBER = compile_late(r"(?<![\w.,])\d+,\d+(?![\w.,])")
_POINT_NUMBER = compile_late(r"(?<![\w,.])\d*\.\d+")
_LIST = compile_late(r"\[[^\[\]]*\]|\([^()]*\)")
_CIRCLE = frozenset(("pi", "π", "\\pi"))
_LOOKED_BACK = 80  # the characters before a name that tell whether it is a target
_COMMAND = compile_late(r"\\(?!item\b)([A-Za-z]+)\s*$")
_AFTER_BRACKET = compile_late(r"[)}\]²³] ?$")
_LAST_WORD = compile_late(r"(\w+)\s+$")
_CLASSES_FROM_ZERO = compile_late(r"(?i)\bclasses\s+(?:\w+\s+){0,3}0\s*,\s*1\s*(?:,|and\b|or\b)")
_FROM_ZERO = compile_late(r"\[(?:(?<=\w\[)\s*(?:0\s*[\],]|\d+\s*,\s*0\s*\])|(?<=\]\[)\s*0\s*\])")
_SAYS_ONE = compile_late(
    r"(?i)\b(?:1|one)[- ]?(?:based|indexed)\b"
    r"|\b(?:count|index|number)(?:ed|ing|s)?\s+(?:from|at|with)\s+(?:1|one)\b(?![.,]\d)"
)
_SAYS_ZERO = compile_late(
    r"(?i)\b(?:0|zero)[- ]?(?:based|indexed)\b"
    r"|\b(?:counted|counting|indexed|indexing|numbered|numbering"
    r"|(?:index\w*|indices|classes|counting|numbering)\s+(?:counts?|starts?|begins?))"
    r"\s+(?:from|at|with)\s+(?:0|zero)\b(?![.,]\d)"
)
_PYTHON = compile_late(
    r"(?m)^\s*(?:import|from)\s+(?:numpy|torch|math|jax|micrograd|autograd)\b|\b(?:np|torch|jnp)\.\w"
    r"|^\s*def\s+\w+\(.*\)\s*(?:->.*)?:|=\s*lambda\b"
)
_LIST_TARGET = compile_late(
    r"(?<!\w)([^\W\d]\w{0,20}?)\s{0,9}=\s{0,9}"
    r"(?:np\.array\()?(?:[\[(]([^()\[\]=]{1,80},[^()\[\]=]{1,80})[\])]|\\?softmax|\\begin\{\w?matrix)"
)


def notation_of(lines: Sequence[Line], targets: Collection[str]) -> Notation:
    """Return the notation in which a sheet with these targets writes its numbers and names."""
    code = "\n".join(line.source.code for line in lines if line.kind not in ("nothing", "comment"))
    text = "\n".join(line.source.text for line in lines)
    first_subscript = 0 if _SAYS_ZERO.search(text) or _FROM_ZERO.search(code) else 1
    first_index = 0 if _PYTHON.search(text) else first_subscript
    first_class = 0 if _CLASSES_FROM_ZERO.search(text) else first_index
    return Notation(
        decimal_comma=_has_decimal_commas(code),
        raised=raised_names(code),
        first_index=first_index,
        first_subscript=first_subscript,
        is_code=bool(_PYTHON.search(text)) or is_matlab(text.split("\n")),
        first_class=first_class,
        says_one=_SAYS_ONE.search(text) is not None,
        zero_based=_zero_based_lists(code, targets, certain=first_class < first_index),
    )


def _zero_based_lists(
    code: str, targets: Collection[str], *, certain: bool = False
) -> frozenset[str]:
    """Return the lists x whose first element is x_0.

    If the sheet uses p_0 of some list p, every list is counted from 0, except a list of n numbers
    whose x_n is used: that one is counted from 1.

    Args:
        code: the calculations of the sheet.
        targets: the names with a value.
        certain: whether the sheet counts from 0 even if it uses no p_0.
    """

    def uses_element(name: str, k: int) -> bool:
        element = rf"(?<![\w\\]){re.escape(name)}_?\{{?{k}(?![\w.])"
        return canonical_name(f"{name}_{k}") not in targets and bool(re.search(element, code))

    lengths = {m[1]: m[2].count(",") + 1 if m[2] else 0 for m in _LIST_TARGET.finditer(code)}
    if not certain and not any(uses_element(name, 0) for name in lengths):
        return frozenset()
    return frozenset(name for name, n in lengths.items() if not n or not uses_element(name, n))


def _has_decimal_commas(code: str) -> bool:
    """Whether 0,5 means a half.

    This is so if no number has a decimal point and some comma cannot be the comma of a list.
    """
    if _POINT_NUMBER.search(code) or not _COMMA_NUMBER.search(code):
        return False
    alone = _LIST.sub(" ", code)
    mixed = any(
        re.search(r"\d,\d", part[0]) and re.search(r"\d[,;]\s", part[0])
        for part in _LIST.finditer(code)
    )
    return mixed or bool(_COMMA_NUMBER.search(alone))


def _is_plain_word(word: str) -> bool:
    """Whether a word is a number or an ordinary word.

    The name after such a word may be a target, as b is in ``a = 0.5 then b = 2``.
    """
    is_word = word.isalpha() and (len(word) > 2 or (len(word) == 2 and word in WORDS))
    return is_word or word.replace(".", "").isdigit()


_COUNT = compile_late(r"(?:[^\W\d]+\s+){0,2}([tknij]|step|epoch|iter(?:ation)?)\s*=\s*(\d{1,4})")


def count_of(line: Line) -> tuple[str, int] | None:
    """Return the name and the number of a heading such as t = 2, or None for another line."""
    found = _COUNT.fullmatch(line.source.text.strip(" \t#*:()_>"))
    return (found[1], int(found[2])) if found else None


def counted_names(lines: Sequence[Line]) -> dict[str, bool]:
    """Return the names that count steps in headings, such as t = 1 and later t = 2.

    Each is mapped to whether a formula of the sheet uses it, as β^t does.
    """
    counts: dict[str, list[int]] = {}
    others = []
    for line in lines:
        if count := count_of(line):
            counts.setdefault(count[0], []).append(count[1])
        elif line.kind == "code":
            others.append(line.source.code)
    code = "\n".join(others)
    return {
        name: re.search(rf"(?<![^\W\d_]){name}(?!\w)", code) is not None
        for name, values in counts.items()
        if len(values) > 1 and all(b == a + 1 for a, b in pairwise(values))
    }


def target_names(lines: Iterable[Line]) -> set[str]:
    """Return the names to which any line of the sheet assigns a value."""
    codes = [plain_letters(line.source.code) for line in lines if line.kind == "code"]
    return _labels_in_formulas(codes) | {
        canonical_name(plain_words(found[1]))
        for code in codes
        for found in _TARGET.finditer(code)
        if _begins_chain(code[max(0, found.start() - _LOOKED_BACK) : found.start()], found[1])
    }


_LABEL = compile_late(r"\W*([a-z]{3,12}):\s*(?=[^:]*[-−\d])(?=[^:]*[=≈]|[^:=]*$)")


def _labels_in_formulas(codes: Sequence[str]) -> set[str]:
    """Return the labels that some formula uses.

    ``score: 0.5`` labels a number, and ``1 − y·score`` uses it.
    """
    labels = {found[1] for code in codes if (found := _LABEL.match(code))}
    if not labels:
        return set()
    words = "|".join(map(re.escape, labels))
    used = re.compile(rf"[·*+/(−-]\s?({words})\b(?!:)|\b({words})\s?[·*+/)−-]")
    return {found[1] or found[2] for code in codes for found in used.finditer(code)}


_NAME = compile_late(r"(?:\\?[^\W\d]|_)[\w\u0300-\u036f]*(?:_?\{[^{}\n]{0,40}\})?['′]{0,3}")
_JOINER = compile_late(r"[-+*/·]?=|<-|->|[≈←→≔⟵]|\\(?:leftarrow|gets)\b")
_INDEX = compile_late(
    r"(?<=[\w'′}])(?:\[[^\[\]]*\]|\^?\([^()]*\)|\^\{[^{}]*\}|\^\+|_\{\w\s?\+\s?1\})+(?=\s{0,60}=)"
)
_LIST_OF_NAMES = compile_late(r"[\s(\[]*[\w\s,'′]*[\s)\]]*")


def changed_names(code: str) -> set[str]:
    """Return the names that an unreadable line may assign to.

    >>> [sorted(changed_names(code)) for code in ("w -= (0.1", "W[1] = (3", "[x, y] = (1 2")]
    [['w'], ['W'], ['x', 'y']]
    """
    code = _INDEX.sub("", _JOINER.sub("=", code))
    names = target_names([Line(Source(code, code=code), "code")])
    before = code.partition("=")[0]
    if "," in before and _LIST_OF_NAMES.fullmatch(before):
        names |= {canonical_name(found[0]) for found in _NAME.finditer(before)}
    return names


_TRUE_CLASS = compile_late(
    r"(?i)\b(?:true|correct|target|actual|right)\s+(?:class|label)\s*(?:is|=|:)?\s*"
    r"(?:class\s+)?[$#]?(\d)\b(?!\.\d)"
)


def true_class(lines: Iterable[Line]) -> tuple[int, int] | None:
    """Return the true class that a line names in words, and that line's number.

    Return None if no line names one.
    """
    found = ((_TRUE_CLASS.search(line.source.text), line.source.line) for line in lines)
    return next(((int(match[1]), line) for match, line in found if match), None)


_STATED = compile_late(
    r"\s*([-−]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+−]?\d+)?|\[[-−\d.,;\s\[\]]+\])(?=\s*(?:[,;)$|&`\n]|\.(?!\d)|\\|[^\W\d]{2}|[^\W\d]\d?\s?=|$))"
)


_RATE_IN_WORDS = compile_late(
    r"(?i)\b(?:learning[ -]rate|step[ -]size|lr|eta|η|α|lernrate|schrittweite"
    r"|taux d'apprentissage|le pas)\s{0,3}(?:of|is|von|de|:)?\s{0,3}(\d{0,9}[.,]?\d{1,20})(?!\w)"
)


def stated_numbers(lines: Iterable[Line]) -> dict[str, tuple[str, int]]:
    """Return the first number that the text gives for each name, and the number of its line.

    Headings and comments are searched too, because people write "## Update, η = 0.1".
    """
    found: dict[str, tuple[str, int]] = {}
    for line in lines:
        text = plain_letters(line.source.text)
        if rate := _RATE_IN_WORDS.search(text):
            found.setdefault("lr", (rate[1], line.source.line))
        for target in _TARGET.finditer(text):
            number = _STATED.match(text, target.end())
            start = target.start()
            before = text[max(0, start - _LOOKED_BACK) : start]
            if number and _begins_chain(before, target[1]):
                name = canonical_name(plain_words(target[1]))
                place = line.source.line + text.count("\n", 0, start)
                found.setdefault(name, (number[1], place))
    return found


def _begins_chain(before: str, name: str = "") -> bool:
    """Whether a name after this text is a target and not part of an expression."""
    if name in _CIRCLE and before.rstrip()[-1:].isdigit():
        return False  # because 4π = 12.57 gives no value to π
    found = _LAST_WORD.search(before)
    word = found[1] if found else ""
    if word in ("times", "plus", "minus"):
        return False  # because 5 times a = 10 gives no value to a
    is_call = (function_name(word) and word != "where") or word.startswith("sum_")
    is_gap = before.endswith(("  ", "\t")) or word.isdecimal()  # as in y = wx  w = 2 x = 3
    is_inside = "=" in before.rpartition(",")[2] and word and not _is_plain_word(word)
    is_inside = is_inside and not is_gap
    # In ``dL/dw = (a - y) x = …``, x is a factor. After two or more spaces it would be a target.
    is_behind_bracket = _AFTER_BRACKET.search(before) and "=" in before.rpartition(",")[2]
    is_factor = before[-1:].isdigit() or is_call or is_inside or is_behind_bracket
    command = _COMMAND.search(before)
    is_factor = is_factor or bool(command and command[1] not in SPACES)  # as in \hat x = 1
    before = re.sub(r"(?:^|\s)\($", "", before)  # as in: the input x (y = 0)
    return not is_factor and not before.rstrip(" &").endswith((*"=≈→←>~+-−*/·(∂", r"\partial"))
