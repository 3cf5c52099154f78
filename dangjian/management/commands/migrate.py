"""``manage.py migrate``, which tells in Chinese what to do with a database from the midst of the first 45 migrations."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader

REMEDY = (
    "数据库停在较早的开发版本，不能直接升级。演示数据：make reset-demo 后重来；"
    "其他数据：先用含有迁移 0045_first_filings 的版本运行 manage.py migrate，再换成这个版本。"
)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Django leaves out a migration of which only some predecessors were applied, and says nothing."""
        loader = MigrationLoader(connections[options["database"]])
        if loader.replacements.keys() - loader.graph.nodes.keys():
            raise CommandError(REMEDY)
        super().handle(*args, **options)
