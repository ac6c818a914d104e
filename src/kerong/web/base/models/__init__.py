"""What the portal writes: people, published runs, alerts, consents, tokens of feeds, the log of reads, the ledger."""

from kerong.web.base.models.access_log import AccessLog
from kerong.web.base.models.alert import Alert, AlertMove, AlertParty
from kerong.web.base.models.attachment import Attachment, DealAttachment
from kerong.web.base.models.call import Budget, BudgetChange, Call, PinnedRulebook
from kerong.web.base.models.case import Case, CaseMove, CasePart, CaseScore, CaseStep, EvidenceUse
from kerong.web.base.models.consent import Consent
from kerong.web.base.models.deal import (
    BaseRateStep,
    BusinessDay,
    Deal,
    DealEntry,
    DealMove,
    DealParty,
    DealStep,
    DealTerm,
)
from kerong.web.base.models.feed_token import FeedToken
from kerong.web.base.models.ledger import Account, Book, IdempotencyKey, Seal, Transfer
from kerong.web.base.models.objection import Objection
from kerong.web.base.models.outbox import JobRun, Message, OutboxRow
from kerong.web.base.models.payment import Instruction, PaymentChannel, PaymentFile, PaymentReturn
from kerong.web.base.models.pool import PoolLoan, PoolMove, RiskPool
from kerong.web.base.models.run import Run
from kerong.web.base.models.user import Role, User

__all__ = [
    "AccessLog",
    "Account",
    "Alert",
    "AlertMove",
    "AlertParty",
    "Attachment",
    "BaseRateStep",
    "Book",
    "Budget",
    "BudgetChange",
    "BusinessDay",
    "Call",
    "Case",
    "CaseMove",
    "CasePart",
    "CaseScore",
    "CaseStep",
    "Consent",
    "Deal",
    "DealAttachment",
    "DealEntry",
    "DealMove",
    "DealParty",
    "DealStep",
    "DealTerm",
    "EvidenceUse",
    "FeedToken",
    "IdempotencyKey",
    "Instruction",
    "JobRun",
    "Message",
    "Objection",
    "OutboxRow",
    "PaymentChannel",
    "PaymentFile",
    "PaymentReturn",
    "PinnedRulebook",
    "PoolLoan",
    "PoolMove",
    "RiskPool",
    "Role",
    "Run",
    "Seal",
    "Transfer",
    "User",
]
