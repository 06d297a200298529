"""Suggestions of the name that a writer may have meant by an undefined one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST_COMPARED = 2000  # the most names that are compared, because each comparison takes time

# Each line lists names that people use for the same thing.
_KINDS = """
loss cost error err mse sse rss bce ce nll l j c e total_loss l_total e_total objective
ŷ y_hat yhat y_pred ypred pred prediction predicted y_p output out y_out a_out p
y t target actual y_true ytrue label d desired
η eta lr learning_rate α alpha rate step_size
b bias intercept
w weight
x input
sigmoid logistic σ sig expit
step heaviside unit_step threshold
sign sgn signum
maximum max relu amax
minimum min amin
abs absolute fabs
log ln
mean average avg
std stdev
var variance
sum total
norm magnitude
square sq squared
sqrt root
"""
# Words of sentences, which are no names.
_WORDS_OF_SENTENCES = """
a an the and or so is are as at by of to in on we it if for with from that this then thus now new
let be go no I at me my us do et ou si en la le un der die das ist und mit
"""
WORDS = frozenset(_WORDS_OF_SENTENCES.split())
KINDS = tuple(line.split() for line in _KINDS.strip().splitlines())
PLAIN_WORDS = frozenset(name for kind in KINDS[4:7] for name in kind)
_LEAST_SIMILAR = 0.7
# A name of at most this many letters is suggested only if its letters are swapped, because short
# names are often similar by chance, such as sin and sign.
_SHORT = 3


def same_kind(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that people use for the same thing as `name`."""
    plain = name.casefold()
    group = {other for kind in KINDS if plain in kind for other in kind}
    return [other for other in known if other.casefold() in group and other != name]


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean …?" with the known name that was probably meant, or "".

    >>> suggestion("sigmiod", ["tanh", "sigmoid"]), suggestion("loss", ["x", "C"])
    ('; did you mean sigmoid?', '; did you mean C?')
    >>> suggestion("sign", ["sin"])
    ''
    """
    names = sorted(other for other in known if "/" not in other)[:_MOST_COMPARED]
    plain = name.casefold().replace("_", "")
    same = [other for other in names if other.casefold().replace("_", "") == plain]
    near = [
        other
        for other in difflib.get_close_matches(name, names, n=3, cutoff=_LEAST_SIMILAR)
        if min(len(name), len(other)) > _SHORT or sorted(name) == sorted(other)
    ]
    best = (same or same_kind(name, names) or near)[:1]
    return f"; did you mean {best[0]}?" if best else ""
