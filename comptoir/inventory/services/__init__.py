"""What can be done with the inventory, one function per use case.

``catalogue`` keeps categories and models, ``items`` what an item is, ``actions`` what
happens to it and ``problems`` what is wrong with it; ``steps`` is what these share.
"""
