"""gunicorn's settings for every web process.

    gunicorn -c python:gamedesk_chassis.gunicorn_conf 'gamedesk_x.app:create_app()'

Scale by replicas; one or two workers in each. `timeout` > `graceful_timeout` > any request's deadline.
"""

import os
from pathlib import Path

bind = f"{os.environ.get('GAMEDESK_HTTP_HOST', '127.0.0.1')}:{os.environ.get('GAMEDESK_HTTP_PORT', '8000')}"
workers = int(os.environ.get("GAMEDESK_WEB_WORKERS", "1"))
worker_class = "gamedesk_chassis.gunicorn_worker.Worker"
# Whose X-Forwarded-For counts: addresses of the proxies in front, with commas; by default nobody's.
forwarded_allow_ips = os.environ.get("GAMEDESK_TRUSTED_PROXIES", "")
timeout = 60
graceful_timeout = 20
keepalive = 75  # longer than the gateway's client keeps an idle connection
control_socket_disable = True
loglevel = "warning"
if Path("/dev/shm").is_dir():  # noqa: S108 - shared memory, not a temporary file
    worker_tmp_dir = "/dev/shm"  # noqa: S108
