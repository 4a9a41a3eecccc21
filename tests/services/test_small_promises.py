"""What an operator relies on without thinking of it."""

from aiqu_desktop.core.words import CheckKind, Priority, Verdict
from aiqu_desktop.registry.tables import Alarm
from aiqu_desktop.services.overview import overview
from aiqu_desktop.services.report_data import gather
from aiqu_desktop.services.runs import list_runs
from aiqu_desktop.services.schedules import check_ids, run_now
from tests.factories.plant_site import DAY, START, PlantSite


def test_run_now_runs_also_when_the_present_slot_has_its_answer(site: PlantSite) -> None:
    site.day(60)
    (check_id,) = check_ids(site.registry, "toy", CheckKind.QUALITY)
    before = len(list_runs(site.registry, model="toy"))
    run_now(site.registry, check_id, by="Eva")
    assert site.monitor.run_until_idle(60)
    assert len(list_runs(site.registry, model="toy")) == before + 1
    run_now(site.registry, check_id, by="Eva")
    assert site.monitor.run_until_idle(60)
    assert len(list_runs(site.registry, model="toy")) == before + 2


def test_the_banner_shows_a_high_alarm_that_returned_before_a_low_one_that_stands(site: PlantSite) -> None:
    for _ in range(4):
        site.day(60, wrong=0.6)
    for _ in range(30):
        site.day(60, shift=2.0)  # right again, but moved inputs: drift rings, performance has returned
    shown = overview(site.registry).worst_alarm
    assert shown is not None and shown.priority is Priority.HIGH
    with site.registry.read() as session:
        assert any(alarm.priority is Priority.LOW for alarm in session.query(Alarm))


def test_a_report_of_a_past_period_gives_the_verdict_at_its_end(site: PlantSite) -> None:
    for _ in range(6):
        site.day(60)
    good = site.days
    for _ in range(4):
        site.day(60, wrong=0.6)
    past = gather(site.registry, "toy", START, START + good * DAY, by="Eva")
    present = gather(site.registry, "toy", START, site.clock.now(), by="Eva")
    assert past.verdict.state is Verdict.GOOD
    assert present.verdict.state is Verdict.BAD


def test_a_report_of_a_past_period_quotes_no_figure_that_came_later(site: PlantSite) -> None:
    for wrong in (0.02,) * 5 + (0.9,) * 3:
        site.day(wrong=wrong)
    rang = site.days
    then = gather(site.registry, "toy", START, site.clock.now(), by="Eva")
    for _ in range(3):
        site.day(wrong=0.5)
    past = gather(site.registry, "toy", START, START + rang * DAY, by="Eva")
    present = gather(site.registry, "toy", START, site.clock.now(), by="Eva")
    assert past.verdict.state is Verdict.BAD
    assert past.verdict.sentence == then.verdict.sentence != present.verdict.sentence
    assert [alarm.message for alarm in past.alarms] != [alarm.message for alarm in present.alarms]
