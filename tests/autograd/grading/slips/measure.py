"""The checker measured: slips by kind, right and wrong numbers, coincidences, and time.

``python tests/autograd/grading/slips/measure.py 2000`` measures on 2,000 sheets of the slip machine
and on numbers in proportion, and prints the closing table. The sheets are computed in plain Python
by the slip machine, which shares no code with what it judges.
"""

import itertools
import math
import random
import sys
import time
from collections import Counter, defaultdict
from decimal import Decimal

import machine
import shapes
from machine import significant
from writers import decimals, writers

from autograd import Worksheet

_SLIPS_OF_A_PAPER = 4


def papers(seed=0):
    """Yield papers of all shapes in turn, without end."""
    for k in itertools.count(seed):
        yield from shapes.papers(k)


# --- slips ----------------------------------------------------------------------------------------


def made_sheets(count, seed=0, digits=6):
    """Yield sheets with one slip each, some of every paper."""
    rng = random.Random(seed)
    made = (
        machine.slip(paper, key, rng, digits)
        for _, paper in papers(seed)
        for key in rng.sample(paper.keys, min(_SLIPS_OF_A_PAPER, len(paper.keys)))
    )
    yield from itertools.islice(filter(None, made), count)


def slips_by_kind(count, seed=0, digits=6):
    """Return for every kind of slip how many sheets, right lines, named first, and listed."""
    found = defaultdict(Counter)
    for made in made_sheets(count, seed, digits):
        first = Worksheet.parse(made.text).check().first_wrong
        keys = [slip.key for slip in first.slips] if first else []
        found[made.key] += Counter(
            sheets=1,
            line=bool(first and first.line == made.line),
            first=bool(keys and keys[0] in made.alike),
            listed=bool(made.alike.intersection(keys)),
        )
    return dict(found)


# --- right numbers --------------------------------------------------------------------------------


def with_commas(text):
    return text.replace(", ", "; ").replace(".", ",")


def right_numbers(count, seed=0):
    """Return for each kind of writer how many numbers there were, and which were called wrong."""
    rng, found = random.Random(seed), {}
    for shape, paper in papers(seed):
        for name, (show, calculate) in writers(rng).items():
            text = machine.write(paper, show=show, calculate=calculate).text
            text = with_commas(text) if name == "decimal commas" else text
            lines = Worksheet.parse(text).check().lines
            numbers, wrong = found.setdefault(name, (Counter(), []))
            numbers["numbers"] += len(lines)
            wrong += [(shape, one, text) for one in lines if one.verdict.blamed]
        if sum(numbers["numbers"] for numbers, _ in found.values()) >= count:
            return found
    return found


# --- wrong numbers --------------------------------------------------------------------------------


def changed_numbers(count, change, seed=0):
    """Yield sheets in which one number was replaced: its text, the line, and the right number."""
    rng, made = random.Random(seed), 0
    for _, paper in papers(seed):
        places = [k for k, line in enumerate(paper.lines) if line]
        for place in rng.sample(places, min(3, len(places))):
            sheet = machine.write(paper, show=significant(12), at=place, change=change(rng))
            if sheet:
                yield sheet
                made += 1
                if made == count:
                    return


def off_by_units(rng):
    """Return the change of a number to one with few digits that is wrong by some units."""
    digits, units = rng.randint(2, 6), rng.choice((2, 2, 3, 5, 9, 20))

    def change(x):
        unit = 10.0 ** (math.floor(math.log10(abs(x))) - digits + 1)
        wrong = (round(x / unit) + rng.choice((-1, 1)) * units) * unit
        return f"{wrong:.{max(0, round(-math.log10(unit)))}f}"

    return change


def near_misses(count, units, seed=0):
    """Return how numbers are judged that are off by some units, beside others with as many digits.

    Every other number of the sheet is right, and rounded from all digits.
    """
    rng, verdicts = random.Random(seed), Counter()
    for _, paper in papers(seed):
        digits = rng.randint(2, 6)
        show = rng.choice((decimals, significant))(digits)
        places = [k for k, line in enumerate(paper.lines) if line]
        for place in rng.sample(places, min(2, len(places))):
            change = off_by_last_digits(show, rng.choice((-1, 1)) * units)
            made = machine.write(paper, show=show, calculate=None, at=place, change=change)
            if made and len(made.changed.lstrip("-0.")) > 1:
                lines = Worksheet.parse(made.text).check().lines
                written = (
                    one for one in lines if (one.line, one.written) == (made.line, made.changed)
                )
                verdicts[next(written).verdict.value] += 1
        if verdicts.total() >= count:
            return verdicts
    return verdicts


def off_by_last_digits(show, units):
    """Return the change of a number to its text with the last digit off by some units."""

    def change(x):
        text = show(x)
        return str(Decimal(text) + units * Decimal(1).scaleb(Decimal(text).as_tuple().exponent))

    return change


def random_number(digits):
    """Return what makes changes of a number to one that nobody computed."""

    def make(rng):
        return lambda x: significant(digits)(x * rng.choice((-1, 1)) * 3 ** rng.uniform(-1, 1))

    return make


def wrong_numbers(count, seed=0):
    """Return how many wrong numbers there were, and which of them were called right."""
    called_right = []
    for made in changed_numbers(count, off_by_units, seed):
        one, *_ = [
            one
            for one in Worksheet.parse(made.text).check().lines
            if one.line == made.line and one.written == made.changed
        ]
        if not one.verdict.blamed and one.verdict.value != "too few digits to tell":
            called_right.append((one, made.text))
    return count, called_right


def coincidences(digits, count, seed=0):
    """Return how often a random number is explained "exactly", and how often "perhaps"."""
    said = Counter()
    for made in changed_numbers(count, random_number(digits), seed):
        first = Worksheet.parse(made.text).check().first_wrong
        if first and first.line == made.line and first.slips:
            said["exactly" if first.slips[0].is_certain else "perhaps"] += 1
    return {word: said[word] / count for word in ("exactly", "perhaps")}


# --- time -----------------------------------------------------------------------------------------


def long_sheet(lines, is_right=True):
    """Return a calculation with this many lines."""
    text, a = ["w = 0.9", "a0 = 0.5"], 0.5
    for k in range(1, lines - 1):
        a = math.tanh(0.9 * a + 0.1)
        text.append(f"a{k} = tanh(w*a{k - 1} + 0.1) -> {a if is_right else a + 1:.6f}")
    return "\n".join(text)


def seconds(text):
    start = time.process_time()
    Worksheet.parse(text).check()
    return time.process_time() - start


# --- the closing table ----------------------------------------------------------------------------


def main(count):
    kinds = slips_by_kind(count)
    total = sum(kinds.values(), Counter())
    print(f"{'slip':28} sheets  line  first  listed")
    for name, row in [*sorted(kinds.items()), ("all", total)]:
        shares = (f"{row[part] / row['sheets']:6.1%}" for part in ("line", "first", "listed"))
        print(f"{name:28} {row['sheets']:6} {' '.join(shares)}")
    print("\nright numbers called wrong")
    for name, (numbers, wrong) in right_numbers(4 * count).items():
        print(f"{name:28} {len(wrong):6} of {numbers['numbers']}")
        for shape, one, text in wrong[:3]:
            print("    ", shape, one.line, one.quantity, one.written, one.exact, one.follows)
            print("     ", text.split(chr(10))[one.line - 1][:150])
    print("\nwrong numbers called right")
    tried, wrong = wrong_numbers(count)
    print(f"{len(wrong)} of {tried}")
    for one, _ in wrong[:10]:
        print("    ", one.line, one.quantity, one.written, one.exact, one.verdict.value)
    print("\nnumbers off by some units of their last digit")
    for units in (1, 2, 3):
        verdicts = near_misses(count // 2, units)
        shares = (f"{name} {n / verdicts.total():.1%}" for name, n in verdicts.most_common())
        print(f"{units} off:", ", ".join(shares))
    print("\ncoincidences with random numbers")
    for digits in range(1, 7):
        said = coincidences(digits, count // 4)
        print(f"{digits} digits  exactly {said['exactly']:.2%}  perhaps {said['perhaps']:.2%}")
    print("\n2,000 lines")
    for is_right in (True, False):
        print(f"{'right' if is_right else 'wrong'} {seconds(long_sheet(2000, is_right)):.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200)
