"""Days on which a site is not open as its week says."""
