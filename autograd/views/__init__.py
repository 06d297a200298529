"""Pictures of a recorded graph: the embedded layout and the drawing made with it."""
