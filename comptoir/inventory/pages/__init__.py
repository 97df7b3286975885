"""The inventory's pages: thin handlers over ``services`` and ``queries``."""
