"""Activations that a file of the operator confirms."""
