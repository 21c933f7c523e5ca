"""Players' questions, their solutions, and the response clock."""
