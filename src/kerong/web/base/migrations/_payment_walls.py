"""What the database refuses of payments by itself, on both databases; and walls that nobody's search path shadows.

A payment file stays as it was sent. An instruction stays as it was made but for its state, which goes one way, and its
file, set once as it is sent. A line that came back stays as it came; it goes from quarantine to applied, never back.
"""

from collections.abc import Iterator

from kerong.web.base.migrations._case_walls import built as built_for
from kerong.web.base.migrations._case_walls import taken_down as taken_down_for

KEPT = {"base_paymentfile": "number = NEW.number"}
SET_ONCE = ("base_instruction", "base_paymentreturn")
OWN = ("kerong_instruction_stays()", "kerong_return_stays()")
# what a wall reads is read in its own schema: neither a temporary table nor a search path of somebody's stands in for it
OTHERS = (
    *("kerong_kept()", "kerong_transfer_fits()", "kerong_seal_is_next()", "kerong_book_stays()"),
    "kerong_account_stays()",
)
FIXED = {
    "base_instruction": ("id", "number", "part_id", "fen", "payee_name", "bank", "account", '"on"'),
    "base_paymentreturn": (
        *("id", "region", "instruction", "serial", "outcome", "fen", "paid_on", "digest", "source", "at"),
    ),
}
# INSERT OR REPLACE takes a row away without any trigger for its deletion, whichever unique key it meets
REPLACED = {
    "base_instruction": (
        "number = NEW.number OR (part_id = NEW.part_id AND state IN ('made', 'sent') AND NEW.state IN ('made', 'sent'))"
    ),
    "base_paymentreturn": (
        "(region = NEW.region AND instruction = NEW.instruction AND serial = NEW.serial AND digest = NEW.digest) OR"
        " (state = 'applied' AND NEW.state = 'applied' AND instruction = NEW.instruction AND serial = NEW.serial)"
    ),
}


def _row(which: str, table: str) -> str:
    return "(" + ", ".join(f"{which}.{column}" for column in FIXED[table]) + ")"


def _changed(table: str, differs: str) -> str:
    """When an UPDATE changes what stays. `differs`: how the database compares rows that may have nulls."""
    fixed = f"{_row('NEW', table)} {differs} {_row('OLD', table)}"
    if table == "base_instruction":
        return (
            f"{fixed} OR (OLD.state <> NEW.state AND ((OLD.state = 'made' AND NEW.state = 'sent') OR"
            " (OLD.state = 'made' AND NEW.state = 'recalled') OR (OLD.state = 'sent' AND NEW.state = 'settled'))"
            " IS NOT TRUE) OR (OLD.state = 'made' AND NEW.state = 'sent') <> (NEW.file_id IS NOT NULL AND OLD.file_id"
            f" IS NULL) OR (OLD.file_id IS NOT NULL AND (OLD.file_id) {differs} (NEW.file_id))"
        )
    return (
        f"{fixed} OR (OLD.state = 'applied' AND (OLD.state, OLD.why) {differs} (NEW.state, NEW.why))"
        " OR (OLD.state <> 'applied' AND NEW.state = 'applied' AND EXISTS (SELECT 1 FROM base_paymentreturn AS held"
        " WHERE held.state = 'applied' AND held.instruction = NEW.instruction AND held.serial = NEW.serial))"
    )


def built(vendor: str) -> Iterator[str]:
    """The statements that put the walls up; those of the ledger stand already."""
    yield from built_for(vendor, KEPT)
    yield from _on_postgresql() if vendor == "postgresql" else _on_sqlite()


def _on_postgresql() -> Iterator[str]:
    for table in SET_ONCE:
        name = table.removeprefix("base_").removeprefix("payment")
        yield (
            f"CREATE FUNCTION kerong_{name}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF"
            f" {_changed(table, 'IS DISTINCT FROM')} THEN PERFORM kerong_refuse('ledger.refused.kept'); END IF;"
            " RETURN NEW; END $$"
        )
        yield f"CREATE TRIGGER payment_stays BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION kerong_{name}_stays()"
        yield f"CREATE TRIGGER payment_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION kerong_kept()"
        yield (
            f"CREATE TRIGGER payment_kept_whole BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION kerong_kept()"
        )
    for function in (*OTHERS, *OWN):
        yield (
            "DO $$ BEGIN EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp',"
            f" '{function}', current_schema()); END $$"
        )


def _on_sqlite() -> Iterator[str]:
    for table in SET_ONCE:
        refused = "BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
        yield f"CREATE TRIGGER payment_stays_{table} BEFORE UPDATE ON {table} WHEN {_changed(table, 'IS NOT')} {refused}"
        yield f"CREATE TRIGGER payment_kept_{table} BEFORE DELETE ON {table} {refused}"
        yield (
            f"CREATE TRIGGER payment_new_{table} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({REPLACED[table]})) {refused}"
        )


def taken_down(vendor: str) -> Iterator[str]:
    """The statements that take them down again, before those of the ledger."""
    yield from taken_down_for(vendor, KEPT)
    for table in SET_ONCE:
        if vendor == "postgresql":
            name = table.removeprefix("base_").removeprefix("payment")
            yield f"DROP TRIGGER payment_kept ON {table}"
            yield f"DROP TRIGGER payment_kept_whole ON {table}"
            yield f"DROP FUNCTION kerong_{name}_stays() CASCADE"
        else:
            yield from (f"DROP TRIGGER payment_{what}_{table}" for what in ("stays", "kept", "new"))
    if vendor == "postgresql":
        yield from (f"ALTER FUNCTION {one} RESET search_path" for one in OTHERS)
