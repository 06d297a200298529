"""The frozen snapshot of a recorded computation, and what is read from it."""
