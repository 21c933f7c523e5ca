"""The domain: touches, follow-ups, offers, orders, and what sales knows of others' facts. No framework imports."""
