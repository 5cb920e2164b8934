"""The arithmetic of benches/load: medians, ratios, goals."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benches"))

from load.goals import BOLT, CEILINGS, FOX, HYPER, LOG, SHARES, Verdict, cpu_ratio, rps_ratio, verdicts
from load.report import render
from load.results import Measured, Results, Sample, figures
from load.servers import SERVERS
from load.workloads import WORKLOADS


def sample(
    requests: int, cpu: float, *, p99: float = 0.5, errors: int = 0, noisy: bool = False, lines: int = 0
) -> Sample:
    return Sample(requests, 2.0, 0.2, p99, errors, cpu, cpu / 4, 0.01, noisy, lines)


def of(**servers: list[Sample]) -> Results:
    names = {"fox": FOX, "log": LOG, "hyper": HYPER, "bolt": BOLT}
    measured = {names[key]: Measured("command", samples={"W1": samples}) for key, samples in servers.items()}
    return Results("2026-01-01", "python -m load", 3, 2, {"kernel": "Linux"}, measured)


def the(results: Results, goal: str, server: str) -> Verdict:
    return next(v for v in verdicts(results) if v.goal == goal and v.server == server)


def test_a_sample_divides_by_its_requests() -> None:
    one = sample(200_000, 1.6)
    assert (one.rps, one.cpu_us, one.user_us) == pytest.approx((100_000, 8.0, 2.0))


def test_a_sample_without_answers_divides_by_one() -> None:
    assert sample(0, 0.5).cpu_us == 500_000


def test_figures_are_medians_and_sums_of_what_must_not_happen() -> None:
    rounds = [sample(100, 1.0, errors=2, lines=50), sample(300, 1.5, p99=9.0, noisy=True), sample(200, 1.2, errors=1)]
    f = figures(rounds)
    assert (f.rps, f.spread, f.p99) == (100.0, 1.0, 0.5)
    assert f.cpu_us == pytest.approx(6000.0)
    assert (f.errors, f.noisy) == (3, 1)
    assert f.logged == pytest.approx(50 / 600)


def test_ratios_count_work_done_with_the_same_cpu() -> None:
    results = of(fox=[sample(100, 2.0)], hyper=[sample(160, 1.6)])
    assert cpu_ratio(results, "W1", FOX, HYPER) == pytest.approx(0.5)
    assert rps_ratio(results, "W1", FOX, HYPER) == pytest.approx(0.625)


def test_what_was_not_measured_has_no_ratio_and_no_verdict() -> None:
    results = of(fox=[sample(100, 1.0)])
    assert cpu_ratio(results, "W1", FOX, HYPER) is None
    assert rps_ratio(results, "W2", FOX, HYPER) is None
    assert the(results, f"W1 against {HYPER}", FOX).word == "not measured"


@pytest.mark.parametrize(("cpu", "met"), [(1.0 / 0.83, True), (1.0 / 0.81, False)])
def test_a_share_is_met_from_its_number_on(cpu: float, met: bool) -> None:
    results = of(fox=[sample(100, cpu)], hyper=[sample(100, 1.0)])
    assert the(results, f"W1 against {HYPER}", FOX).met is met


def test_ceilings_are_met_up_to_their_number() -> None:
    results = of(fox=[sample(100, 1.0)])
    fox = results.servers[FOX]
    fox.starts, fox.idle, fox.samples["HOL"] = [0.9, 0.5, 0.6], 75.1, [sample(100, 1.0, p99=0.99)]
    reached = {v.goal.split(":")[1].strip(): v.met for v in verdicts(results) if ":" in v.goal}
    assert reached["p99 of an async route, 16 connections"] is True
    assert reached["start to first 200"] is True
    assert reached["memory of an idle worker"] is False
    assert reached["p99 of a sync route, 16 connections"] is None


def test_goals_name_known_servers_and_workloads() -> None:
    assert {name for goal in SHARES for name in (goal.server, goal.against)} <= SERVERS.keys()
    assert {goal.workload for goal in SHARES} <= WORKLOADS.keys()
    assert {ceiling.server for ceiling in CEILINGS} == {FOX, "engine"}


def test_results_survive_their_file(tmp_path: Path) -> None:
    results = of(fox=[sample(100, 1.0), sample(120, 1.0)], bolt=[sample(90, 1.0)])
    results.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == results


def test_the_report_shows_each_server_and_what_failed() -> None:
    results = of(fox=[sample(200_000, 1.6)], hyper=[sample(200_000, 1.2)], bolt=[sample(200_000, 2.0)])
    results.servers[BOLT].failed["W2"] = "expected 200 | got 500"
    text = render(results)
    assert "| ultrafox | 100,000 | 0.200 | 0.500 | 8.00 | 2.00 | 75 % | 100 % | 1.25 | 1.00 |" in text
    assert "| django-bolt | W2 | expected 200 / got 500 |" in text
