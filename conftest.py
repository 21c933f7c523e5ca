"""For every test of the repository: how hypothesis tries."""

from hypothesis import HealthCheck, settings

# How long an example takes is a matter of the machine, which other tests keep busy.
settings.register_profile("gamedesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gamedesk")
