"""What the database refuses of rows that stay as they were written but for what a service sets once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetOnce:
    """A table: `fixed` columns never change, and `changed` tells what else an UPDATE must not do.

    `changed`: SQL over OLD and NEW; DIFFERS in it compares rows that may have nulls, as each database writes that.
    `replaced`: when a new row has a unique key of one that is there: INSERT OR REPLACE takes that one away without any
    trigger for its deletion.
    """

    table: str
    name: str
    fixed: tuple[str, ...]
    changed: str
    replaced: str

    def refuses(self, differs: str) -> str:
        """When an UPDATE is refused."""
        new, old = (f"({', '.join(f'{which}.{column}' for column in self.fixed)})" for which in ("NEW", "OLD"))
        return f"{new} {differs} {old} OR {self.changed.replace('DIFFERS', differs)}"

    @property
    def function(self) -> str:
        """The trigger's function on PostgreSQL."""
        return f"kerong_{self.name}_stays()"


def built(vendor: str, tables: Iterable[SetOnce]) -> Iterator[str]:
    """The statements that put the walls up; those of the ledger stand already."""
    for one in tables:
        yield from _on_postgresql(one) if vendor == "postgresql" else _on_sqlite(one)


def hardened(functions: Iterable[str]) -> Iterator[str]:
    """PostgreSQL: what a wall reads is read in its own schema, whatever temporary table or search path there is."""
    for function in functions:
        yield (
            "DO $$ BEGIN EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp',"
            f" '{function}', current_schema()); END $$"
        )


def _on_postgresql(one: SetOnce) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {one.function} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF"
        f" {one.refuses('IS DISTINCT FROM')} THEN PERFORM kerong_refuse('ledger.refused.kept'); END IF;"
        " RETURN NEW; END $$"
    )
    yield f"CREATE TRIGGER once_stays BEFORE UPDATE ON {one.table} FOR EACH ROW EXECUTE FUNCTION {one.function}"
    yield f"CREATE TRIGGER once_kept BEFORE DELETE ON {one.table} FOR EACH ROW EXECUTE FUNCTION kerong_kept()"
    yield (
        f"CREATE TRIGGER once_kept_whole BEFORE TRUNCATE ON {one.table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION kerong_kept()"
    )
    yield from hardened([one.function])


def _on_sqlite(one: SetOnce) -> Iterator[str]:
    table, refused = one.table, "BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
    yield f"CREATE TRIGGER once_stays_{table} BEFORE UPDATE ON {table} WHEN {one.refuses('IS NOT')} {refused}"
    yield f"CREATE TRIGGER once_kept_{table} BEFORE DELETE ON {table} {refused}"
    yield (
        f"CREATE TRIGGER once_new_{table} BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({one.replaced})) {refused}"
    )


def taken_down(vendor: str, tables: Iterable[SetOnce]) -> Iterator[str]:
    """The statements that take them down again, before those of the ledger."""
    for one in tables:
        if vendor == "postgresql":
            yield f"DROP TRIGGER once_kept ON {one.table}"
            yield f"DROP TRIGGER once_kept_whole ON {one.table}"
            yield f"DROP FUNCTION {one.function} CASCADE"
        else:
            yield from (f"DROP TRIGGER once_{what}_{one.table}" for what in ("stays", "kept", "new"))
