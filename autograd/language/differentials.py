"""Parsing of derivatives, such as dC/dw, ∂²C/∂w², ∇w and w.grad, and of names with an index."""

from __future__ import annotations

from .cursor import Cursor
from .token import Token
from .trees import Apply, Derivative, Name, Tree, names_in, replace_names


class Differentials(Cursor):
    """The part of the parser that reads derivatives and names with their indices."""

    def _quantity(self, name: str, token: Token) -> Tree:
        return self._element(name, token.place)

    def _element(self, name: str, place: int) -> Name:
        """Return a quantity, or an element y[1] if the sheet defines only elements of y."""
        resolved, index = self.names.resolve(name)
        label, closing = self.tokens[self.at + 1 : self.at + 3]
        if (
            self.next.text == "["
            and label.kind == "name"
            and len(label.text) > 1
            and self.names.whole_number(label.text) is None
            and closing.text == "]"
        ):  # W[\text{hi}]
            self.at += 3
            return Name(f"{resolved}[{label.text}]", (), place)
        index += self._index()
        if index and not self.names.knows(resolved):
            element = self.notation.element(resolved, index)
            if self.names.knows(element):
                return Name(element, (), place)
        return Name(resolved, index, place)

    def _index(self) -> tuple[int, ...]:
        """Read an index such as [1], [1,2] or [1][2] that follows a name without a space."""
        index: list[int] = []
        while self.next.tight and self.next.text == "[" and (opened := self.take("[")):
            index.append(self._whole_number())
            while self.take(","):
                index.append(self._whole_number())
            self.expect("]", opened)
        return tuple(index)

    def _whole_number(self) -> int:
        token, first = self.next, self.notation.first_index
        known = self.names.whole_number(token.text) if token.kind == "name" else None
        if known is not None and known >= first:  # as in p[k], where k = 2
            self.at += 1
            return known - first + 1
        if token.kind != "number" or not token.text.isdecimal() or not first <= token.value <= 1e6:
            raise self.source.error(
                f"an index is a whole number, counted from {first}", token.place
            )
        self.at += 1
        return int(token.value) + 1 - first

    # --- derivatives ------------------------------------------------------------------------------

    def _derivative(self) -> Tree | None:
        r"""Read a derivative such as dC/dw, d C / d w, d²C/dw² or \frac{∂C}{∂w}.

        If no derivative comes next, the method returns None and reads nothing.
        """
        is_name = self.next.kind == "name"
        if is_name and self.next.text[0] != "d":
            return None
        if operator := self._operator() or self._macro():
            return operator
        start, place = self.at, self.next.place
        is_fraction = self.take(r"\frac") is not None
        opened = is_fraction and self.take("{") is not None
        top = self._differential()
        if top and (not opened or self.take("}")) and (is_fraction or self.take("/")):
            opening = self.take("{" if is_fraction else "(")
            bottom, second = self._below(top[1])
            is_whole = bottom and (top[1] == 1) == (second is None)
            if bottom and is_whole and (not opening or self.take("}", ")")):
                is_partial = any(token.text == "∂" for token in self.tokens[start : self.at])
                return Derivative(top[0], bottom[0], place, second, is_partial=is_partial)
            if top[1] == 2:
                raise self.source.error(
                    f"write a second derivative as d²{top[0]}/dx² or d²{top[0]}/dxdz, with the "
                    "names of what you differentiate by for x and z",
                    place,
                )
        self.at = start
        return None

    def _macro(self) -> Derivative | None:
        r"""Read \pdv{C}{w} and \dv{C}{w} of the LaTeX package physics."""
        place = self.next.place
        if not self.take(r"\pdv"):
            return None
        names = []
        for _ in range(2):
            opened = self.next
            self.take("{")
            token = self.next
            self.at += 1
            names.append(self._element(token.text, token.place))
            self.expect("}", opened)
        return Derivative(names[0], names[1], place, is_partial=True)

    def _operator(self) -> Tree | None:
        r"""Read d/dw C, \frac{\partial}{\partial w} C or ∂_w C.

        Raises:
            WorksheetError: an expression without a name is differentiated.
        """
        start, place = self.at, self.next.place
        signs = [token.text for token in self.tokens[start : start + 4]]
        is_d = signs[0] in ("d", "∂") and not self.names.knows(signs[0])
        if is_d and signs[1] == "/":
            self.at += 2
        elif signs[0] == r"\frac" and signs[2] in ("d", "∂") and signs[3] == "}":
            self.at += 5
        elif signs[0] == "∂" and signs[1].startswith("_") and len(signs[1]) > 1:
            bottom = Name(*self.names.resolve(signs[1][1:]), place)
            self.at += 2
            return self._differentiated(bottom, place)
        else:
            return None
        name, bracket = self.tokens[self.at : self.at + 2]
        if bracket.text == "[" and name.text[:1] == "d" and len(name.text) > 1:  # d/dx[x³]
            found: tuple[Name, int] | None = (
                Name(*self.names.resolve(name.text[1:]), name.place),
                1,
            )
            self.at += 1
        else:
            found = self._differential()
        if found is None or (signs[0] == r"\frac" and not self.take("}")):
            self.at = start
            return None
        return self._differentiated(found[0], place)

    def _differentiated(self, bottom: Name, place: int) -> Tree:
        token = self.next
        if not bottom.index and (token.text in ("(", "[") or self._opens_expression()):
            inner = self.power() if token.text in ("(", "[") else self.product()
            if token.text not in ("(", "[") and self.next.text in ("+", "-"):
                raise self.source.error(
                    f"this has two readings: write d/d{bottom} (…) around all that is "
                    "differentiated",
                    token.place,
                )
            if isinstance(inner, Name):
                return Derivative(inner, bottom, place)
            if not any(self.names.loss_of(bottom.name, name) for name in _others(inner, bottom)):
                hidden = Name("·" + bottom.name, (), place)
                body = replace_names(inner, {bottom.name: hidden})
                return Apply("slope", (body, hidden, bottom), place)
        if token.kind != "name":
            raise self.source.error(
                f"give what is differentiated a name, such as C = …, and write dC/d{bottom}", place
            )
        self.at += 1
        return Derivative(self._element(token.text, token.place), bottom, place)

    def _opens_expression(self) -> bool:
        """Whether a number, a call or a power comes next, as in d/dx 3x² or d/dx ln(x)."""
        token, after = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_power = token.kind == "name" and (after.kind == "raised" or after.text == "^")
        return token.kind == "number" or is_power or self.names.is_function(token.text)

    def _below(self, order: int) -> tuple[tuple[Name, int] | None, Name | None]:
        """Read what is below the line: dw, or dw², dw dx or dwdx of a second derivative."""
        token = self.next
        bottom = self._differential()
        if order != 2 or bottom is None:
            return bottom, None
        if self._order() == 2:
            return bottom, bottom[0]
        if other := self._differential():
            return bottom, other[0]
        variables = [self._element(name, token.place) for name in bottom[0].name.split("d")]
        if len(variables) == 2 and all(variable.name for variable in variables):
            return (variables[0], 1), variables[1]
        return bottom, None

    def _differential(self) -> tuple[Name, int] | None:
        """Read dC, ∂C, d C or d²C, and return the name after the d and the order.

        A name such as dC is not a differential if the sheet defines it.
        """
        token = self.next
        order, is_braced = 1, False
        if self.take("∂"):
            order = self._order()
            is_braced = self.tokens[self.at + 2].text == "}" and self.take("{") is not None  # ∂{w}
            name = self.next.text
            if self.next.kind != "name":
                raise self.source.error("write a derivative as ∂C/∂w", token.place)
        elif token.kind == "name" and token.text == "d" and not self.names.knows("d"):
            self.at += 1
            order = self._order()
            if self.next.text == "(":
                return self._differential_of_part()
            if self.next.kind != "name":
                return None
            name = self.next.text
        elif token.kind == "name" and token.text[0] == "d" and not self.names.knows(token.text):
            name = token.text[1:].removeprefix("_")
        else:
            return None
        token = self.next
        self.at += 1 + is_braced
        if not name.rstrip("'"):
            return None
        return self._element(name, token.place), order

    def _differential_of_part(self) -> tuple[Name, int] | None:
        """Read (y_hat) or (w*x + b) after a d. An expression gets its text as its name."""
        opened = self.next
        tree = self.atom()
        if isinstance(tree, Name):
            return tree, 1
        if not isinstance(tree, Apply):
            return None
        text = self.source.text[opened.end : self.tokens[self.at - 1].place]
        text = f"({text})"
        self.parts[text] = tree
        return Name(text, (), opened.place), 1

    def _order(self) -> int:
        if self.next.kind == "raised":
            self.at += 1
            return int(self.tokens[self.at - 1].value)
        if self.next.text == "^":
            inside = self.tokens[self.at + 1 : self.at + 4]
            if inside and inside[0].text == "2":
                self.at += 2
                return 2
            if [token.text for token in inside] == ["{", "2", "}"]:
                self.at += 4
                return 2
        return 1

    def _refuse_partial(self) -> Tree:
        raise self.source.error("write a derivative as ∂C/∂w", self.next.place)


def _others(tree: Tree, name: Name) -> set[str]:
    return set(names_in(tree)) - {name.name}
