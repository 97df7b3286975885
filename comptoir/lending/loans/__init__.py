"""Lending an item, taking it back, renewing, undoing: one service each.

``facts`` reads in one statement what a decision needs; ``..rules`` decides;
``db.write`` sends what follows in one more.
"""
