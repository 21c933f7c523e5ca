"""What a log line holds, whoever wrote it: in a process of its own, because logging belongs to the whole process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from gamedesk_chassis.events import PoisonEvent
from gamedesk_chassis.reasons import reason_of
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

CANARY = "13800009999"


def lines_of(script: str, *, code: int = 0) -> tuple[list[dict[str, Any]], str]:
    """What a process logs after it was configured, as objects and as it stands; nothing else may be printed."""
    preamble = (
        "import asyncio, logging, structlog\n"
        "from gamedesk_chassis import logs\n"
        "logs.configure('sample')\n"
        "log = structlog.get_logger('sample')\n"
        f"canary = '{CANARY}'\n"
    )
    done = subprocess.run([sys.executable, "-c", preamble + script], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()], done.stdout


def test_traceback_has_frames_and_no_values() -> None:
    script = """
def handle(phone):
    try:
        {}[phone]
    except KeyError as error:
        error.add_note(phone)
        raise ValueError(f'bad phone {phone}') from error
try:
    handle(canary)
except ValueError:
    log.exception('unhandled_error')
    logging.getLogger('some.library').exception('cannot handle %s', canary)
"""
    (ours, theirs), text = lines_of(script)
    for line in (ours, theirs):
        assert [stack["exc_type"] for stack in line["exception"]] == ["ValueError", "KeyError"]
        assert line["exception"][0]["frames"][-1]["name"] == "handle"
    assert CANARY not in text


def test_group_of_exceptions_has_no_values_either() -> None:
    script = """
try:
    raise ExceptionGroup(canary, [ValueError(canary), ExceptionGroup('inner', [KeyError(canary)])])
except* ValueError:
    log.exception('part_failed')
except* KeyError:
    log.exception('other_part_failed')
"""
    lines, text = lines_of(script)
    assert [line["event"] for line in lines] == ["part_failed", "other_part_failed"]
    assert '"KeyError"' in text
    assert CANARY not in text


def test_a_library_keeps_its_sentence_and_its_numbers_alone() -> None:
    script = """
logging.getLogger('library').warning('%s has %d items in %.1f s', canary, 12, 0.5)
logging.getLogger('library').warning('%(who)s has %(count)d', {'who': canary, 'count': 3})
logging.getLogger('library').error('Task exception was never retrieved\\nfuture: %r' % ValueError(canary))
logging.getLogger('alembic.runtime.migration').info('Running upgrade %s -> %s', '0001', '0002')
"""
    lines, text = lines_of(script)
    assert [line["event"] for line in lines] == [
        "… has 12 items in 0.5 s",
        "… has 3",
        "Task exception was never retrieved",
        "Running upgrade 0001 -> 0002",
    ]
    assert CANARY not in text


def test_a_task_that_fails_unseen_tells_no_value() -> None:
    script = """
import gc
async def main():
    async def fail(): raise ValueError(canary)
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
asyncio.run(main())
"""
    (line,), text = lines_of(script)
    assert line["event"] == "Task exception was never retrieved"
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert CANARY not in text


@pytest.mark.parametrize("name", ["uvicorn.error", "gunicorn.error"])
def test_web_servers_own_lines_take_the_same_way(name: str) -> None:
    script = f"""
logging.getLogger({name!r}).handlers = [logging.StreamHandler()]
logging.getLogger({name!r}).propagate = False
logs.configure('sample')
try:
    raise ValueError(canary)
except ValueError as error:
    logging.getLogger({name!r}).error('Exception in ASGI application\\n', exc_info=error)
"""
    (line,), text = lines_of(script)
    assert line["event"] == "Exception in ASGI application"
    assert CANARY not in text


def test_last_words_of_a_process_tell_no_value() -> None:
    (line,), text = lines_of("raise ValueError(canary)", code=1)
    assert (line["event"], line["level"], line["error"]) == ("process_failed", "critical", "ValueError")
    assert CANARY not in text


def test_reason_of_a_refused_row_names_the_rule_and_not_the_row(postgres_server: str) -> None:
    engine = create_engine(postgres_server)
    with engine.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE person (phone text UNIQUE CHECK (phone <> ''))"))
        connection.execute(text("INSERT INTO person VALUES (:phone)"), {"phone": CANARY})
        reasons = []
        for statement in ("INSERT INTO person VALUES (:phone)", "SELECT CAST(:phone AS uuid)"):
            with pytest.raises(DBAPIError) as caught, connection.begin_nested():
                connection.execute(text(statement), {"phone": CANARY})
            assert CANARY in str(caught.value)
            reasons.append(reason_of(caught.value))
    engine.dispose()
    assert reasons == ['23505 duplicate key value violates unique constraint "person_phone_key"', "22P02"]


def test_reason_is_empty_where_the_text_may_be_somebodys() -> None:
    assert reason_of(KeyError(CANARY)) == reason_of(ValueError(CANARY)) == reason_of(None) == ""
    assert reason_of(PoisonEvent("the message is not JSON")) == "the message is not JSON"
    assert reason_of(FileNotFoundError(2, "No such file", CANARY)) == "No such file"
    assert reason_of(psycopg.OperationalError(CANARY)) == ""
