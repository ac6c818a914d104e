"""Row-level security of deals and cases on PostgreSQL: who reads is told by the transaction (`web.base.readers`).

The owner of the tables is not bound by it: the portal's role must not own them. A view over these tables must be made
with `security_invoker`, else it reads as its owner. What is not told, or told wrongly, reads nothing.
"""

from collections.abc import Iterator

FUNCTIONS = """
CREATE FUNCTION kerong_role() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('kerong.role', true), '') $$;

CREATE FUNCTION kerong_code() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('kerong.code', true), '') $$;

CREATE FUNCTION kerong_is_party(asked bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (
     SELECT 1 FROM base_dealparty WHERE deal_id = asked AND role = kerong_role() AND code = kerong_code()
   ) $$
"""
# a new deal has no parties yet: its firm and its bank see it all the same
SINCE = """
  kerong_role() = 'system'
  OR (kerong_role() = 'enterprise' AND kerong_code() <> '' AND enterprise_id = kerong_code())
  OR (kerong_role() = 'bank' AND kerong_code() <> '' AND institution = kerong_code())
  OR (kerong_role() IN ('guarantor', 'insurer', 'fund', 'official') AND kerong_is_party(id))
"""
# since migration 0011 a deal may be any institution's, and others are part of it
PARTY_OF_DEAL = """
  kerong_role() = 'system'
  OR (kerong_role() = 'enterprise' AND kerong_code() <> '' AND enterprise_id = kerong_code())
  OR (kerong_role() IN ('bank', 'guarantor', 'insurer', 'fund') AND kerong_code() <> ''
      AND (institution = kerong_code() OR kerong_is_party(id)))
  OR (kerong_role() = 'official' AND kerong_is_party(id))
"""
# as `case_people.visible`; what is on public notice everybody may see
CASE = """
  kerong_role() IN ('system', 'official', 'analyst')
  OR (kerong_role() = 'enterprise' AND kerong_code() <> '' AND enterprise_id = kerong_code()
      AND payee_kind NOT IN ('institution', 'fund'))
  OR (kerong_role() IN ('bank', 'guarantor', 'insurer', 'fund') AND kerong_code() <> ''
      AND payee_kind IN ('institution', 'fund') AND payee = kerong_code())
  OR (kerong_role() <> '' AND state IN ('noticed', 'objected'))
"""
OF_DEAL = "kerong_role() = 'system' OR EXISTS (SELECT 1 FROM base_deal held WHERE held.id = deal_id)"
OF_CASE = "kerong_role() = 'system' OR EXISTS (SELECT 1 FROM base_case held WHERE held.id = case_id)"
POLICIES = {
    "base_deal": SINCE,
    **dict.fromkeys(("base_dealparty", "base_dealmove", "base_dealterm", "base_dealentry", "base_poolloan"), OF_DEAL),
    "base_dealstep": "kerong_role() = 'system' OR EXISTS (SELECT 1 FROM base_dealmove held WHERE held.id = move_id)",
    "base_case": CASE,
    **dict.fromkeys(
        ("base_casemove", "base_casepart", "base_casescore", "base_evidenceuse", "base_attachment"), OF_CASE
    ),
    "base_casestep": "kerong_role() = 'system' OR EXISTS (SELECT 1 FROM base_casemove held WHERE held.id = move_id)",
}


def built(vendor: str) -> Iterator[str]:
    """The statements that put the wall up; none on SQLite."""
    if vendor == "postgresql":
        yield FUNCTIONS
        for table, seen in POLICIES.items():
            yield from walled(vendor, table, seen)


# since migration 0012: money of a pool itself is the office's, what a loan brings is seen with its deal
OF_POOL = f"kerong_role() = 'official' AND deal_id IS NULL OR {OF_DEAL}"


def walled(vendor: str, table: str, seen: str) -> Iterator[str]:
    """The statements that put the wall up around one more table; none on SQLite."""
    if vendor == "postgresql":
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY readers ON {table} USING ({seen}) WITH CHECK ({seen})"


def changed(vendor: str, table: str, seen: str) -> Iterator[str]:
    """The statements that let others see a table's rows; none on SQLite."""
    if vendor == "postgresql":
        yield f"ALTER POLICY readers ON {table} USING ({seen}) WITH CHECK ({seen})"


def taken_down(vendor: str) -> Iterator[str]:
    """The statements that take it down again."""
    if vendor == "postgresql":
        for table in POLICIES:
            yield f"DROP POLICY readers ON {table}"
            yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        yield "DROP FUNCTION kerong_is_party(bigint)"
        yield "DROP FUNCTION kerong_role()"
        yield "DROP FUNCTION kerong_code()"
