"""The interactive report of a result: one HTML file that holds all it needs."""
