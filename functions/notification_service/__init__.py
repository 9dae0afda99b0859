"""notification-service: tells people what happened, and what is due."""
