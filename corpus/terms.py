"""The closed sets of words that knowledge files use. Light: no library is imported."""

from __future__ import annotations

from typing import Literal

Role = Literal[
    "opening", "apology", "empathy", "acknowledge", "verify", "explain", "solution", "timeline",
    "confirm", "offer", "refusal", "escalation", "thanks", "closing",
]  # fmt: skip
ActId = Literal[
    "greeting", "apology", "empathy", "acknowledge", "ask_info", "explanation", "solution", "timebound_promise",
    "vague_promise", "confirm_understanding", "offer_more_help", "thanks", "farewell", "escalate", "refuse_politely",
]  # fmt: skip
Group = Literal[
    "greeting", "product_inquiry", "price_negotiation", "order_status", "delivery_delay", "lost_or_damaged",
    "refund_return_exchange", "invoice", "billing_dispute", "technical_howto", "complaint_service", "complaint_quality",
    "angry_abusive", "suggestion", "praise", "unclear", "wrong_number_or_off_topic", "media_or_legal_threat", "privacy",
    "escalation_request", "other",
]  # fmt: skip
Emotion = Literal["calm", "anxious", "upset", "abusive"]
Tone = Literal["warm", "professional", "concise"]
Severity = Literal["error", "warning", "info"]
Kind = Literal["forbid", "replace", "require", "order", "limit", "consistency", "entity", "fact"]
Task = Literal["suggest", "rewrite", "check"]
Channel = Literal["chat", "phone", "sms", "email", "review"]
Speaker = Literal["rep", "customer"]
EntityKind = Literal["mobile", "landline", "id_card", "bank_card", "email", "url", "wechat_qq", "address", "plate"]
FactKind = Literal["number", "amount", "date", "duration", "id", "url", "phone", "email", "name"]
EscalationReason = Literal["legal", "media", "safety", "self_harm", "human_request", "repeated_abuse"]
