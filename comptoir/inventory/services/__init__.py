"""What can be done with the inventory, one function per use case.

``catalogue`` keeps categories and models, ``items`` what an item is, and
``actions`` what happens to it.
"""
