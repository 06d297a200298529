"""A line of a sheet, and the error that is raised for a line that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_SHOWN = 100  # the most characters of a source line that a message shows


class WorksheetError(ValueError):
    """A worksheet cannot be read. The message says where, and what to write instead.

    Attributes:
        message: a sentence or two that say what is wrong.
        line, column: the position of the error, counted from 1.
        source: the text of the line in the sheet.

    >>> print(WorksheetError("x is not defined", "y = 2*x", line=3, column=7))
    line 3, column 7: x is not defined
      y = 2*x
            ^
    """

    def __init__(self, message: str, source: str = "", line: int = 1, column: int = 1) -> None:
        self.message, self.source, self.line, self.column = message, source, line, column
        super().__init__(message)

    def as_data(self) -> dict[str, object]:
        """Return the message and its position, as plain data."""
        return {"line": self.line, "column": self.column, "message": self.message}

    def __str__(self) -> str:
        # Composed only when it is shown, because the reader drops most errors of prose.
        if not self.source:
            return self.message  # because the error is about the whole sheet
        start = max(0, self.column - 1 - _LONGEST_SHOWN // 2)
        part = self.source[start : start + _LONGEST_SHOWN]
        part = "".join(c if c.isprintable() else " " for c in part)
        caret = " " * (self.column - 1 - start) + "^"
        return f"line {self.line}, column {self.column}: {self.message}\n  {part}\n  {caret}"


@dataclass(frozen=True, slots=True)
class Source:
    """A line of a sheet, or several lines that form one calculation.

    Attributes:
        text: the text as the writer wrote it.
        line: the number of the first line, counted from 1.
        code: the text with comments and bullets replaced by spaces. If it is empty, `text` is read.
    """

    text: str
    line: int = 1
    code: str = ""

    def error(self, message: str, place: int) -> WorksheetError:
        """Return an error that points at the character `place`, counted from 0."""
        before = self.text[:place]
        number = before.count("\n")
        start = before.rfind("\n") + 1
        line = self.text[start:].partition("\n")[0]
        return WorksheetError(message, line, self.line + number, place - start + 1)
