"""What the service states about itself."""

from gamedesk_chassis.cli import service_cli
from gamedesk_chassis.digests import Copied, Owned, compared
from gamedesk_chassis.service import Service

from sample_service.commands import CHANGED, mirror, republish
from sample_service.tables import copies, things

service = Service(
    name="things",
    package="sample_service",
    listeners={"mirror-things": {CHANGED: mirror, **compared("things", "mirror-things", [Copied("thing", copies)])}},
    owns=[Owned("thing", republish, things)],
)
cli = service_cli(service)

if __name__ == "__main__":
    cli()
