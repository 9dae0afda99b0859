"""Filters as conditions over `tasks`."""
