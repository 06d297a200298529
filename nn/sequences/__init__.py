"""Models of sequences: embeddings, norms, attention, a GPT and a recurrent network."""
