"""What the service states about itself."""

from gamedesk_chassis.cli import service_cli
from gamedesk_chassis.service import Service

from sample_service.commands import CHANGED, mirror, republish

service = Service(
    name="things",
    package="sample_service",
    listeners={"mirror-things": {CHANGED: mirror}},
    republish=[republish],
)
cli = service_cli(service)

if __name__ == "__main__":
    cli()
