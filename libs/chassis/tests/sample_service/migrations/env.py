from gamedesk_chassis.migrate import run_env
from sample_service.tables import metadata

run_env(metadata)
