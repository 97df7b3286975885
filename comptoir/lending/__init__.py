"""Lending: borrowers, policies, loans, agreements, the desk."""
