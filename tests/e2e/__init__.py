"""The whole program in a real browser, with the printed thing as input."""
