"""The page of one contact: what is known, from whom, what was asked, and what people did."""
