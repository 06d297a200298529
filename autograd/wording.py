"""The only place that formats: numbers, formulas and steps, as text and as LaTeX."""

from __future__ import annotations

MINUS = "−"


def number(x: float, digits: int = 5) -> str:
    """Write a number for reading: at most so many significant digits, a true minus sign, no "-0".

    >>> number(-0.40800000000000003), number(1 / 3), number(-1.5e-10), number(2.0)
    ('−0.408', '0.33333', '−1.5·10⁻¹⁰', '2')
    """
    if x == 0:
        return "0"
    text = f"{abs(x):.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}·10{superscript(int(exponent))}"
    return f"{MINUS if x < 0 else ''}{text}"


_SUPERSCRIPTS = str.maketrans("0123456789-−+.()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺·⁽⁾")


def superscript(n: int) -> str:
    """Write an integer raised: 10⁻¹²."""
    return str(n).translate(_SUPERSCRIPTS)
