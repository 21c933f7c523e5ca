"""`python -m gamedesk_local`."""

from gamedesk_local.cli import main

main()
