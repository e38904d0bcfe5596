"""Guard what must never change and who may never approve, in the database itself.

Journal rows are only ever added (I11); whoever opened a case cannot sign its gate, whatever account they use (I10).
"""

from alembic import op

revision, down_revision = "0002_guards", "0001_first"

_SQLITE_UP = (
    """CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
       BEGIN SELECT RAISE(ABORT, 'journal rows never change'); END""",
    """CREATE TRIGGER journal_never_shrinks BEFORE DELETE ON journal
       BEGIN SELECT RAISE(ABORT, 'journal rows are never deleted'); END""",
    """CREATE TRIGGER approvals_not_by_opener BEFORE INSERT ON approvals
       WHEN NEW.decision = 'approve' AND EXISTS (
         SELECT 1 FROM cases JOIN accounts ON cases.opened_by IN (accounts.id, 'account:' || accounts.id)
         WHERE cases.id = NEW.case_id AND accounts.staff_number = NEW.staff_number)
       BEGIN SELECT RAISE(ABORT, 'whoever opened a case cannot approve it'); END""",
)
_SQLITE_DOWN = (
    "DROP TRIGGER approvals_not_by_opener",
    "DROP TRIGGER journal_never_shrinks",
    "DROP TRIGGER journal_never_changes",
)
_POSTGRESQL_UP = (
    """CREATE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'journal rows never change' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER journal_never_changes BEFORE UPDATE OR DELETE ON journal
       FOR EACH ROW EXECUTE FUNCTION journal_refuses()""",
    """CREATE TRIGGER journal_never_shrinks BEFORE TRUNCATE ON journal
       FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()""",
    """CREATE FUNCTION opener_refused() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.decision = 'approve' AND EXISTS (
           SELECT 1 FROM cases JOIN accounts ON cases.opened_by IN (accounts.id, 'account:' || accounts.id)
           WHERE cases.id = NEW.case_id AND accounts.staff_number = NEW.staff_number)
         THEN RAISE EXCEPTION 'whoever opened a case cannot approve it'
           USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER approvals_not_by_opener BEFORE INSERT ON approvals
       FOR EACH ROW EXECUTE FUNCTION opener_refused()""",
)
_POSTGRESQL_DOWN = (
    "DROP TRIGGER approvals_not_by_opener ON approvals",
    "DROP FUNCTION opener_refused()",
    "DROP TRIGGER journal_never_shrinks ON journal",
    "DROP TRIGGER journal_never_changes ON journal",
    "DROP FUNCTION journal_refuses()",
)


def upgrade() -> None:
    _run(_SQLITE_UP, _POSTGRESQL_UP)


def downgrade() -> None:
    _run(_SQLITE_DOWN, _POSTGRESQL_DOWN)


def _run(sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    for statement in postgresql if op.get_bind().dialect.name == "postgresql" else sqlite:
        op.execute(statement)
