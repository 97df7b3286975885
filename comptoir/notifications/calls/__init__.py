"""Whom a person has to call: one list for reminders, moved due dates and failed messages."""
