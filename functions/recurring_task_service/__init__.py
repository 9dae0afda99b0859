"""recurring-task-service: rings the alarm, and brings the next occurrence."""
