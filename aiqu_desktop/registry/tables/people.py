"""People, their roles over time, and what they signed. Nobody is ever deleted, and no name is ever given twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aiqu_desktop.core.words import Meaning, Role
from aiqu_desktop.registry.tables.base import Base, word


class Person(Base):
    """One account. Name, key and creation never change: the database itself refuses it, and refuses to delete."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # what one signs in with
    key: Mapped[str] = mapped_column(unique=True)  # the name as it is compared, see `security.names`
    full_name: Mapped[str]
    full_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    password_hash: Mapped[str]  # Argon2id with its own parameters and salt
    failures: Mapped[int] = mapped_column(default=0)  # refused passwords in a row
    locked_boot: Mapped[str] = mapped_column(default="")  # which run of the machine `locked_at` counts in
    locked_at: Mapped[float | None]  # seconds since that run began; None while it is not locked
    disabled_at: Mapped[datetime | None]

    roles: Mapped[list[PersonRole]] = relationship(order_by="PersonRole.id")


class PersonRole(Base):
    """One role of one person, from when to when."""

    __tablename__ = "person_roles"
    __table_args__ = (
        Index(
            "ix_person_roles_held",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role] = mapped_column(word(Role))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignatureRecord(Base):
    """One signature (21 CFR 11.50): who, when, with which meaning, bound to what; append-only."""

    __tablename__ = "signatures"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    full_name: Mapped[str]
    roles: Mapped[dict[str, Any]]  # {"held": [...]} at that moment
    meaning: Mapped[Meaning] = mapped_column(word(Meaning))
    subject: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str]  # SHA-256 of what is signed
    reason: Mapped[str]
    at: Mapped[datetime]
    by_session: Mapped[bool]  # True: signed in before, on this desk; False: the password was given for this act
    audit_sequence: Mapped[int] = mapped_column(ForeignKey("audit_records.sequence"), unique=True)
