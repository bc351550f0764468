"""Frame, components, icons, navigation and cards, as HTML."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import Client, RequestFactory
from django_cotton.compiler_regex import CottonCompiler
from pytest_django import Settings

from junheng.commons import demo, navigation, widgets
from junheng.commons.charts import Chart, Mark, Series
from junheng.commons.icons import NoSuchIcon, icon
from junheng.commons.maps import Area, Circle, Flow, MapData, band_of
from junheng.commons.navigation import NavItem, links_for
from junheng.commons.templatetags.furniture import TONES, message_tone, percent, tone, walked
from junheng.commons.widgets import Widget, cards_for

EVIL = "<b onclick=x>&\"'"
SOMEBODY = SimpleNamespace(is_authenticated=True)
NOBODY = SimpleNamespace(is_authenticated=False)


def render(source: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = SOMEBODY  # type: ignore[assignment]  # no more than the frame asks
    compiled = CottonCompiler().process(source)
    return str(engines["django"].from_string(compiled).render(context, request))


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", html)


# Components


@pytest.mark.parametrize("name", TONES)
def test_every_tone_is_a_class(name: str) -> None:
    assert f'class="badge toned tone-{name}"' in render('<c-badge :tone="t">x</c-badge>', t=name)


def test_an_unknown_tone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no such tone: pink"):
        tone("pink")


@pytest.mark.parametrize(
    "source",
    [
        '<c-card :title="evil" :subtitle="evil">{{ evil }}</c-card>',
        '<c-kpi :label="evil" :value="evil" :note="evil" :unit="evil" :href="evil" />',
        '<c-alert :title="evil">{{ evil }}</c-alert>',
        '<c-empty :title="evil"><p>{{ evil }}</p></c-empty>',
        '<c-facts :rows="rows"><c-fact :term="evil">{{ evil }}</c-fact></c-facts>',
        '<c-mask :value="evil" :label="evil" :reveal_url="evil" />',
        '<c-progress :label="evil" done="1" total="2" :note="evil" />',
        '<c-steps :steps="steps" current="1" />',
        '<c-card title="{{ evil }}">{{ evil }}</c-card>',
    ],
)
def test_components_show_words_as_text(source: str) -> None:
    html = render(source, evil=EVIL, rows=[(EVIL, EVIL)], steps=[EVIL])
    assert "<b onclick" not in html
    assert "&lt;b onclick" in html


def test_components_do_not_see_the_page_around_them() -> None:
    assert "page's own" not in render("<c-card>x</c-card>", title="page's own")


def test_steps_say_where_one_is() -> None:
    html = plain(render('<c-steps :steps="steps" current="2" />', steps=["a", "b", "c"]))
    assert html.count('aria-current="step"') == 1
    assert re.search(r'<li class="now" aria-current="step"> <span class="mark">2</span> b', html)
    assert walked(["a", "b", "c"], 2) == [("a", "done"), ("b", "now"), ("c", "ahead")]
    assert 'class="now failed"' in render(
        '<c-steps :steps="steps" current="1" failed="y" />', steps=["a"]
    )


def test_progress_without_a_total_makes_no_promise() -> None:
    assert "value=" not in render('<c-progress label="x" />')
    assert 'value="3" max="9"' in render('<c-progress label="x" :done="3" :total="9" />')


def test_a_missing_figure_is_not_a_zero() -> None:
    assert percent(None) == "no figure"
    assert (percent(0.0), percent(1.024)) == ("0%", "102%")
    assert "—" in render('<c-facts :rows="rows" />', rows=[("Guardian", None)])


class Sent(forms.Form):
    name = forms.CharField()
    token = forms.CharField(widget=forms.HiddenInput, initial="t")
    paper = forms.FileField(required=False)

    def clean(self) -> None:
        self.add_error(None, "The whole is wrong.")


def test_a_form_says_every_fault_once_at_its_head_and_beside_its_field() -> None:
    html = plain(render('<c-form :form="form" />', form=Sent({"name": ""})))
    assert html.count("The whole is wrong.") == 1
    assert html.count("This field is required.") == 2
    assert '<a href="#id_name">' in html
    assert 'name="token"' in html
    assert 'enctype="multipart/form-data"' in html
    assert html.count("csrfmiddlewaretoken") == 1


def test_the_main_button_stands_before_the_way_back() -> None:
    html = render('<c-form :form="form" back="Back" cancel_url="/x" />', form=Sent())
    assert html.index("btn-primary") < html.index("formnovalidate") < html.index('href="/x"')
    assert "csrfmiddlewaretoken" not in render('<c-form method="get" />')


def test_a_mask_without_a_door_cannot_be_lifted() -> None:
    assert "href" not in render('<c-mask value="138****0001" />')
    assert 'href="/x"' in render('<c-mask value="1" reveal_url="/x" />')


def test_messages_keep_their_tone() -> None:
    assert (message_tone("error"), message_tone("success"), message_tone("?")) == (
        "danger",
        "success",
        "plain",
    )


# Icons


def test_icons_are_drawn_in_the_page() -> None:
    assert icon("scale").startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in icon("scale")
    assert 'role="img" aria-label="a &amp; b"' in icon("scale", label="a & b")


@pytest.mark.parametrize("name", ["no-such-icon", "../../package", "", "A", "scale.svg"])
def test_only_icons_of_the_package_are_drawn(name: str) -> None:
    with pytest.raises(NoSuchIcon):
        icon(name)


# Charts and maps


def test_a_chart_carries_its_figures_twice() -> None:
    chart = Chart(
        "stacked",
        ["≤45", ">45"],
        [Series("Primary", [3, None]), Series("</script>", [1, 2.5])],
        y_name="Classes",
        marks=[Mark(">45", ">45", "Above")],
    )
    html = render('<c-chart id="sizes" :option="chart" title="Sizes" />', chart=chart)
    assert 'id="sizes-data"' in html
    assert "</script>]" not in html
    assert plain(html).count('<td class="number">—</td>') == 1
    assert list(chart.rows) == [("≤45", [3, 1]), (">45", [None, 2.5])]
    assert chart.as_data["whole"] is False
    assert 'role="img"' in html


def test_a_chart_with_a_missing_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="Primary: 1 figures for 2 categories"):
        Chart("bar", ["a", "b"], [Series("Primary", [1])])


def test_an_empty_chart_says_so() -> None:
    html = render('<c-chart id="x" :option="c" title="t" />', c=Chart("bar", [], [Series("n", [])]))
    assert "Nothing to draw yet" in html
    assert "data-chart" not in html


@pytest.mark.parametrize(
    ("share", "band"),
    [
        (None, "none"),
        (0.0, "free"),
        (0.89, "free"),
        (0.9, "near"),
        (0.999, "near"),
        (1.0, "full"),
        (1.001, "over"),
    ],
)
def test_the_bands_of_the_map(share: float | None, band: str) -> None:
    assert band_of(share) == band


def _map() -> MapData:
    box = {"type": "Polygon", "coordinates": [[[118, 29], [119, 29], [119, 30], [118, 29]]]}
    here = Circle("a", EVIL, 118.1, 29.1, 50, 1.1, url="/a")
    there = Circle("b", "B", 118.2, 29.2, 10, 0.5)
    flow = Flow((118.1, 29.1), (118.2, 29.2), 7, "A → B", from_id="a", to_id="b")
    return MapData([Area(box, "Town"), Area(box, kind="zone")], [here, there], [flow])


def test_a_map_has_a_legend_and_tables_for_all_it_draws() -> None:
    data = _map()
    html = plain(render('<c-map id="m" :data="data" title="Map" />', data=data))
    assert [band.name for band in data.bands] == ["free", "over"]
    assert "More children than seats" in html
    assert "110%" in html
    assert '<th scope="row">A → B</th><td class="number">7</td>' in html
    assert "<b onclick" not in html
    assert data.as_data["circles"][0]["band"] == "over"
    assert data.has_zones
    assert not data.is_empty


def test_a_map_may_point_to_the_list_of_the_page_instead() -> None:
    html = render('<c-map id="m" :data="data" title="Map" twin_url="#list-table" />', data=_map())
    assert 'href="#list-table"' in html
    assert "<table" not in html
    empty = render('<c-map id="m" :data="data" title="Map" />', data=MapData())
    assert "Nothing to draw yet" in empty


def test_the_map_has_a_place_for_its_approval_number(settings: Settings) -> None:
    settings.MAP_APPROVAL = ""
    assert "Sketch for internal work" in render('<c-map id="m" :data="d" title="t" />', d=_map())
    public = render('<c-map id="m" :data="d" title="t" pick="where" />', d=_map())
    assert "Sketch of an invented county" in public  # everybody sees it, so it is no internal one
    settings.MAP_APPROVAL = "GS(2026)1"
    html = render('<c-map id="m" :data="d" title="t" />', d=_map())
    assert "Map approval number: GS(2026)1" in html


# Navigation and cards


@pytest.fixture
def empty_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    monkeypatch.setattr(widgets, "_widgets", {})
    monkeypatch.setattr(demo, "_sources", [])


def entry(url_name: str, order: int = 100, **options: Any) -> NavItem:
    given: dict[str, Any] = {
        "label": url_name,
        "icon": "scale",
        "may": lambda _user: True,
        **options,
    }
    return NavItem(url_name=url_name, order=order, **given)


def at(path: str, user: Any = SOMEBODY) -> Any:
    request = RequestFactory().get(path)
    request.user = user
    return request


def test_the_sidebar_shows_what_one_may_use_in_order(empty_house: None) -> None:
    navigation.register(entry("commons:offline", 2))
    navigation.register(entry("commons:styleguide", 1, badge=lambda _user: 3))
    navigation.register(entry("commons:manifest", may=lambda _user: False))
    links = links_for(at("/styleguide/list/"))
    assert [(link.label, link.active, link.waiting) for link in links] == [
        ("commons:styleguide", True, 3),
        ("commons:offline", False, 0),
    ]
    assert links_for(at("/", NOBODY)) == []


def test_the_nearest_entry_is_marked_and_the_front_page_only_by_itself(empty_house: None) -> None:
    for name in ("portal:home", "commons:styleguide", "commons:styleguide_list"):
        navigation.register(entry(name))
    active = [link.label for link in links_for(at("/styleguide/list/")) if link.active]
    assert active == ["commons:styleguide_list"]
    assert not any(link.active for link in links_for(at("/elsewhere/")))


def test_an_entry_is_registered_once(empty_house: None) -> None:
    navigation.register(entry("commons:offline"))
    with pytest.raises(ValueError, match="in the sidebar already"):
        navigation.register(entry("commons:offline"))


def test_the_workbench_shows_cards_that_have_something_to_say(empty_house: None) -> None:
    def card(name: str, order: int, data: Any, *, may: bool = True) -> Widget:
        return Widget(name, "x.html", lambda _request: data, lambda _user: may, order)

    for one in (
        card("second", 2, {"n": 2}),
        card("first", 1, {"n": 1}),
        card("silent", 0, None),
        card("hidden", 0, {}, may=False),
    ):
        widgets.register(one)
    assert [(c.name, c.data) for c in cards_for(at("/"))] == [
        ("first", {"n": 1}),
        ("second", {"n": 2}),
    ]
    with pytest.raises(ValueError, match="on the workbench already"):
        widgets.register(card("first", 1, {}))


def test_accounts_are_offered_only_by_a_demonstration(
    empty_house: None, settings: Settings
) -> None:
    demo.announce(lambda: [demo.DemoAccount("li", "secret", "Officer")])
    settings.DEMO = False
    assert demo.accounts() == []
    settings.DEMO = True
    assert [account.username for account in demo.accounts()] == ["li"]


def test_the_demonstration_says_so_on_every_page(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    assert "demo-strip" in client.get("/offline/").content.decode()
    settings.DEMO = False
    assert "demo-strip" not in client.get("/offline/").content.decode()
