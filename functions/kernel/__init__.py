"""What two functions need. The kernel imports no service."""
