"""Lessons that show what the gradients of a network mean, as tables, equations and surfaces."""
