"""The public page of a round: who reads it learns all that may be known, and leaves no trace."""

from __future__ import annotations

import html
import re
import subprocess
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Contribution, FrozenList, Placement, Round
from junheng.admissions.selectors.public_results import Statistics, statistics_of
from junheng.admissions.services import events, loading, steps
from junheng.admissions.tests.rounds import builders
from junheng.admissions.web.public_words import rules_in_words
from junheng.commons.web import kept
from tests.query_baselines import same_queries


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody who reads English and is not signed in."""
    client.cookies["django_language"] = "en"
    return client


def address(the_round: Round) -> str:
    return reverse("public:round", args=[cast.COUNTY, the_round.ref])


def page(reader: Client, the_round: Round) -> str:
    response = reader.get(address(the_round))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def said_by_shell(command: str) -> str:
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def commands(shown: str) -> list[str]:
    return re.findall(r"<code>(printf .*?)</code>", shown, re.S)


# --- when ----------------------------------------------------------------------------------


def test_a_planned_round_does_not_exist_for_the_public(reader: Client, li: User) -> None:
    the_round = builders.loaded(li)
    assert reader.get(address(the_round)).status_code == 404
    assert reader.get(reverse("public:round", args=["990100", "no-such"])).status_code == 404
    assert "No round is open yet" in reader.get("/r/").content.decode()


def test_an_open_round_shows_rules_event_and_sealed_commitments(
    reader: Client, li: User, wu: User
) -> None:
    the_round = builders.opened(li, wu)
    events.contribute(the_round, "a sunny day", by=li)
    shown = page(reader, the_round)
    assert "Drawing 2026-100 of the state lottery" in shown
    assert "No class has more than 55 pupils." in shown
    sealed = Contribution.objects.get(round=the_round)
    assert sealed.commitment in shown
    assert "sunny" not in shown
    assert str(sealed.pk) not in shown
    assert f'href="{address(the_round)}"' in reader.get("/r/").content.decode()


def test_after_freezing_the_fingerprint_is_there_and_can_be_made_again(
    reader: Client, li: User, wu: User
) -> None:
    the_round = builders.frozen(li, wu)
    frozen = FrozenList.objects.get(round=the_round)
    shown = page(reader, the_round)
    assert frozen.list_sha256 in shown
    assert all(sha in shown for sha in frozen.content["tables"].values())
    assert said_by_shell(commands(shown)[-1]) == frozen.list_sha256


def test_after_the_event_one_line_of_a_shell_gives_the_seed(
    reader: Client, li: User, wu: User
) -> None:
    the_round = builders.drawn(li, wu)
    shown = page(reader, the_round)
    said = {said_by_shell(command) for command in commands(shown)}
    commitments = set(Contribution.objects.values_list("commitment", flat=True))
    assert said == {the_round.seed, the_round.lists.get().list_sha256} | commitments
    assert "“云淮”" in shown


def test_words_with_quotes_and_dollars_do_no_harm_on_a_shell_or_a_page(
    reader: Client, li: User, wu: User
) -> None:
    the_round = builders.opened(li, wu, after=timedelta(seconds=2))
    events.contribute(the_round, "it's $(echo evil) <b>`x`</b>", by=li)
    builders.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)
    builders.wait_for(the_round.event.takes_place_at)
    builders.both(steps.DRAW, the_round, li, wu, figures=builders.FIGURES)
    raw = reader.get(address(the_round)).content.decode()
    assert "<b>`x`" not in raw
    the_round = builders.fresh(the_round)
    assert the_round.seed in {said_by_shell(one) for one in commands(html.unescape(raw))}


def test_on_a_ring_the_figures_are_the_seed(reader: Client, li: User, wu: User) -> None:
    the_round = builders.loaded(li, method="ring-interval")
    moment = builders.named(the_round, li, example="0:0").takes_place_at
    builders.both(steps.OPEN, the_round, li, wu)
    builders.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)
    builders.wait_for(moment)
    builders.both(steps.DRAW, the_round, li, wu, figures="3:2")
    shown = page(reader, the_round)
    assert "On a ring the figures of the event are the seed" in shown
    assert "<code>3:2</code>" in shown


def test_before_publication_nothing_of_the_result_is_public(
    reader: Client, li: User, wu: User
) -> None:
    record = builders.official(li, wu)
    shown = page(reader, record.round)
    assert record.run.ref not in shown
    assert "The result by school" not in shown


def test_a_published_round_shows_its_result_and_no_child(
    reader: Client, li: User, wu: User
) -> None:
    record = builders.published(li, wu)
    shown = page(reader, record.round)
    assert record.run.result_sha256 in shown
    assert "Chengguan Primary" in shown
    for placement in Placement.objects.filter(run=record):
        assert placement.ticket not in shown
        assert not re.search(rf"\b{placement.code}\b", shown)


def test_a_superseded_result_stays_listed_and_the_correction_says_why(
    reader: Client, li: User, wu: User
) -> None:
    first = builders.published(li, wu)
    page(reader, first.round)
    children = builders.CHILDREN.replace(
        "c3,990100001001,116.000300,36.500000,2", "c3,990100001001,116.000300,36.500000,1"
    )
    made = loading.load_correction(builders.uploaded(li, applicants=children), li)
    builders.both(steps.CORRECT, first.round, li, wu, input=made.pk, reason="court order 7")
    second = builders.ran(builders.fresh(first.round), seed="", by=li)
    builders.both(steps.PUBLISH, first.round, li, wu, run=second.run.ref)
    kept.forget()
    shown = page(reader, first.round)
    assert "court order 7" in shown
    assert first.run.result_sha256 in shown
    assert second.run.result_sha256 in shown
    assert shown.count("superseded on") == 1


# --- what it says --------------------------------------------------------------------------


def test_figures_about_few_children_are_kept_back(li: User, wu: User) -> None:
    """Seven children in three schools: nothing but the seats may be shown."""
    statistics = statistics_of(builders.published(li, wu).round)
    assert statistics is not None
    assert statistics.hidden
    for school in (*statistics.schools, statistics.total):
        assert (school.by_list, school.diverted_in, school.free, school.last_key) == (None,) * 4
    assert (statistics.total.seats, statistics.children, statistics.unplaced) == (6, None, None)


def crowd(zone: str, count: int) -> str:
    rows = (f"{zone[-1]}{n:02},{zone},116.0001,36.5,1,,\n" for n in range(count))
    return "applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id\n" + "".join(rows)


def moved_grade(li: User, wu: User, *, seats: int, children: int) -> Statistics:
    """Of children who all live at school-1 its seats take some; the whole grade goes to host."""
    schools = (
        "school_id,name,township,lon,lat,classes,class_size,continuing,reserved\n"
        f"school-1,Chengguan Primary,Chengguan Township,116.0,36.5,1,{seats},0,0\n"
        "school-2,Beihe Primary,Beihe Township,116.01,36.5,1,40,0,0\n"
        "host,Old Mill Building,Elsewhere,116.03,36.5,1,50,0,0\n"
    )
    record = builders.published(
        li,
        wu,
        diversion='mode = "grade"\n',
        schools=schools,
        applicants=crowd("990100001001", children) + crowd("Z2", 20).split("\n", 1)[1],
        choices="applicant_id,rank,school_id\n",
        grade_moves="school_id,host_id\nschool-1,host\n",
    )
    found = statistics_of(record.round)
    assert found is not None
    return found


def test_children_who_moved_with_their_grade_are_counted_once(li: User, wu: User) -> None:
    shown = moved_grade(li, wu, seats=10, children=25)
    total = shown.total
    assert (total.by_list, total.moved_out, total.diverted_in, shown.unplaced) == (30, 10, 25, 0)
    assert shown.children == 30 - 10 + 25
    assert [school.moved_out for school in shown.schools] == [0, 10, 0]


def test_a_few_who_moved_cannot_be_worked_out_from_the_sum(li: User, wu: User) -> None:
    """Three sat by list and moved: all other figures together would tell it."""
    shown = moved_grade(li, wu, seats=3, children=25)
    left = next(school for school in shown.schools if school.name == "Chengguan Primary")
    assert (left.by_list, left.moved_out) == (None, None)
    assert (shown.total.moved_out, shown.children) == (None, None)
    assert shown.moves


def test_the_public_page_tells_who_moved(reader: Client, li: User, wu: User) -> None:
    record = builders.published(
        li,
        wu,
        diversion='mode = "grade"\n',
        schools=builders.SCHOOLS + "host,Old Mill,Elsewhere,116.03,36.5,1,5,0,0\n",
        grade_moves="school_id,host_id\nschool-1,host\n",
    )
    assert "Moved elsewhere with the grade" in page(reader, record.round)
    kept.forget()
    plain = builders.published(li, wu, ref="2026-g2")
    assert "Moved elsewhere" not in page(reader, plain.round)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"choices_only": True}, "asked for count, in its order."),
        ({"priority": ["ticket"]}, "in this order: by lottery ticket."),
        ({"method": "ring-interval"}, "stand on a ring"),
    ],
)
def test_the_rules_are_told_in_words(changed: dict[str, object], said: str) -> None:
    rules = {
        "priority": ["tier", "sibling", "ticket"],
        "method": "hmac-sha256",
        "mode": "zone",
        "class_cap": 55,
    }
    assert any(said in sentence for sentence in rules_in_words(rules | changed))


# --- fast, and never stale -----------------------------------------------------------------


def test_who_reads_it_gets_no_cookie_and_touches_no_session(
    reader: Client, li: User, wu: User
) -> None:
    the_round = builders.opened(li, wu)
    first, second = (reader.get(address(the_round)) for _again in range(2))
    for response in (first, second, reader.get("/r/")):
        assert not response.cookies
        assert response.headers["Cache-Control"] == "no-cache"
        assert "csrfmiddlewaretoken" not in response.content.decode()
    alike = [{**one.headers, "X-Request-ID": ""} for one in (first, second)]
    assert alike[0] == alike[1]
    assert first.content == second.content


def test_a_second_reader_costs_no_query_and_a_later_one_a_single_one(
    reader: Client, li: User, wu: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_round = builders.published(li, wu).round
    with same_queries("admissions", "public page, made"):
        reader.get(address(the_round))
    with CaptureQueriesContext(connection) as asked:
        reader.get(address(the_round))
    assert len(asked) == 0
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1)
    with CaptureQueriesContext(connection) as asked:
        reader.get(address(the_round))
    assert len(asked) == 1


def test_within_a_second_a_new_act_is_seen(reader: Client, li: User, wu: User) -> None:
    the_round = builders.opened(li, wu, after=timedelta(seconds=9))
    assert "None so far." in page(reader, the_round)
    listed = reader.get("/r/").content
    made = events.contribute(the_round, "later", by=li)
    builders.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)
    time.sleep(1)
    shown = page(reader, the_round)
    assert made.commitment in shown
    assert builders.fresh(the_round).lists.get().list_sha256 in shown
    assert reader.get("/r/").content != listed


def test_a_reader_who_has_the_page_is_told_so(reader: Client, li: User, wu: User) -> None:
    the_round = builders.opened(li, wu)
    tag = reader.get(address(the_round)).headers["ETag"]
    again = reader.get(address(the_round), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = reader.get(address(the_round), headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_it_travels_compressed(reader: Client, li: User, wu: User, encoding: str) -> None:
    the_round = builders.opened(li, wu)
    plain = reader.get(address(the_round)).content
    small = reader.get(address(the_round), headers={"Accept-Encoding": encoding})
    assert small.headers["Content-Encoding"] == encoding
    assert int(small.headers["Content-Length"]) == len(small.content) < len(plain)


def test_language_and_type_size_are_kept_apart(client: Client, li: User, wu: User) -> None:
    the_round = builders.opened(li, wu)
    chinese = client.get(address(the_round)).content.decode()
    back = client.post("/choices/", {"language": "en", "next": address(the_round)})
    assert back.headers["Location"] == address(the_round)
    client.post("/choices/", {"large": "1", "next": "https://elsewhere.example/"})
    english = client.get(address(the_round))
    assert 'class="large-type"' in english.content.decode()
    assert "The public event" in english.content.decode()
    assert english.headers["Content-Language"] == "en"
    assert 'lang="zh-hans"' in chinese
    assert "large-type" not in chinese.split("<body")[0]


def test_what_stands_behind_the_address_changes_nothing(reader: Client, li: User, wu: User) -> None:
    the_round = builders.opened(li, wu)
    first = reader.get(f"{address(the_round)}?next=evil").content
    assert b"evil" not in first
    assert reader.get(address(the_round)).content == first
    assert reader.head(address(the_round)).status_code == 200


def test_a_page_is_made_again_after_a_while(
    reader: Client, li: User, wu: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_round = builders.opened(li, wu)
    page(reader, the_round)
    the_round.place.name = "Renamed County"
    the_round.place.save()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + kept.OLDEST + 1)
    assert "Renamed County" in page(reader, the_round)


def test_memory_holds_only_so_many_pages(
    reader: Client, li: User, wu: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 1)
    the_round = builders.opened(li, wu)
    reader.get(address(the_round))
    reader.get("/r/")
    assert [key[0] for key in kept._pages] == ["/r/"]
