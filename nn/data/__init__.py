"""Examples to learn from: labeled data, mini-batches and the files they come in."""
