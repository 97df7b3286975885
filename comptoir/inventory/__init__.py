"""What is lent: categories, models, items, tag codes, labels."""
