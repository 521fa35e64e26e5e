"""What the tests of the Jupyter side share."""
