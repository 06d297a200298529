"""What a program has assigned before and after a call of print, and what its labels name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from ..late_pattern import compile_late

_IDENTIFIER = compile_late(r"[^\W\d]\w*")
_TARGET = r"[^\W\d][\w.]*(?:\[[^\[\]]{0,20}\])?"
_ASSIGNED = compile_late(rf"(?:^|[;:,>])\s*({_TARGET})\s*(?:[-+*/@]?=(?!=)|<-|←|:=)")
_UNPACKED = compile_late(rf"\s*({_TARGET}(?:\s*,\s*{_TARGET})+)\s*=(?!=)")
_FUNCTION = compile_late(r"\s*def\s+(\w+)")
_NEW = compile_late(r"^(?:new|next|updated)_?(?=\w)|(?<=\w)_?(?:new|next|updated)$")
_STEP = compile_late(r"\.step\(")
_BACKWARD = compile_late(r"\.(?:backward|zero_grad|zero_)\(")
_ANY, _GRADIENTS = "", "grad"  # what a step and a backward pass assign
_DERIVATIVE = compile_late(r"[d∂δ]\w*\s*/\s*[d∂δ]\w|∇|\.grad\b")
_SLOPE_WORD = compile_late(r"(?i)grad|slope|deriv|dériv|ableit|steigung")
_SLOPE_NAME = compile_late(r"(?i).*grad|.*slope|[d∂]\w")
_LAST_WORD = compile_late(r"([^\s=:→>]+)\s*(?:=|:|is|->|→)?\s*$")
_IS_FORMULA = compile_late(r"[*/+^²³]|\w\(|\w['′]")


class Assignments:
    """The names that the lines so far assign, where, and which names their values depend on."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._lines: dict[str, int] = {}  # where each name was last assigned
        self._uses: defaultdict[str, set[str]] = defaultdict(set)
        self._function = ""  # whose body the lines are in
        self._block = -1  # the indent of the line such as for … : that the lines are below

    def note(self, number: int, line: str) -> None:
        """Record what a line assigns."""
        indent = len(line) - len(line.lstrip())
        if line.strip() and not self.is_in_block(line):
            self._block = indent if line.rstrip().endswith(":") else -1
            function = _FUNCTION.match(line)
            self._function = function[1] if function else ""
        if self._function:
            self._uses[self._function].update(_IDENTIFIER.findall(line))
        targets = [found[1] for found in _ASSIGNED.finditer(line)]
        if unpacked := _UNPACKED.match(line):
            targets += unpacked[1].split(",")
        for target in targets:
            first = target.strip().partition("[")[0]
            name = _GRADIENTS if first.endswith(".grad") else first.partition(".")[0]
            self.names.add(name)
            # An update that assigns w_new begins the next step, as one that assigns w does.
            self._lines[name] = self._lines[_without_new(name)] = number
            self._uses[name].update(_IDENTIFIER.findall(line))
        if "(" in line and _STEP.search(line):
            self._lines[_ANY] = number
        if "(" in line and _BACKWARD.search(line):
            self._lines[_GRADIENTS] = number

    def is_in_block(self, line: str) -> bool:
        """Whether a line stands in a loop or a function, which may run more than once or never."""
        return 0 <= self._block < len(line) - len(line.lstrip())

    def changed_since(self, line: int, expressions: Iterable[str]) -> bool:
        """Whether something that an expression depends on was assigned after a line."""
        names = {name for one in expressions for name in names_in_code(one)} | {_ANY}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if self._lines.get(name, -1) > line:
                return True
            new = self._uses.get(name, set()) - names
            names |= new
            waiting += new
        return False


def names_in_code(code: str) -> list[str]:
    """Return the identifiers in an expression, such as w and grad in w.grad."""
    return _IDENTIFIER.findall(code)


def is_label_of(label: str, code: str, names: Collection[str]) -> bool:
    """Whether the words before a number may stand before the value of an expression.

    They may not if they name another quantity, as "dy/dx =" or "y is" does before 3*x.

    >>> is_label_of("the loss is", "(y - t)**2", {"y", "t"}), is_label_of("y is", "3*x", {"x", "y"})
    (True, False)
    """
    last = _LAST_WORD.search(label[-100:])
    word = last[1] if last else ""
    formula = "".join(label.split()).rstrip("=:").replace("^", "**")
    if "".join(code.split()) in (word, formula) or word == _without_new(code):
        return True
    is_slope = _SLOPE_WORD.search(label) and not _SLOPE_NAME.match(code)
    if is_slope or _DERIVATIVE.search(label) or names_a_target(label, names):
        return False
    if word in names or _IS_FORMULA.search(word):
        return False
    own = set(names_in_code(code))
    return all(name in own for name in names_in_code(label) if name in names)


def names_a_target(label: str, names: Collection[str]) -> bool:
    """Whether a label ends in a known name or a derivative and a sign, as "z =" and "dL/dw:" do."""
    last = _LAST_WORD.search(label[-100:])
    if not last or not label.rstrip().endswith(("=", ":", " is")):
        return False
    is_slope = _DERIVATIVE.search(last[1]) or (last[1][0] == "d" and last[1][1:] in names)
    return bool(is_slope) or last[1] in names


def _without_new(name: str) -> str:
    """Return w for w_new and new_w, and other names as they are."""
    return _NEW.sub("", name)
