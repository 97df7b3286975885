"""The week of a coordinator: what waits at each site. Counts of things, of nobody."""
