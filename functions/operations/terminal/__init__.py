"""What the commands for people share: whom they ask, which task is meant, and how it is written on a terminal."""
