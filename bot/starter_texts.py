"""The files of a new home, as texts. `bot.starter` puts the languages in."""

import json

from bot.default_messages import DEFAULT_MESSAGES
from knowledge.types import Language

SETTINGS = """\
# Settings of this bot. Every key stands here with its default; a missing key has it, too.
# What the bot says is in domain.toml.

[bot]
# Languages it speaks: "en", "zh".
languages = LANGUAGES
# Wrong answers it may give, as a share of all its answers. Each release fits its thresholds to it.
error_budget = 0.05
# Days after which a conversation is deleted.
retention_days = 365

[server]
# Where `deskmate serve` listens. "0.0.0.0" is every address of the machine.
host = "127.0.0.1"
port = 8000
# Pages of other addresses that may embed the chat widget: ["https://www.shop.example"].
allowed_origins = []
# Reverse proxies that are believed whose request they pass on (X-Forwarded-For): ["127.0.0.1"].
trusted_proxies = []

[limits]
# Messages a minute in one conversation, and requests a minute from one address. 0: no limit.
messages_per_minute = 30
requests_per_minute = 300
# Live event streams of one address at the same time. 0: no limit.
streams_per_address = 200
# The longest message, in characters.
message_characters = 4000
# The largest attachment. 0: none are taken.
upload_megabytes = 5
upload_types = ["image/png", "image/jpeg", "image/webp", "application/pdf"]

[staff]
# Hours after which staff sign in again.
session_hours = 12
# Minutes after which a waiting customer is told that it takes longer, and may be called back.
waiting_minutes = 5

[webhooks]
# Addresses that are told of conversations and messages; DESKMATE_WEBHOOK_SECRET signs the calls.
urls = []

[training]
# "full", or "fast" to train shorter.
preset = "full"
# The same seed and data give the same release.
seed = 0
# Releases kept after a round, some 190 MB each; the last champions are always kept.
keep_releases = 5
# Pretrained encoders: a name that `deskmate doctor` lists, or the path of a folder.
encoder_en = "all-MiniLM-L6-v2"
# m3e-small is for research use only. For business use: "bge-small-zh-v1.5".
encoder_zh = "m3e-small"
"""


def _defaults(language: Language) -> str:
    """What may be left out, to be seen and changed."""
    texts = DEFAULT_MESSAGES[language].items()
    return "".join(f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in texts)


MESSAGES: dict[Language, str] = {
    "en": """\
[messages.en]
welcome = "Hello, I am {bot}, the assistant of {shop}. What can I do for you?"
clarify = "Which of these do you mean?"
not_known = "I don't know that. You can put it another way, or I can bring in a colleague."
none_of_these = "None of these"
talk_to_person = "Talk to a person"
hand_off = "I am passing you to a colleague, who can read all of this. You can go on writing here."
hand_off_failed = "I don't get this right. I am passing you to a colleague, who can read this."
back_to_bot = "All right, we go on together. What can I do for you?"
"""
    + _defaults("en"),
    "zh": """\
[messages.zh]
welcome = "您好，我是{shop}的助手{bot}。请问有什么可以帮您？"
clarify = "请问您指的是下面哪一个？"
not_known = "这个问题我不清楚。您可以换个说法，或者我帮您转给同事。"
none_of_these = "都不是"
talk_to_person = "找人工"
hand_off = "我帮您转给同事，前面的对话同事都能看到。您可以继续在这里留言。"
hand_off_failed = "抱歉一直没帮上忙，我帮您转给同事，前面的对话同事都能看到。"
back_to_bot = "好的，我们继续。请问有什么可以帮您？"
"""
    + _defaults("zh"),
}

DOMAIN = """\
# What this bot says. Change the texts, take out what you do not need, add intents of your own;
# bot/DOMAIN.md of Deskmate tells all that may stand here: procedures, hand-off rules, products.
# Texts may name {shop} and {bot}, and an intent's reply the intent's slots, in braces.

# The names of your shop and of the bot.
[shop]
en = "Our shop"
zh = "本店"

[bot]
en = "Deskmate"
zh = "小台"

# The bot's own sentences. `away` may name {opens}, the time at which somebody is back.
MESSAGES

# When people of yours are there, by weekday; outside of these hours, and while nobody is signed in
# to the console, customers are told when somebody is back. Without hours you are always open.
# [hours]
# timezone = "Europe/Paris"
# monday = ["09:00-12:00", "13:00-17:00"]
# tuesday = ["09:00-17:00"]
# wednesday = ["09:00-17:00"]
# thursday = ["09:00-17:00"]
# friday = ["09:00-15:00"]
# closed = ["2026-12-25", "2026-12-26"]

# Slots: what the bot asks for before it goes on with an intent.
# type: order_number, email, phone, date, amount, product, choice, text, name, or pattern with a
# regular expression in `pattern` (an order_number may have one, too). bot/DOMAIN.md explains them.
[slots.order_number]
type = "order_number"
pattern = '[A-Z]{2}-?\\d{6}'
[slots.order_number.ask]
en = "Could you give me the order number? It looks like AB-123456."
zh = "请告诉我订单号，格式类似 AB-123456。"
[slots.order_number.ask_again]
en = "I could not find an order number in that. It looks like AB-123456."
zh = "没有看到订单号，格式类似 AB-123456。"

# Intents: what customers want. Train them by examples:
# `deskmate import intents FILE` with the columns text,intent; the names must be those below.
# kind: "answer" (the default) replies; "small_talk" replies and changes nothing else;
# "hand_off" passes the conversation to a person once its slots are filled.
# label: the words on a button. Questions with a fixed answer need no intent: import an FAQ.
[intents.order_status]
slots = ["order_number"]
[intents.order_status.label]
en = "Where is my order?"
zh = "查询订单进度"
[intents.order_status.reply]
en = "You can see where {order_number} is under \\"My orders\\"."
zh = "订单 {order_number} 的进度可以在\\"我的订单\\"里查看。"

[intents.complaint]
kind = "hand_off"
[intents.complaint.label]
en = "Make a complaint"
zh = "投诉"
[intents.complaint.reply]
en = "I am sorry about that. A colleague takes over from here; you can go on writing."
zh = "很抱歉给您添麻烦了。同事会接手处理，您可以继续在这里留言。"

# The intent in which the customer asks for a person.
[intents.talk_to_human]
kind = "hand_off"
requested = true
[intents.talk_to_human.label]
en = "Talk to a person"
zh = "找人工"

[intents.greeting]
kind = "small_talk"
[intents.greeting.label]
en = "Hello"
zh = "你好"
[intents.greeting.reply]
en = "Hello! What can I do for you?"
zh = "您好，请问有什么可以帮您？"

[intents.thanks]
kind = "small_talk"
[intents.thanks.label]
en = "Thank you"
zh = "谢谢"
[intents.thanks.reply]
en = "You are welcome. Is there anything else?"
zh = "不客气。还有别的需要吗？"

[intents.goodbye]
kind = "small_talk"
[intents.goodbye.label]
en = "Goodbye"
zh = "再见"
[intents.goodbye.reply]
en = "Thank you for your visit. Goodbye."
zh = "感谢您的光临，再见。"
"""
