"""What the packages export is documented, and each name is there."""

import importlib
import inspect

import pytest

DOORS = ("autograd", "nn", "nn.plots")


@pytest.mark.parametrize("door", DOORS)
def test_every_exported_name_exists_and_has_a_docstring_of_its_own(door):
    package = importlib.import_module(door)
    for name in package.__all__:
        exported = getattr(package, name)
        if callable(exported):
            assert inspect.getdoc(exported), f"{door}.{name} has no docstring"


@pytest.mark.parametrize("door", DOORS)
def test_every_public_method_of_an_exported_class_has_a_docstring(door):
    package = importlib.import_module(door)
    classes = [
        found for name in package.__all__ if inspect.isclass(found := getattr(package, name))
    ]
    for cls in classes:
        for name, member in inspect.getmembers(cls):
            public = not name.startswith("_") and inspect.isroutine(member)
            if public and str(getattr(member, "__module__", "")).startswith(("autograd", "nn")):
                assert inspect.getdoc(member), f"{door}.{cls.__name__}.{name} has no docstring"
