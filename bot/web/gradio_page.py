"""How a Gradio page becomes part of the application: the same for the chat and for the console.

Knows no page's content.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import FastAPI

from bot.web import chat_theme

NEEDED_PATHS = (
    "/assets/",
    "/config",
    "/gradio_api/app_id",
    "/gradio_api/heartbeat/",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/startup-events",
    "/static/",
    "/theme.css",
)
"""What a page asks for below its own address; the rest of Gradio's addresses is hidden.

`app_id` is how a page notices that the server was restarted, and loads itself anew.
"""
QUEUE_SLEEP_SECONDS = 0.01
"""Gradio looks for work every millisecond, which takes 3 % of a core from an idle server."""


def mount(app: FastAPI, path: str, build: Callable[[], gr.Blocks], **more: Any) -> None:
    """Put what `build` makes into `app` at `path`; call it outside of an event loop.

    `more` goes to Gradio.
    """

    async def building() -> None:
        _mount(app, path, build(), **more)

    # Where no event loop runs, Gradio opens some of its own and never closes them.
    asyncio.run(building())


def _mount(app: FastAPI, path: str, blocks: gr.Blocks, **more: Any) -> None:
    blocks._queue.sleep_when_free = QUEUE_SLEEP_SECONDS
    gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        max_file_size=1,
        theme=chat_theme.theme(),
        **more,
    )
