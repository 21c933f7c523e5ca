"""The microservice chassis: configuration, logs, problems, sign-in checks, database, events, health.

It carries no meaning of its own: no name of the domain (whose desk this is, what is sold) appears here.
"""
