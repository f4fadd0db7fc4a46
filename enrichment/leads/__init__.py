"""Lead intelligence: what a company's domain tells of how ready a lead it is."""
