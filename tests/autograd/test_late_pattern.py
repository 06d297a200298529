"""A pattern that is compiled late behaves like one that is compiled at once."""

import copy
import re

import pytest

from autograd.late_pattern import compile_late


def test_nothing_is_compiled_before_the_first_use():
    late = compile_late("(")

    with pytest.raises(re.error):
        late.match("")


def test_it_has_the_methods_and_the_flags_of_the_compiled_pattern():
    late, plain = (make(r"(\w)=(\d+)", re.IGNORECASE) for make in (compile_late, re.compile))
    text = "w=12, b=3"

    assert late.findall(text) == plain.findall(text)
    assert late.sub(r"\2", text) == plain.sub(r"\2", text)
    assert late.fullmatch("w=1")[2] == "1"
    assert (late.pattern, late.flags, late.groups) == (plain.pattern, plain.flags, plain.groups)
    assert copy.copy(late).search("b=3").span() == (0, 3)
