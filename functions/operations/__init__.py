"""What the operator has: dead letters, and the command line."""
