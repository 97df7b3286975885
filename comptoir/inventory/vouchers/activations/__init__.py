"""Activations that a file of the operator confirms: read, judged line by line, then written."""
