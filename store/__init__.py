"""Tables, transactions, journal and secrets. Knows SQL, nothing of HTTP or Temporal."""
