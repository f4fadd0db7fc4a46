"""What the sandbox's CRMs have in common: records, their tokens, and what tests may ask of them."""
