"""The sandbox: a small server that plays every provider over real HTTP and counts its calls."""
