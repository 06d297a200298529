"""Training: stochastic gradient descent, its history, and checkpoints."""
