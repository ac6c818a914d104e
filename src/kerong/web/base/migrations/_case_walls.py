"""What the database refuses of cases by itself: a history, its steps and its scores are only added to."""

from collections.abc import Iterator

KEPT = ("base_casemove", "base_casestep", "base_casescore")


def built(vendor: str, kept: tuple[str, ...] = KEPT) -> Iterator[str]:
    """The statements that put the walls up; those of the ledger stand already."""
    for table in kept:
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
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
            " BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
        )


def taken_down(vendor: str, kept: tuple[str, ...] = KEPT) -> Iterator[str]:
    """The statements that take them down again, before those of the ledger."""
    for table in kept:
        if vendor == "postgresql":
            yield f"DROP TRIGGER case_kept ON {table}"
            yield f"DROP TRIGGER case_kept_whole ON {table}"
        else:
            yield f"DROP TRIGGER case_new_{table}"
            yield from (f"DROP TRIGGER case_kept_{table}_{act}" for act in ("update", "delete"))
