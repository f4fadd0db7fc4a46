"""What we post to others: subscriptions, and the parcels that are owed to them."""
