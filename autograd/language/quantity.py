"""Scalars, vectors and matrices of Values, and the operations that depend on their shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as index_product

from ..engine.functions import dot
from ..engine.value import Value

Shape = tuple[int, ...]

MOST_CELLS = 10_000  # the most numbers in one quantity
_MOST_PRODUCTS_PER_CELL = 20  # @ may compute at most this times MOST_CELLS products


@dataclass(frozen=True, slots=True)
class Quantity:
    """A scalar, a vector or a matrix of Values.

    Attributes:
        shape: () for a scalar, (n,) for a vector, (rows, columns) for a matrix.
        items: the Values, row by row.
        is_column: whether a vector was written as a column, such as [1; 2].
    """

    shape: Shape
    items: tuple[Value, ...]
    is_column: bool = False

    def with_items(self, items: Iterable[Value]) -> Quantity:
        """Return a quantity of the same form with these Values."""
        return replace(self, items=tuple(items))

    @property
    def indices(self) -> Iterator[tuple[int, ...]]:
        """The index of each number, in the order of `items`. Indices are counted from 1."""
        return index_product(*(range(1, n + 1) for n in self.shape))

    @property
    def rows(self) -> list[tuple[Value, ...]]:
        """The rows of a matrix. A vector or a scalar is a single row."""
        width = self.shape[-1] if self.shape else 1
        return [self.items[k : k + width] for k in range(0, len(self.items), width)]

    def at(self, index: Sequence[int]) -> Quantity:
        """Return the number or the row of a matrix at an index, which is counted from 1.

        Raises:
            ValueError: the index does not exist. The message says which indices do.
        """
        if not index:
            return self
        if len(index) > len(self.shape):
            raise ValueError(f"it is {self.kind}")
        for i, n in zip(index, self.shape, strict=False):
            if not 1 <= i <= n:
                raise ValueError(f"the index goes from 1 to {n}")
        if len(index) == len(self.shape):
            place = sum((i - 1) * n for i, n in zip(index, (*self.shape[1:], 1), strict=True))
            return Quantity((), (self.items[place],))
        return Quantity(self.shape[1:], self.rows[index[0] - 1])

    @property
    def kind(self) -> str:
        """A description of the shape in words."""
        return [
            "a single number",
            f"a vector of {self.shape[0] if self.shape else 0}",
            f"a matrix of {' × '.join(map(str, self.shape))}",
        ][len(self.shape)]

    @property
    def transposed(self) -> Quantity:
        """The transpose of a matrix. A scalar or a vector is returned unchanged."""
        if len(self.shape) < 2:
            return self
        rows, columns = self.shape
        items = tuple(self.items[i * columns + j] for j in range(columns) for i in range(rows))
        return Quantity((columns, rows), items)


def scalar(value: Value) -> Quantity:
    """Return a Value as a quantity without dimensions."""
    return Quantity((), (value,))


def each(function: Callable[..., Value], *quantities: Quantity) -> Quantity:
    """Apply a function elementwise. A scalar is combined with each element of the others.

    Raises:
        ValueError: the shapes differ.
    """
    shapes = {q.shape for q in quantities if q.shape}
    if len(shapes) > 1:
        advice = (
            "write W @ x for the product of a matrix and a vector"
            if {len(shape) for shape in shapes} == {1, 2}
            else "lists are combined number by number, so write lists of the same length"
        )
        kinds = " and ".join(q.kind for q in quantities)
        raise ValueError(f"the shapes differ: {kinds}; {advice}")
    shape = shapes.pop() if shapes else ()
    count = max(len(q.items) for q in quantities)
    columns = [q.items if q.shape else q.items * count for q in quantities]
    is_column = any(q.is_column for q in quantities)
    items = tuple(function(*row) for row in zip(*columns, strict=True))
    return Quantity(shape, items, is_column)


def each_row(function: Callable[..., Value], left: Quantity, right: Quantity) -> Quantity:
    """Apply + or − elementwise. A vector is combined with each row of a matrix.

    A column, or a vector that fits no row, is combined with each column.

    Raises:
        ValueError: the shapes differ.
    """
    if len(left.shape) == 2 and len(right.shape) == 1:
        right = _repeated(right, left.shape)
    elif len(right.shape) == 2 and len(left.shape) == 1:
        left = _repeated(left, right.shape)
    return each(function, left, right)


def _repeated(vector: Quantity, shape: Shape) -> Quantity:
    """Return a matrix of this shape whose rows or columns are the vector, if it fits."""
    (length,), (rows, columns) = vector.shape, shape
    if length == rows and (vector.is_column or length != columns):
        return Quantity(shape, tuple(item for item in vector.items for _ in range(columns)))
    return Quantity(shape, vector.items * rows) if length == columns else vector


def times(left: Quantity, right: Quantity) -> Quantity:
    """Return the elementwise product."""
    return each(lambda a, b: a * b, left, right)


def product(left: Quantity, right: Quantity) -> Quantity:
    """Return the product a·b or a b.

    The product of two vectors is their dot product. The product of a matrix and a vector or matrix
    is the matrix product.

    Raises:
        ValueError: the shapes do not match.
    """
    if not left.shape or not right.shape:
        return times(left, right)
    if len(left.shape) == len(right.shape) == 1:
        if left.shape != right.shape:
            raise ValueError(f"the shapes differ: {left.kind} and {right.kind}")
        return matmul(left, right)
    return matmul(left, right)


def matmul(left: Quantity, right: Quantity, bias: Quantity | None = None) -> Quantity:
    """Return left @ right, plus the bias if there is one.

    Each element is recorded as one node, a sum of products that includes its bias.

    Raises:
        ValueError: the shapes do not match.
    """
    if not left.shape or not right.shape:
        raise ValueError("@ multiplies vectors and matrices; single numbers are multiplied with *")
    if left.shape[-1] != right.shape[0]:
        raise ValueError(
            f"{left.kind} cannot be multiplied by {right.kind}, because the left one needs as many "
            "columns as the right one has rows; write Wᵀ for the transpose"
        )
    columns = right.transposed.rows if len(right.shape) == 2 else [right.items]
    shape = left.shape[:-1] + right.shape[1:]
    check_size(len(left.rows) * len(columns))
    pairs = [(row, column) for row in left.rows for column in columns]
    check_size(len(pairs) * left.shape[-1] // _MOST_PRODUCTS_PER_CELL)
    biases = _biases(bias, shape, len(pairs))
    items = tuple(dot(w, x, b) for (w, x), b in zip(pairs, biases, strict=True))
    return Quantity(shape, items)


def _biases(bias: Quantity | None, shape: Shape, count: int) -> Sequence[Value | None]:
    if bias is None:
        return [None] * count
    if bias.shape and bias.shape != shape:
        raise ValueError(f"the bias is {bias.kind}, but it is added to {Quantity(shape, ()).kind}")
    return bias.items if bias.shape else bias.items * count


def outer(left: Quantity, right: Quantity) -> Quantity:
    """Return the outer product of two vectors, whose elements are leftᵢ·rightⱼ.

    Raises:
        ValueError: an argument is not a vector.
    """
    if len(left.shape) != 1 or len(right.shape) != 1:
        raise ValueError(f"outer needs two vectors, not {left.kind} and {right.kind}")
    check_size(len(left.items) * len(right.items))
    items = tuple(a * b for a in left.items for b in right.items)
    return Quantity((len(left.items), len(right.items)), items)


def stacked(rows: Sequence[Quantity]) -> Quantity:
    """Return scalars stacked into a vector, or vectors of one length stacked into a matrix.

    Raises:
        ValueError: the arguments have different shapes, or are matrices.
    """
    shapes = {row.shape for row in rows}
    if len(shapes) > 1:
        raise ValueError(f"the rows differ in length: {', '.join(row.kind for row in rows[:6])}")
    shape = shapes.pop()
    if len(shape) > 1:
        raise ValueError("a quantity is a number, a vector or a matrix, not a list of matrices")
    items = tuple(item for row in rows for item in row.items)
    check_size(len(items))
    return Quantity((len(rows), *shape), items)


def check_size(count: int) -> None:
    """Raise a ValueError if a quantity would have more than `MOST_CELLS` numbers."""
    if count > MOST_CELLS:
        raise ValueError(f"this is too large: a quantity has at most {MOST_CELLS} numbers")


def product_by_number(left: Quantity, right: Quantity) -> Quantity:
    """Return a·b, where the product of two vectors is elementwise and not their dot product."""
    if len(left.shape) == len(right.shape) == 1:
        return times(left, right)
    return product(left, right)
