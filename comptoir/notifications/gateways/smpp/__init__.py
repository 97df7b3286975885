"""SMPP 3.4, straight to a network or an aggregator, over a connection that is kept open."""
