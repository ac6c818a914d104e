"""What the database refuses by itself, on both databases: the triggers of the ledger's tables.

The words that an error begins with are the keys by which services refuse the same thing.
"""

from collections.abc import Iterator

KEPT = ("base_transfer", "base_seal", "base_idempotencykey")

POSTGRESQL = """
CREATE FUNCTION kerong_refuse(told text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = told, ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION kerong_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM kerong_refuse('ledger.refused.kept');
  RETURN NULL;
END $$;

CREATE FUNCTION kerong_transfer_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  closed date;
  origin base_transfer;
BEGIN
  SELECT closed_through INTO closed FROM base_book WHERE id = NEW.book_id FOR KEY SHARE;
  IF NEW."on" <= closed THEN PERFORM kerong_refuse('ledger.refused.closed'); END IF;
  IF (SELECT count(*) FROM base_account WHERE id IN (NEW.debit_id, NEW.credit_id) AND book_id = NEW.book_id) <> 2
    THEN PERFORM kerong_refuse('ledger.refused.account'); END IF;
  IF NEW.pending_id IS NOT NULL THEN
    SELECT * INTO origin FROM base_transfer WHERE ref = NEW.pending_id;
    IF origin.move IS DISTINCT FROM 'reserve' OR origin.debit_id <> NEW.debit_id OR origin.credit_id <> NEW.credit_id
      OR NEW.fen > origin.fen OR (NEW.move = 'void_reserved' AND NEW.fen <> origin.fen)
      THEN PERFORM kerong_refuse('ledger.refused.reservation'); END IF;
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT * INTO origin FROM base_transfer WHERE ref = NEW.reverses_id;
    IF origin.move IS NULL OR origin.move NOT IN ('post', 'post_reserved') OR origin.reverses_id IS NOT NULL
      OR origin.debit_id <> NEW.credit_id OR origin.credit_id <> NEW.debit_id OR origin.fen <> NEW.fen
      OR origin.step <> NEW.step
      THEN PERFORM kerong_refuse('ledger.refused.reversal'); END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_transfer_fits BEFORE INSERT ON base_transfer
  FOR EACH ROW EXECUTE FUNCTION kerong_transfer_fits();

CREATE FUNCTION kerong_seal_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM base_seal WHERE book_id = NEW.book_id), 0)
    OR (SELECT book_id FROM base_transfer WHERE id = NEW.transfer_id) <> NEW.book_id
    THEN PERFORM kerong_refuse('ledger.refused.seal'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_seal_is_next BEFORE INSERT ON base_seal
  FOR EACH ROW EXECUTE FUNCTION kerong_seal_is_next();

CREATE FUNCTION kerong_book_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.code, NEW.kind, NEW.currency) IS DISTINCT FROM (OLD.id, OLD.code, OLD.kind, OLD.currency)
    OR (OLD.closed_through IS NOT NULL AND (NEW.closed_through >= OLD.closed_through) IS NOT TRUE)
    THEN PERFORM kerong_refuse('ledger.refused.kept'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_book_stays BEFORE UPDATE ON base_book
  FOR EACH ROW EXECUTE FUNCTION kerong_book_stays();

CREATE FUNCTION kerong_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM kerong_refuse('ledger.refused.kept');
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_account_stays BEFORE UPDATE ON base_account
  FOR EACH ROW WHEN ((NEW.id, NEW.book_id, NEW.code, NEW.kind, NEW.subject, NEW.limited)
    IS DISTINCT FROM (OLD.id, OLD.book_id, OLD.code, OLD.kind, OLD.subject, OLD.limited))
  EXECUTE FUNCTION kerong_account_stays();
"""

# trigger -> when it fires, and the case that each refusal is for
SQLITE = {
    "transfer_fits": (
        "BEFORE INSERT ON base_transfer",
        """
        WHEN typeof(NEW.fen) <> 'integer' THEN RAISE(ABORT, 'ledger.refused.amount')
        WHEN NEW."on" <= (SELECT closed_through FROM base_book WHERE id = NEW.book_id)
          THEN RAISE(ABORT, 'ledger.refused.closed')
        WHEN 2 <> (
          SELECT count(*) FROM base_account WHERE id IN (NEW.debit_id, NEW.credit_id) AND book_id = NEW.book_id
        ) THEN RAISE(ABORT, 'ledger.refused.account')
        WHEN NEW.pending_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM base_transfer WHERE ref = NEW.pending_id AND move = 'reserve' AND debit_id = NEW.debit_id
            AND credit_id = NEW.credit_id AND NEW.fen <= fen AND (NEW.move <> 'void_reserved' OR NEW.fen = fen)
        ) THEN RAISE(ABORT, 'ledger.refused.reservation')
        WHEN NEW.reverses_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM base_transfer WHERE ref = NEW.reverses_id AND move IN ('post', 'post_reserved')
            AND reverses_id IS NULL AND debit_id = NEW.credit_id AND credit_id = NEW.debit_id AND fen = NEW.fen
            AND step = NEW.step
        ) THEN RAISE(ABORT, 'ledger.refused.reversal')
        """,
    ),
    "seal_is_next": (
        "BEFORE INSERT ON base_seal",
        """
        WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM base_seal WHERE book_id = NEW.book_id), 0)
          OR (SELECT book_id FROM base_transfer WHERE id = NEW.transfer_id) <> NEW.book_id
          THEN RAISE(ABORT, 'ledger.refused.seal')
        """,
    ),
    "book_stays": (
        "BEFORE UPDATE ON base_book",
        """
        WHEN (NEW.id, NEW.code, NEW.kind, NEW.currency) <> (OLD.id, OLD.code, OLD.kind, OLD.currency)
          OR (OLD.closed_through IS NOT NULL AND coalesce(NEW.closed_through, '') < OLD.closed_through)
          THEN RAISE(ABORT, 'ledger.refused.kept')
        """,
    ),
    "account_stays": (
        "BEFORE UPDATE ON base_account",
        """
        WHEN (NEW.id, NEW.book_id, NEW.code, NEW.kind, NEW.subject, NEW.limited)
          <> (OLD.id, OLD.book_id, OLD.code, OLD.kind, OLD.subject, OLD.limited)
          THEN RAISE(ABORT, 'ledger.refused.kept')
        """,
    ),
}
# INSERT OR REPLACE takes a row away without any trigger for its deletion
REPLACED = {
    "base_transfer": "id = NEW.id OR ref = NEW.ref OR pending_id = NEW.pending_id OR reverses_id = NEW.reverses_id",
    "base_seal": "id = NEW.id OR transfer_id = NEW.transfer_id",
    "base_idempotencykey": "id = NEW.id OR (caller = NEW.caller AND key = NEW.key)",
    "base_book": "id = NEW.id OR code = NEW.code",
    "base_account": "id = NEW.id OR (book_id = NEW.book_id AND code = NEW.code)",
}


def built(vendor: str) -> Iterator[str]:
    """The statements that put the walls up."""
    if vendor == "postgresql":
        yield POSTGRESQL
        for table in KEPT:
            yield (
                f"CREATE TRIGGER ledger_kept BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION kerong_kept()"
            )
            yield (
                f"CREATE TRIGGER ledger_kept_whole BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION kerong_kept()"
            )
        return
    for name, (when, cases) in SQLITE.items():
        yield f"CREATE TRIGGER ledger_{name} {when} BEGIN SELECT CASE {cases} END; END"
    for table, same in REPLACED.items():
        yield (
            f"CREATE TRIGGER ledger_new_{table} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table}"
            f" WHERE {same}) BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
        )
    for table in KEPT:
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER ledger_kept_{table}_{act.lower()} BEFORE {act} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'ledger.refused.kept'); END"
            )


def taken_down(vendor: str) -> Iterator[str]:
    """The statements that take them down again: for a migration back, and where tests empty the tables."""
    if vendor == "postgresql":
        functions = ("kept", "transfer_fits", "seal_is_next", "book_stays", "account_stays", "refuse(text)")
        yield "; ".join(f"DROP FUNCTION kerong_{name} CASCADE" for name in functions)
        return
    yield from (f"DROP TRIGGER ledger_{name}" for name in SQLITE)
    yield from (f"DROP TRIGGER ledger_new_{table}" for table in REPLACED)
    yield from (f"DROP TRIGGER ledger_kept_{table}_{act}" for table in KEPT for act in ("update", "delete"))
