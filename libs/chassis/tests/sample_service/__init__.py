"""A made-up service, written as the README says: it owns things and listens to what it says about them itself."""
