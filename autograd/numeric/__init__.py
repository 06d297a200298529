"""Derivatives measured by finite differences, which check the recorded ones."""
