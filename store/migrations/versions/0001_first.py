"""Make the first schema: house, accounts, offices with their mail, journal, cases and all that belongs to a case.

The first release; nothing runs yet that could meet it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.columns import Json, UtcDateTime

revision, down_revision = "0001_first", None

TABLES = (
    "house",
    "clock",
    "counters",
    "idempotency",
    "rate_counters",
    "accounts",
    "tokens",
    "sessions",
    "agencies",
    "mails",
    "links",
    "subjects",
    "journal",
    "people",
    "person_keys",
    "cases",
    "tasks",
    "asks",
    "receipts",
    "answers",
    "holds",
    "approvals",
    "legs",
    "handovers",
)


def upgrade() -> None:
    _house()
    _accounts()
    _offices()
    _journal()
    _cases()
    _answers()
    _gate_and_journey()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _column(name: str, kind: Any = None, *, nullable: bool = False) -> sa.Column[Any]:
    """A column of text unless said otherwise; numbers are never drawn by the database."""
    return sa.Column(name, sa.String() if kind is None else kind, nullable=nullable, autoincrement=False)


def _house() -> None:
    op.create_table(
        "house",
        _column("key"),
        _column("value", sa.Text()),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "clock",
        _column("id", sa.Integer()),
        _column("offset_s", sa.Float()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "counters",
        _column("name"),
        _column("value", sa.Integer()),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "idempotency",
        _column("account"),
        _column("key"),
        _column("body_hash"),
        _column("status", sa.Integer()),
        _column("answer", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("account", "key"),
    )
    op.create_table(
        "rate_counters",
        _column("bucket"),
        _column("count", sa.Integer()),
        _column("until", UtcDateTime()),
        sa.PrimaryKeyConstraint("bucket"),
    )
    op.create_index("ix_rate_counters_until", "rate_counters", ["until"])
    op.execute("INSERT INTO clock (id, offset_s) VALUES (1, 0)")


def _accounts() -> None:
    op.create_table(
        "accounts",
        _column("id"),
        _column("login"),
        _column("name"),
        _column("roles", Json()),
        _column("agency", nullable=True),
        _column("phone"),
        _column("password_hash"),
        _column("staff_number"),
        _column("epoch", sa.Integer()),
        _column("active", sa.Boolean()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "tokens",
        _column("hash"),
        _column("account"),
        _column("scope"),
        _column("revoked", sa.Boolean()),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_tokens_account", "tokens", ["account"])
    op.create_table(
        "sessions",
        _column("hash"),
        _column("account"),
        _column("epoch", sa.Integer()),
        _column("made_at", UtcDateTime()),
        _column("seen_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])


def _offices() -> None:
    op.create_table(
        "agencies",
        _column("code"),
        _column("kind"),
        _column("name"),
        _column("short_name"),
        _column("functions", Json()),
        _column("zone"),
        _column("calendar"),
        _column("region", nullable=True),
        _column("superior", nullable=True),
        _column("mailbox"),
        _column("phone"),
        _column("confirmed", sa.Boolean()),
        _column("sending_held", sa.Boolean()),
        _column("last_mail_at", UtcDateTime(), nullable=True),
        _column("mailbox_ok", sa.Boolean()),
        _column("desk_language"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "mails",
        _column("id"),
        _column("agency", nullable=True),
        _column("subject_id"),
        _column("kind"),
        _column("effect_key"),
        _column("message_id"),
        _column("envelope_to"),
        _column("subject"),
        _column("body", sa.LargeBinary()),
        _column("state"),
        _column("tries", sa.Integer()),
        _column("lease_until", UtcDateTime(), nullable=True),
        _column("next_try_at", UtcDateTime(), nullable=True),
        _column("composed_at", UtcDateTime()),
        _column("tried_at", UtcDateTime(), nullable=True),
        _column("accepted_at", UtcDateTime(), nullable=True),
        _column("words"),
        _column("asks_count", sa.Integer()),
        _column("due_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("effect_key"),
    )
    op.create_index("mails_agency", "mails", ["agency", "composed_at"])
    op.create_index("mails_state", "mails", ["state", "next_try_at"])
    op.create_table(
        "links",
        _column("mail"),
        _column("token_hash"),
        _column("code_hash"),
        _column("wrong", sa.Integer()),
        _column("asleep_until", UtcDateTime(), nullable=True),
        _column("revoked", sa.Boolean()),
        _column("superseded", sa.Boolean()),
        _column("expires_at", UtcDateTime()),
        _column("shown_at", UtcDateTime(), nullable=True),
        _column("resent_on", nullable=True),
        _column("resends", sa.Integer()),
        sa.PrimaryKeyConstraint("mail"),
        sa.UniqueConstraint("token_hash"),
    )


def _journal() -> None:
    op.create_table(
        "subjects",
        _column("id"),
        _column("kind"),
        _column("generation", sa.Integer()),
        _column("started", sa.Integer()),
        _column("head", sa.Integer()),
        _column("head_hash"),
        _column("applied", sa.Integer()),
        _column("next_due_at", UtcDateTime(), nullable=True),
        _column("phase"),
        _column("over", sa.Boolean()),
        _column("wakes_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("subjects_due", "subjects", ["next_due_at"])
    op.create_index(
        "subjects_to_start",
        "subjects",
        ["id"],
        sqlite_where=sa.text('started < generation AND "over" = 0'),
        postgresql_where=sa.text('started < generation AND NOT "over"'),
    )
    op.create_index(
        "subjects_with_news",
        "subjects",
        ["id"],
        sqlite_where=sa.text('head > applied AND "over" = 0'),
        postgresql_where=sa.text('head > applied AND NOT "over"'),
    )
    op.create_table(
        "journal",
        _column("subject"),
        _column("n", sa.Integer()),
        _column("kind"),
        _column("at", UtcDateTime()),
        _column("learned_at", UtcDateTime()),
        _column("actor"),
        _column("grade"),
        _column("codes", sa.Text()),
        _column("sealed", sa.LargeBinary(), nullable=True),
        _column("hash"),
        sa.ForeignKeyConstraint(["subject"], ["subjects.id"]),
        sa.PrimaryKeyConstraint("subject", "n"),
    )
    op.execute(
        sa.text(
            "INSERT INTO subjects (id, kind, generation, started, head, head_hash, applied, phase, over)"
            " VALUES ('house', 'house', 1, 0, 0, :first, 0, '', :no)"
        ).bindparams(first="0" * 64, no=False)
    )


def _cases() -> None:
    op.create_table(
        "people",
        _column("id"),
        _column("details", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "person_keys",
        _column("person_id"),
        _column("kind"),
        _column("value"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("person_id", "kind", "value"),
    )
    op.create_index("person_keys_value", "person_keys", ["kind", "value"])
    op.create_table(
        "cases",
        _column("id"),
        _column("number"),
        _column("person_id"),
        _column("procedure_code"),
        _column("procedure_version"),
        _column("status"),
        _column("stage"),
        _column("urgent", sa.Boolean()),
        _column("entry_route"),
        _column("shelter"),
        _column("destination", nullable=True),
        _column("province", nullable=True),
        _column("opened_at", UtcDateTime()),
        _column("opened_by"),
        _column("updated_at", UtcDateTime()),
        _column("next_at", UtcDateTime(), nullable=True),
        _column("initials"),
        _column("is_child", sa.Boolean()),
        _column("holder", nullable=True),
        _column("holder_since", UtcDateTime(), nullable=True),
        _column("due_at", UtcDateTime(), nullable=True),
        _column("waits", Json()),
        _column("holds", Json()),
        _column("group_number", nullable=True),
        _column("mailed", sa.Boolean()),
        _column("is_open", sa.Boolean()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("cases_due", "cases", ["due_at"])
    op.create_index("cases_holder", "cases", ["holder"])
    op.create_index(
        "cases_one_open_per_person",
        "cases",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("cases_person", "cases", ["person_id"])
    op.create_index("cases_status", "cases", ["status", "opened_at"])
    op.create_table(
        "tasks",
        _column("case_id"),
        _column("code"),
        _column("n", sa.Integer()),
        _column("status"),
        _column("agency", nullable=True),
        _column("ask", nullable=True),
        _column("opened_at", UtcDateTime(), nullable=True),
        _column("asked_at", UtcDateTime(), nullable=True),
        _column("due_at", UtcDateTime(), nullable=True),
        _column("answer", nullable=True),
        _column("answered_at", UtcDateTime(), nullable=True),
        _column("verify_by", nullable=True),
        _column("evidence_missing", sa.Boolean()),
        _column("owner"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "code", "n"),
    )
    op.create_index("tasks_agency", "tasks", ["agency", "status"])
    op.create_table(
        "asks",
        _column("id"),
        _column("case_id"),
        _column("number"),
        _column("task"),
        _column("n", sa.Integer()),
        _column("agency"),
        _column("channel"),
        _column("state"),
        _column("rush", sa.Boolean()),
        _column("restricted", sa.Boolean()),
        _column("opened_at", UtcDateTime()),
        _column("asked_at", UtcDateTime(), nullable=True),
        _column("due_at", UtcDateTime(), nullable=True),
        _column("mail", nullable=True),
        _column("answered_at", UtcDateTime(), nullable=True),
        _column("extended", sa.Integer()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("asks_agency_state", "asks", ["agency", "state"])
    op.create_index("asks_case", "asks", ["case_id"])
    op.create_index("asks_mail", "asks", ["mail"])


def _answers() -> None:
    op.create_table(
        "receipts",
        _column("receipt"),
        _column("nonce"),
        _column("mail", nullable=True),
        _column("account", nullable=True),
        _column("received_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("receipt"),
        sa.UniqueConstraint("nonce"),
    )
    op.create_table(
        "answers",
        _column("id"),
        _column("receipt"),
        _column("ask"),
        _column("case_id"),
        _column("task"),
        _column("n", sa.Integer()),
        _column("row", sa.Integer()),
        _column("code"),
        _column("final", sa.Boolean()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["receipt"], ["receipts.receipt"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("answers_case", "answers", ["case_id", "row"])
    op.create_index(
        "answers_one_final_per_ask",
        "answers",
        ["ask"],
        unique=True,
        sqlite_where=sa.text("final = 1"),
        postgresql_where=sa.text("final"),
    )
    op.create_index("answers_receipt", "answers", ["receipt"])


def _gate_and_journey() -> None:
    op.create_table(
        "holds",
        _column("id"),
        _column("case_id"),
        _column("kind"),
        _column("since", UtcDateTime()),
        _column("review_on", nullable=True),
        _column("set_by"),
        _column("active", sa.Boolean()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("holds_case", "holds", ["case_id", "active"])
    op.create_table(
        "approvals",
        _column("case_id"),
        _column("n", sa.Integer()),
        _column("role"),
        _column("account"),
        _column("staff_number"),
        _column("at", UtcDateTime()),
        _column("snapshot"),
        _column("decision"),
        _column("void", sa.Boolean()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "n"),
    )
    op.create_index(
        "approvals_two_persons",
        "approvals",
        ["case_id", "snapshot", "staff_number"],
        unique=True,
        sqlite_where=sa.text("void = 0 AND decision = 'approve'"),
        postgresql_where=sa.text("NOT void AND decision = 'approve'"),
    )
    op.create_table(
        "legs",
        _column("case_id"),
        _column("n", sa.Integer()),
        _column("kind"),
        _column("departs_at", UtcDateTime()),
        _column("arrives_at", UtcDateTime()),
        _column("hands_to"),
        _column("state"),
        _column("departed_at", UtcDateTime(), nullable=True),
        _column("arrived_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "n"),
    )
    op.create_table(
        "handovers",
        _column("number"),
        _column("case_id"),
        _column("task"),
        _column("giver"),
        _column("receiver_party"),
        _column("result"),
        _column("at", UtcDateTime()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("handovers_case", "handovers", ["case_id"])
