"""What Taskwake takes and gives on a real cluster: a module per measurement, and the page of all of them."""
