"""A photo of a site, for whoever looks for its door."""
