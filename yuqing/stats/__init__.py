"""Many cases → figures, ledger, likeness: each answer names the cases it was made of."""
