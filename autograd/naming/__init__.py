"""Names of Values, read from the bytecode that assigns them."""
