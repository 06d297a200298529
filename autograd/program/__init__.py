"""Record one example, run a thousand: a scalar graph as NumPy calls over a batch."""
