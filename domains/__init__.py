"""Names in DNS: which can be a company's. What every room may ask, and what asks none of them."""
