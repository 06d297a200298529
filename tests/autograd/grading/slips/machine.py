"""A slip machine: it writes hand calculations, makes one chosen slip, and carries it forward.

Nothing here uses the engine or the grader. Every line of a `Paper` is computed in plain Python from
the numbers that were written before it, rounded as the writer rounds. `slip(paper, key, rng)`
returns the sheet of a writer who makes that slip once and is careful everywhere else.
"""

import math
from dataclasses import dataclass, field


@dataclass
class Line:
    """One line: what is written left of ->, its name, how to compute it, and its possible slips."""

    left: str
    name: str
    right: object
    slips: dict = field(default_factory=dict)


@dataclass
class Paper:
    """A calculation: given numbers, and lines that are computed from what was written before."""

    shape: str
    given: dict
    lines: list

    def places(self, key):
        """Return where a slip can be made."""
        return [k for k, line in enumerate(self.lines) if line and key in line.slips]

    @property
    def keys(self):
        return list(dict.fromkeys(key for line in self.lines if line for key in line.slips))


@dataclass
class Made:
    """A sheet with one slip: its text, the name and number of the line, and what fits equally."""

    text: str
    key: str
    name: str
    line: int
    alike: set
    changed: str = ""


def mapped(function, *numbers):
    """Apply a function number by number to nested lists of one shape."""
    if isinstance(numbers[0], list):
        return [mapped(function, *row) for row in zip(*numbers, strict=True)]
    return function(*numbers)


def flat(numbers):
    if not isinstance(numbers, list):
        return [numbers]
    return [x for part in numbers for x in flat(part)]


def text_of(numbers, show):
    if isinstance(numbers, list):
        return f"[{', '.join(text_of(x, show) for x in numbers)}]"
    return show(numbers)


def significant(digits):
    """Return how a writer prints who keeps some significant digits."""
    return lambda x: f"{x:#.{digits}g}" if x else "0"


def differ(one, other, digits):
    """Whether two results are written differently, by more than rounding on the way explains."""
    pairs = list(zip(flat(one), flat(other), strict=True))
    return any(
        abs(a - b) > max(5 * 10.0 ** (1 - digits), 0.003) * max(abs(a), abs(b), 1e-4)
        for a, b in pairs
    )


def write(paper, digits=6, at=-1, key="", show=None, calculate=float, change=None):
    """Return the sheet, with one slip made at a line; None where it changes nothing there.

    Args:
        show: how the writer prints a number; by default with `digits` significant digits.
        calculate: what the writer makes of printed digits to go on with; None goes on with all.
        change: what is printed at the line `at` for its first number that is not 0, in place of a
            slip. The writer goes on with the right number.
    """
    show = show or significant(digits)
    keep = calculate or float
    env = {name: mapped(keep, v) for name, v in paper.given.items()}
    text, alike = [f"{n} = {v}" for n, v in paper.given.items()], set()
    place, changed = 0, ""
    for k, line in enumerate(paper.lines):
        if line is None:
            text.append("---")
            env["before"] = dict(env)
            env |= {name[:-1]: env.pop(name) for name in [*env] if name.endswith("'")}
            continue
        right = numbers = line.right(env)
        if k == at:
            place = len(text) + 1
        if k == at and key:
            numbers = line.slips[key](env)
            if not all(map(math.isfinite, flat(numbers))) or not differ(numbers, right, digits):
                return None
            alike = {
                other
                for other, wrong in line.slips.items()
                if not differ(wrong(env), numbers, digits)
            }
        shown = text_of(numbers, show)
        env[line.name] = mapped(keep, eval(shown) if calculate else numbers)
        if k == at and change:
            shown, changed = change_first(right, show, change)
            if not changed:
                return None
        text.append(f"{line.left} -> {shown}")
    name = paper.lines[at].name if at >= 0 else ""
    key, alike = key.partition(" ")[0], {other.partition(" ")[0] for other in alike}
    return Made("\n".join(text), key, name, place, alike, changed)


def change_first(numbers, show, change):
    """Return numbers as text, the first that is not 0 changed, and what is printed for it."""
    first = next((x for x in flat(numbers) if x), 0)
    changed = change(first) if first else ""
    return text_of(numbers, lambda x: changed if x == first else show(x)), changed


def slip(paper, key, rng, digits=6):
    """Return the paper with this slip made at one of its lines, None where it shows nowhere."""
    places = paper.places(key)
    rng.shuffle(places)
    for place in places:
        try:
            made = write(paper, digits, place, key)
        except (ArithmeticError, ValueError):
            continue
        if made:
            return made
    return None


# --- small arithmetic -----------------------------------------------------------------------------


def sigma(z):
    return 1 / (1 + math.exp(-z))


F = {
    "sigmoid": (sigma, lambda z, a: a * (1 - a)),
    "tanh": (math.tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(z, 0.0), lambda z, a: float(z > 0)),
}


def times(w, x):
    return [sum(p * q for p, q in zip(row, x, strict=True)) for row in w]


def turned(w):
    return [list(column) for column in zip(*w, strict=True)]


def outer(a, b):
    return [[p * q for q in b] for p in a]


def plus(a, b):
    return mapped(lambda p, q: p + q, a, b)


def minus(a, b):
    return mapped(lambda p, q: p - q, a, b)


def scaled(k, a):
    return mapped(lambda p: k * p, a)


def first_changed(numbers, change):
    """Return the numbers with only the first changed."""
    return [change(numbers[0]), *numbers[1:]]


def pen(right):
    """Slips of the pen at any line of single numbers."""

    def exchange(env):
        digits = list(f"{right(env):.5e}")
        k = 2 + (digits[0] == "-")
        digits[k], digits[k + 1] = digits[k + 1], digits[k]
        return float("".join(digits))

    def copy(env):
        return next((x for x in reversed(env.values()) if isinstance(x, float)), math.inf)

    return {"digits": exchange, "point": lambda e: 10 * right(e), "copied": copy}


# --- single numbers -------------------------------------------------------------------------------


def scalars(shape, given, *lines):
    """Return a paper of single numbers; every line also has the slips of the pen."""
    for one in lines:
        one.slips = pen(one.right) | one.slips
    return Paper(shape, given, list(lines))


def line(left, right, **slips):
    """Return a line; its name stands before the first =. In a key, _ stands for -."""
    name = left.partition(" = ")[0]
    return Line(
        left,
        name,
        right,
        {
            key.replace("_", "-").replace("path-last", "path last"): wrong
            for key, wrong in slips.items()
        },
    )


def pick(rng, low=0.2, high=1.9):
    return round(rng.choice((-1, 1)) * rng.uniform(low, high), 2)


def size(rng, low=0.2, high=1.9):
    return round(rng.uniform(low, high), 2)
