"""What every page shares: layout, static files, error answers, request context."""
