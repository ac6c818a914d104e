"""What the database refuses of cases by itself: a history, its steps and its scores are only added to."""

from collections.abc import Iterable, Iterator, Mapping

# INSERT OR REPLACE takes a row away without any trigger for its deletion, whichever unique key it meets
REPLACED = {
    "base_casemove": "case_id = NEW.case_id AND version = NEW.version",
    "base_casestep": "transfer_id = NEW.transfer_id",
    "base_casescore": "case_id = NEW.case_id AND person = NEW.person",
}


def built(vendor: str, replaced: Mapping[str, str] = REPLACED) -> Iterator[str]:
    """The statements that put the walls up; those of the ledger stand already.

    `replaced`: of each table that is only added to, when a new row (NEW) has a unique key of one that is there.
    """
    for table, same in replaced.items():
        if vendor == "postgresql":
            yield (
                f"CREATE TRIGGER case_kept BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION kerong_kept()"
            )
            yield (
                f"CREATE TRIGGER case_kept_whole BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION kerong_kept()"
            )
            continue
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER case_kept_{table}_{act.lower()} BEFORE {act} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
            )
        yield (
            f"CREATE TRIGGER case_new_{table} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same}))"
            " BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
        )


def taken_down(vendor: str, kept: Iterable[str] = REPLACED) -> Iterator[str]:
    """The statements that take them down again, before those of the ledger."""
    for table in kept:
        if vendor == "postgresql":
            yield f"DROP TRIGGER case_kept ON {table}"
            yield f"DROP TRIGGER case_kept_whole ON {table}"
        else:
            yield f"DROP TRIGGER case_new_{table}"
            yield from (f"DROP TRIGGER case_kept_{table}_{act}" for act in ("update", "delete"))
