"""``manage.py first_admin``: make the company, its first administrators and its signing issuer, once."""

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dangjian.agreements.issuer import Issuer
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import first_administrator

ASKED = {"username": "管理员账号", "name": "管理员姓名", "company": "公司党组织全称", "security": "安全管理员姓名"}


class Command(BaseCommand):
    help = "建立公司党组织、首个系统管理员和安全管理员，以及电子确认的签发机构（只能用一次）"

    def add_arguments(self, parser: CommandParser) -> None:
        for option, label in ASKED.items():
            parser.add_argument(f"--{option}", help=label)

    def handle(self, *args: Any, **options: Any) -> None:
        facts = {option: options[option] or _asked(option, label) for option, label in ASKED.items()}
        try:
            account = first_administrator(**facts, password=_password())
        except Refused as refused:
            raise CommandError("没有建立：" + "；".join(str(reason) for reason in refused.reasons)) from refused
        except ValidationError as wrong:
            raise CommandError("没有建立：" + "；".join(wrong.messages)) from wrong
        Issuer.found()
        self.stdout.write(
            f"已建立系统管理员“{account.person.name}”，账号 {account.username}，现在可以登录，"
            f"先为安全管理员“{facts['security']}”开通账号。"
        )


def _asked(option: str, label: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"缺少{label}：请写 --{option}")
    answer = input(f"{label}：").strip()
    if not answer:
        raise CommandError(f"{label}不能为空")
    return answer


def _password() -> str:
    """Typed twice unseen, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("密码：")
    if getpass("再输一次：") != password:
        raise CommandError("两次输入的密码不一致，请重新运行")
    return password
