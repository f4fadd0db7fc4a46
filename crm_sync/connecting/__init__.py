"""What people do with connections: set them up, sign them in, test them, forget their tokens."""
