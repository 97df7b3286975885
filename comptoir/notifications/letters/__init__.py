"""Letters: what waits to be printed, in bundles, for the window of an envelope."""
