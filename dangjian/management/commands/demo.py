"""``manage.py demo``: make the demo where there is none, and say with which accounts to try it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from dangjian.agreements.issuer import Issuer
from dangjian.foundation import audit, clock
from dangjian.foundation.audit import AuditEntry
from dangjian.management.demo.company import Company, accounts_table
from dangjian.management.demo.year import Year
from dangjian.people.account import Account
from dangjian.people.organisation import Organisation

YEARS = (2021, 2022)
BEGINS_AT = datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)
MADE = "demo.make"


class Command(BaseCommand):
    help = "准备演示数据（已有则保留），列出可以试用的账号"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="只列出账号")

    def handle(self, *args: Any, accounts: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("没有打开演示模式（DANGJIAN_DEMO=1），不能准备演示数据")
        if not is_made():
            if accounts:
                raise CommandError("还没有演示数据，请先运行 manage.py demo")
            if is_in_use():
                raise CommandError("数据库中已有其他数据，不能准备演示数据；请换一个空的数据库")
            make()
        Issuer.found()
        self.stdout.write(accounts_table())


def is_made() -> bool:
    """Whether this database holds the demo, whatever was done with it since."""
    return AuditEntry.objects.filter(action=MADE).exists()


def is_in_use() -> bool:
    return any(noun._base_manager.exists() for noun in (AuditEntry, Organisation, Account))


def make() -> None:
    """Play the whole story, or leave the database as it was."""
    with transaction.atomic():
        company = Company.settle()
        for year in YEARS:
            Year(company, year).play()
        with clock.fixed_at(BEGINS_AT):
            audit.record(MADE, company.places["company"], by=None)
    clock.move_demo(BEGINS_AT)
