"""Who may come in and what they may do: roles, users, passwords, sign-in, pages that refuse."""
