"""The table of operations, section by section; `ops` has them all."""
