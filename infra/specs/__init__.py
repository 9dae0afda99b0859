"""The spec workflow as a tool: scaffold a numbered folder, and hold every folder to its form and trace."""
