"""Partner Center's referrals: read, kept, linked with companies, answered, and made leads."""
