"""A frozen snapshot of a recorded computation, and its traces, paths and explanations."""
