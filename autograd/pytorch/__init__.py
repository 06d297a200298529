"""Computations of PyTorch as graphs of scalars. PyTorch is imported only when it is used."""
