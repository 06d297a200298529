"""Compile the scalar graph of one example to NumPy calls over a batch of examples."""
