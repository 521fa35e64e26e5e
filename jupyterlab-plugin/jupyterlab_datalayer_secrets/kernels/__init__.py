"""Kernels of this server: what each may have, how it gets it, and that its messages do not carry it away."""
