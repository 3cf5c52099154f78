"""``manage.py worker``: what the system does by the clock, until it is told to stop."""

import logging
import signal
from datetime import timedelta
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections

from dangjian.agreements.certificate import remind_of_ends
from dangjian.foundation import audit
from dangjian.foundation.schedule import Job, run_due
from dangjian.foundation.upload import clear_stale
from dangjian.overview.download import delete_expired, make_waiting
from dangjian.overview.reminders import (
    remind_of_closing,
    remind_of_delegations,
    remind_of_filing,
    remind_of_instructions,
    remind_of_letters,
    remind_of_signing,
)
from dangjian.people.session import SessionStore
from dangjian.projects.handover import Handover
from dangjian.projects.restructuring import carry_out_waiting
from dangjian.projects.scan_batch import read_waiting

SECONDS_BETWEEN_TURNS = 1.0
LONGEST_PAUSE = 30.0

# Each person is told once, so that the hourly turn only catches what the last one could not yet see.
JOBS = (
    Job("seal-audit-trail", timedelta(seconds=5), audit.seal),
    Job("seal-what-was-left-behind", timedelta(hours=1), lambda: audit.seal(look_back=None)),
    Job("remind-of-closing", timedelta(hours=1), remind_of_closing),
    Job("remind-of-delegations", timedelta(hours=1), remind_of_delegations),
    Job("remind-of-filing", timedelta(hours=1), remind_of_filing),
    Job("remind-of-instructions", timedelta(hours=1), remind_of_instructions),
    Job("remind-of-letters", timedelta(hours=1), remind_of_letters),
    Job("remind-of-signing", timedelta(hours=1), remind_of_signing),
    Job("remind-of-certificates", timedelta(days=1), remind_of_ends),
    Job("pass-projects-on", timedelta(minutes=5), Handover.settle),
    Job("clear-stale-uploads", timedelta(hours=6), clear_stale),
    Job("read-scans", timedelta(seconds=1), read_waiting),
    Job("move-organisations", timedelta(seconds=2), carry_out_waiting),
    Job("make-downloads", timedelta(seconds=2), make_waiting),
    Job("delete-expired-downloads", timedelta(hours=1), delete_expired),
    Job("clear-expired-sessions", timedelta(hours=6), SessionStore.clear_expired),
)

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "运行后台任务：封存审计记录、发送提醒、准备下载（收到 SIGTERM 或 Ctrl-C 后停止）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="只运行一次到期的任务")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            run_due(JOBS)
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        log.info("worker started")
        work_until(stop)
        log.info("worker stopped")


def work_until(stop: Event) -> None:
    """Take turns until ``stop`` is set. A database that is away is asked again, after longer and longer pauses."""
    pause = SECONDS_BETWEEN_TURNS
    while not stop.is_set():
        try:
            close_old_connections()
            run_due(JOBS)
            pause = SECONDS_BETWEEN_TURNS
        except Error as away:
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("the database is away, next try in %.0f s: %s", pause, away)
        stop.wait(pause)
