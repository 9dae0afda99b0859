"""`taskwake doctor`: what is wrong with an installation, where, and what to do. It reads, and changes nothing."""
