"""The same plan on other engines: as a pure function of NumPy, JAX or PyTorch."""
