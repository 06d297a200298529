"""`import gradtrace` and `gradtrace.nn` give the names of `autograd` and `nn`, one copy of each."""

import autograd
import gradtrace
import gradtrace.nn
import nn


def test_every_public_name_is_the_one_of_autograd():
    assert {name: getattr(gradtrace, name) for name in autograd.__all__} == {
        name: getattr(autograd, name) for name in autograd.__all__
    }
    assert set(autograd.__all__) <= set(dir(gradtrace))


def test_networks_are_found_in_every_way_of_writing_it(run_python):
    assert gradtrace.nn.MLP is nn.MLP
    run_python("import gradtrace, nn; assert gradtrace.nn.MLP is nn.MLP")
    run_python("from gradtrace import nn as ours; import nn; assert ours.Layer is nn.Layer")
    run_python("from gradtrace.nn import MLP; import nn; assert MLP is nn.MLP")
    run_python("from gradtrace import *; Value(1.0), nn.MLP, page")


def test_a_name_stays_the_function_after_the_command_line_was_imported(run_python):
    run_python(
        "import gradtrace, gradtrace.__main__, autograd\n"
        "assert gradtrace.page is autograd.page and gradtrace.trace is autograd.trace"
    )
