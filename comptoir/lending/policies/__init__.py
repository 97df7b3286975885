"""For how long whom may keep what: policies, and the groups of borrowers they speak of."""
