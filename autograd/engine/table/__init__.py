"""The table of operations in four modules. The module `ops` exports all of them."""
