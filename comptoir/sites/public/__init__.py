"""What everybody may see of the sites, without an account."""
