"""Which notebook may use which secret."""
