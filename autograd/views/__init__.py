"""Drawings and live pages of a recorded graph."""
