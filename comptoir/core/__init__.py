"""The ground floor: settings, database, clock, errors, events, web shell, audit, accounts."""
