"""Calendars: tasks as iCalendar (RFC 5545) text, written and read."""
