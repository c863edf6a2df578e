"""The statistics over HTTP, for staff: figures, topics of unanswered questions, CSV, mood alerts.

Reads the period that is asked for; counts nothing itself.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from bot.insights.csv import parts_csv, topics_csv
from bot.insights.headlines import headlines
from bot.insights.insights import Insights
from bot.insights.period import DEFAULT_DAYS, MOST_DAYS, Period, PeriodError, Unit
from bot.web.errors import ApiError
from bot.web.schemas import MAX_ID
from bot.web.service import service_of
from bot.web.staff_schemas import answers
from bot.web.staff_session import Agent
from knowledge.types import Language

router = APIRouter(prefix="/api/staff", default_response_class=JSONResponse, tags=["staff"])

Table = Literal["parts", "topics"]
Day = Annotated[date | None, Query(description="As 2026-03-01, in the shop's time zone.")]


class InsightsOut(BaseModel):
    """Figures of a period and of the one before; `headlines` are the main ones, side by side.

    `labels` are what the intents are called, by language.
    """

    figures: dict[str, Any]
    before: dict[str, Any]
    headlines: list[dict[str, Any]]
    labels: dict[str, dict[Language, str]]


class TopicsOut(BaseModel):
    """Topics of unanswered questions, the largest first."""

    questions: int
    grouped: int
    single: int
    parts: list[date]
    topics: list[dict[str, Any]]


class AlertsOut(BaseModel):
    """Mood alerts that are not over."""

    alerts: list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """What a request asks about."""

    insights: Insights
    period: Period
    language: Language | None


def _asked(
    request: Request,
    first: Annotated[Day, Query(alias="from")] = None,
    last: Annotated[Day, Query(alias="to")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = DEFAULT_DAYS,
    unit: Unit | None = None,
    language: Language | None = None,
) -> Asked:
    """Read the period; the last `days` where it has no beginning. ApiError 422 for a wrong one."""
    insights = service_of(request).runtime.insights
    try:
        period = insights.period(first, last, days, unit)
    except PeriodError as error:
        raise ApiError(
            422, "invalid_period", "Give days of which the first is not after the last."
        ) from error
    return Asked(insights, period, language)


Wanted = Annotated[Asked, Depends(_asked)]


@router.get("/insights", **answers(InsightsOut))
async def read_insights(request: Request, _: Agent, asked: Wanted) -> Response:
    """The figures of a period, beside those of the period before."""
    return JSONResponse(await service_of(request).run(lambda: _figures(asked)))


@router.get("/insights/topics", **answers(TopicsOut))
async def read_topics(request: Request, _: Agent, asked: Wanted) -> Response:
    """What the bot could not answer, grouped; takes seconds for questions not seen before."""
    found = await service_of(request).run(
        lambda: asked.insights.unanswered(asked.period, asked.language)
    )
    return JSONResponse(found.to_dict())


@router.get("/insights.csv", response_class=Response)
async def read_csv(
    request: Request, staff: Agent, asked: Wanted, table: Table = "parts"
) -> Response:
    """The figures by day, week or month, or the topics, as a CSV file."""
    service = service_of(request)
    text = await service.run(lambda: _csv(asked, table))
    service.audit.note(staff.name, "insights.download", table)
    name = f"{table}-{asked.period.first}-{asked.period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/mood-alerts", **answers(AlertsOut))
async def read_alerts(request: Request, _: Agent) -> Response:
    """The mood alerts that are not over, those that nobody has noted first."""
    service = service_of(request)
    found = await service.run(lambda: service.runtime.insights.alerts.current())
    return JSONResponse({"alerts": [alert.to_dict() for alert in found]})


@router.post("/mood-alerts/{alert_id}/noted", status_code=204, **answers(None, status=204))
async def note_alert(
    request: Request, staff: Agent, alert_id: Annotated[int, Path(ge=1, le=MAX_ID)]
) -> Response:
    """Keep that somebody has seen an alert."""
    service = service_of(request)
    await service.run(lambda: service.runtime.insights.alerts.note(alert_id, staff.name))
    service.audit.note(staff.name, "mood_alert.note", str(alert_id))
    return Response(status_code=204)


def _figures(asked: Asked) -> dict[str, Any]:
    now, before = (
        asked.insights.figures(period, asked.language)
        for period in (asked.period, asked.period.before())
    )
    pairs = zip(headlines(now), headlines(before), strict=True)
    return {
        "figures": now.to_dict(),
        "before": before.to_dict(),
        "headlines": [{**asdict(one), "before": then.value} for one, then in pairs],
        "labels": asked.insights.labels(now),
    }


def _csv(asked: Asked, table: Table) -> str:
    if table == "topics":
        return topics_csv(asked.insights.unanswered(asked.period, asked.language))
    return parts_csv(asked.insights.figures(asked.period, asked.language))
