"""Derivatives by finite differences, to check recorded ones."""
